// SPDX-License-Identifier: AGPL-3.0-or-later
//
// On which days the holidays of a region fall.
// Thread: any.
#pragma once

#include "beffroi/holidays.hpp"

#include <chrono>
#include <utility>
#include <vector>

namespace beffroi::calendar {

/// Easter Sunday of the Gregorian calendar, by the algorithm of Meeus, Jones and Butcher.
[[nodiscard]] std::chrono::local_days easterSunday(std::chrono::year year) noexcept;

/// The first of `holidays` that falls on `day`; null if none does. Lives as long as `holidays`.
[[nodiscard]] const Holiday* holidayOn(const Holidays& holidays, std::chrono::local_days day) noexcept;

/// All of them in a year, in the order of their days.
[[nodiscard]] std::vector<std::pair<std::chrono::local_days, const Holiday*>> holidaysOf(const Holidays& holidays,
                                                                                         std::chrono::year year);

}  // namespace beffroi::calendar
