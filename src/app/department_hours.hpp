// SPDX-License-Identifier: AGPL-3.0-or-later
//
// Whether a department is open at an instant, who says so, and until when: for people who ask, and for codes that open
// and close. Routing has its own, shorter question.
// Thread: any; values.
#pragma once

#include "beffroi/directory.hpp"
#include "beffroi/line_states.hpp"
#include "calendar/opening_state.hpp"
#include "country/country.hpp"

#include <chrono>
#include <optional>
#include <string>

namespace beffroi::app {

struct DepartmentHours {
    bool open = true;
    std::string why;  // in words: "hours mairie", "by hand, as accueil", "holiday Noël"
    const HoursOverride* byHand = nullptr;
    std::optional<std::chrono::sys_seconds> until;        // nothing: no change is known
    std::optional<std::chrono::sys_seconds> nextOpening;  // nothing: it is open, or none is known
    const TimeZone* zone = nullptr;                       // by which it opens; never null
    bool any = false;                                     // hours or an override say something: else it is always open
    calendar::OpeningState state;                         // the same, to be said to people
};

/// What counts is the department's own override or hours, else those of the nearest one above it that has any.
[[nodiscard]] DepartmentHours hoursOf(const DirectorySnapshot& directory, const country::Country& country,
                                      const LineStates& lines, const Department& department, Clock::WallTime at);

/// The zone of a site, by its id; of the town for an empty one, or one that says nothing.
[[nodiscard]] const TimeZone& zoneOf(const DirectorySnapshot& directory, std::string_view site);

}  // namespace beffroi::app
