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
    std::array<OpenDay, 7> week{};                          // Monday first
    std::map<std::chrono::local_days, OpenDay> exceptions;  // these days are so whatever their weekday, or a holiday
    bool openOnHolidays = false;                            // a public holiday is a day like others
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
