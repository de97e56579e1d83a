// SPDX-License-Identifier: AGPL-3.0-or-later
//
// Who is on call at an instant. A turn begins when the clocks of the zone show its time, also across a change of the
// clocks: a week from Friday noon to Friday noon stays one.
// Thread: any.
#pragma once

#include "beffroi/opening_hours.hpp"
#include "beffroi/time_zone.hpp"

#include <chrono>
#include <optional>
#include <string_view>

namespace beffroi::calendar {

/// Targets are views of the turns. Empty: nobody.
struct OnCall {
    std::string_view target;
    std::optional<std::chrono::sys_seconds> since;
    std::optional<std::chrono::sys_seconds> until;  // nothing: no change is known
    std::string_view next;                          // who takes over then
};

/// A turn that is written down counts until the next one begins; a cycle counts from its start on, and before the first
/// turn that is written down. Before both: nobody.
[[nodiscard]] OnCall onCallAt(const OnCallTurns& turns, const TimeZone& zone, std::chrono::sys_seconds at);

}  // namespace beffroi::calendar
