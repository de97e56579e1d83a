// SPDX-License-Identifier: AGPL-3.0-or-later
//
// The library's zone is walked through once, change by change, and left alone from then on.

#include "calendar/time_zones.hpp"

#include <date/tz.h>

#include <exception>
#include <string>
#include <utility>
#include <vector>

// Debian's build reads the system's files and has no way to fetch others.
static_assert(USE_OS_TZDB == 1 && HAS_REMOTE_API == 0 && AUTO_DOWNLOAD == 0);

namespace beffroi::calendar {
namespace {

using std::chrono::sys_days;
using namespace std::chrono_literals;

constexpr sys_days kFirst = 1970y / 1 / 1;
constexpr sys_days kLast = 2100y / 1 / 1;

std::vector<TimeZone::Period> periodsOf(const date::time_zone& zone) {
    std::vector<TimeZone::Period> periods;
    for (std::chrono::sys_seconds at = kFirst; at < kLast;) {
        const auto info = zone.get_info(at);
        if (periods.empty()) {
            periods.push_back({std::chrono::sys_seconds::min(), info.offset});
        } else if (periods.back().offset != info.offset) {
            periods.push_back({info.begin, info.offset});
        }
        if (info.end <= at) break;
        at = info.end;
    }
    return periods;
}

}  // namespace

std::optional<TimeZone> readTimeZone(std::string_view name) {
    try {
        auto periods = periodsOf(*date::locate_zone(name));
        return TimeZone{std::string{name}, std::move(periods)};
    } catch (const std::exception&) {  // unknown to the library, or a file that is none
        return std::nullopt;
    }
}

}  // namespace beffroi::calendar
