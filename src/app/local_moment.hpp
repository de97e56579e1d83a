// SPDX-License-Identifier: AGPL-3.0-or-later
//
// Moments as an administrator types and reads them: "14:00", "2026-12-24 14:00", by the clocks of a place.
// Thread: any; values.
#pragma once

#include "beffroi/time_zone.hpp"

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

namespace beffroi::app {

enum class Day : bool { Today, NextWithSuchTime };

/// A time alone is today's; or, with NextWithSuchTime, tomorrow's if it has passed. Nothing if it is no moment.
[[nodiscard]] std::optional<std::chrono::sys_seconds> readMoment(std::string_view text, const TimeZone& zone,
                                                                 std::chrono::sys_seconds now, Day day);

/// "2026-12-24 14:00"; "-" for nothing.
[[nodiscard]] std::string writeMoment(const std::optional<std::chrono::sys_seconds>& moment, const TimeZone& zone);

}  // namespace beffroi::app
