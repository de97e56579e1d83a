// SPDX-License-Identifier: AGPL-3.0-or-later
//
// Whether a service is open at an instant, why, and until when. Local hours are what the clocks of the zone show: an
// hour that the clocks skip is open for nobody, one that they show twice is open twice.
// Thread: any.
#pragma once

#include "beffroi/holidays.hpp"
#include "beffroi/opening_hours.hpp"
#include "beffroi/time_zone.hpp"

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>

namespace beffroi::calendar {

enum class OpeningReason : std::uint8_t {
    Hours,      // the weekly hours: open, or closed before, after or between them
    Lunch,      // closed, between two spans of the day
    Weekday,    // closed all day, as each week
    Holiday,    // closed for a public holiday
    Exception,  // open or closed by an exception
};

struct OpeningState {
    bool open = false;
    OpeningReason reason = OpeningReason::Hours;
    const Holiday* holiday = nullptr;                     // for Holiday; lives as long as the holidays that were asked
    std::optional<std::chrono::sys_seconds> until;        // the next change; nothing: none within 400 days
    std::optional<std::chrono::sys_seconds> nextOpening;  // after `at`, and after the time that it is open now
};

/// For the path of a call: only whether. Below 1 µs.
[[nodiscard]] bool isOpen(const OpeningHours& hours, const Holidays& holidays, const TimeZone& zone,
                          std::chrono::sys_seconds at);

[[nodiscard]] OpeningState stateAt(const OpeningHours& hours, const Holidays& holidays, const TimeZone& zone,
                                   std::chrono::sys_seconds at);

}  // namespace beffroi::calendar
