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

/// Who says when a department is open: by hand or by hours, itself or else the nearest department above it that does.
struct OpeningRule {
    const Department* decidedBy = nullptr;  // null: nothing says when it is closed
    const HoursOverride* byHand = nullptr;  // of decidedBy
    const Hours* hours = nullptr;           // what counts without what was done by hand; may be of one above decidedBy
    std::string_view site;                  // whose clocks and holidays count; empty: the town's
};
[[nodiscard]] OpeningRule openingRule(const DirectorySnapshot& directory, const LineStates& lines,
                                      std::string_view department, Clock::WallTime at);

struct Opening : OpeningRule {
    bool open = true;
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

/// Where a department is: its own site, or else the one of the nearest department above it that has one.
[[nodiscard]] std::string_view siteOf(const DirectorySnapshot& directory, const Department& department);

/// The zone of a site, or the town's.
[[nodiscard]] const TimeZone& zoneOf(const DirectorySnapshot& directory, std::string_view site);

/// The holidays of a site, or the town's.
[[nodiscard]] const Holidays& holidaysOf(const DirectorySnapshot& directory, const country::Country& country,
                                         std::string_view site);

}  // namespace beffroi::routing
