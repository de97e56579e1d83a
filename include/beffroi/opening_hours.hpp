// SPDX-License-Identifier: AGPL-3.0-or-later
//
// Opening hours and turns of duty as they are computed with: minutes of a local day and local instants, without zone.
// calendar/ reads them from the plan's texts and asks them.
// Thread: any; values.
#pragma once

#include <array>
#include <chrono>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace beffroi {

/// From `from` to before `to`, minutes since midnight; `to` is at most 24 h. What goes past midnight is two spans.
struct OpenSpan {
    std::chrono::minutes from{0};
    std::chrono::minutes to{0};
    friend bool operator==(const OpenSpan&, const OpenSpan&) = default;
};

/// Sorted; spans do not overlap. Empty: closed all day.
using OpenDay = std::vector<OpenSpan>;

struct OpeningHours {
    using Week = std::array<OpenDay, 7>;  // Monday first

    Week week{};
    std::optional<Week> evenWeek;  // in place of `week` when the number of the ISO 8601 week is even
    // In place of the Monday of `week` when the week before was odd too, 53: what its Sunday began ends here.
    std::optional<OpenDay> mondayAfterWeek53;
    // What counts whatever the weekday, and on a holiday as well: the day first, then the day of every year.
    std::map<std::chrono::local_days, OpenDay> exceptions;
    std::map<std::chrono::month_day, OpenDay> yearly;
    bool openOnHolidays = false;  // a public holiday is a day like others
};

/// Who is on call from when, in local time.
struct OnCallTurns {
    struct Turn {
        std::chrono::local_time<std::chrono::minutes> from;
        std::string target;
    };
    std::vector<Turn> turns;         // written down one by one, sorted; the last one before an instant counts
    std::vector<std::string> cycle;  // else these take turns, `period` each, from `start` on
    std::chrono::local_time<std::chrono::minutes> start{};
    std::chrono::minutes period{0};
};

}  // namespace beffroi
