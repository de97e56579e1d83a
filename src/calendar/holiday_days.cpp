// SPDX-License-Identifier: AGPL-3.0-or-later

#include "calendar/holiday_days.hpp"

#include <algorithm>

namespace beffroi::calendar {
namespace {

using std::chrono::local_days;
using std::chrono::year;
using std::chrono::year_month_day;

// 29 February falls on no day of most years.
bool fallsOn(const Holiday& holiday, local_days day, const year_month_day& date, local_days easter) {
    if (holiday.day) return date.month() == holiday.day->month() && date.day() == holiday.day->day();
    return easter + holiday.afterEaster == day;
}

}  // namespace

// J. Meeus, Astronomical Algorithms, chapter 8. The names of the quantities are what they are in the calendar's terms:
// the golden number, the epact's corrections by century, the moon's age and the days to the next Sunday.
local_days easterSunday(year inYear) noexcept {
    const int number = static_cast<int>(inYear);
    const int golden = number % 19;
    const int century = number / 100;
    const int ofCentury = number % 100;
    const int moonCorrection = (century - (century + 8) / 25 + 1) / 3;
    const int moon = (19 * golden + century - century / 4 - moonCorrection + 15) % 30;
    const int toSunday = (32 + 2 * (century % 4) + 2 * (ofCentury / 4) - moon - ofCentury % 4) % 7;
    const int exception = (golden + 11 * moon + 22 * toSunday) / 451;
    const int daysFromMarch = moon + toSunday - 7 * exception + 114;
    return local_days{inYear / std::chrono::month{static_cast<unsigned>(daysFromMarch / 31)} /
                      std::chrono::day{static_cast<unsigned>(daysFromMarch % 31 + 1)}};
}

const Holiday* holidayOn(const Holidays& holidays, local_days day) noexcept {
    const year_month_day date{day};
    const auto easter = easterSunday(date.year());
    const auto found = std::find_if(holidays.begin(), holidays.end(),
                                    [&](const Holiday& holiday) { return fallsOn(holiday, day, date, easter); });
    return found == holidays.end() ? nullptr : &*found;
}

std::vector<std::pair<local_days, const Holiday*>> holidaysOf(const Holidays& holidays, year inYear) {
    const auto easter = easterSunday(inYear);
    std::vector<std::pair<local_days, const Holiday*>> days;
    for (const auto& holiday : holidays) {
        if (!holiday.day) {
            days.emplace_back(easter + holiday.afterEaster, &holiday);
        } else if (const year_month_day date{inYear, holiday.day->month(), holiday.day->day()}; date.ok()) {
            days.emplace_back(local_days{date}, &holiday);
        }
    }
    std::stable_sort(days.begin(), days.end(), [](const auto& a, const auto& b) { return a.first < b.first; });
    return days;
}

}  // namespace beffroi::calendar
