// SPDX-License-Identifier: AGPL-3.0-or-later
//
// Whether a department is open at the instant of the call, and what callers are told of it while it is not.
// Thread: as route().
#pragma once

#include "routing/decision.hpp"

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

namespace beffroi::routing {

/// What counts for a department: its own override or hours, else those of the nearest department above it that has any.
struct Opening {
    bool open = true;
    const Department* decidedBy = nullptr;  // null: nothing says when it is closed
    const Hours* hours = nullptr;           // of decidedBy; may be set with an override
    const HoursOverride* byHand = nullptr;
};
[[nodiscard]] Opening openingOf(const Decision& decision, std::string_view department);

/// "etat-civil is closed by the hours mairie", with the plan's entry: left as a reason that decided, or not.
void tell(Decision& decision, const Department& department, const Opening& opening, bool decided);

/// When a department opens next, local time with its zone; nothing: not known.
[[nodiscard]] std::optional<std::chrono::sys_seconds> nextOpening(const Decision& decision, const Opening& opening);

/// What is said: `names` as the plan has them, the part "next-opening" replaced by the moment, or left out.
[[nodiscard]] std::string announcementOf(const Decision& decision, std::string_view names,
                                         const Department* department);

/// Whether the hours of a class of service are open, by the clocks of a site (empty: the town's).
[[nodiscard]] bool isOpenAt(const Decision& decision, const Hours& hours, std::string_view site);

/// The zone of a site, or the town's.
[[nodiscard]] const TimeZone& zoneOf(const DirectorySnapshot& directory, std::string_view site);

}  // namespace beffroi::routing
