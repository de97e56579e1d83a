// SPDX-License-Identifier: AGPL-3.0-or-later
//
// Whether a department is open at an instant, who says so, and until when: for people who ask, and for codes that open
// and close. Who decides is routing's answer; these are the words for it.
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

/// By the rule of routing/opening.hpp.
[[nodiscard]] DepartmentHours hoursOf(const DirectorySnapshot& directory, const country::Country& country,
                                      const LineStates& lines, const Department& department, Clock::WallTime at);

}  // namespace beffroi::app
