// SPDX-License-Identifier: AGPL-3.0-or-later
//
// Time as an argument: only app/ constructs a real clock, everything else asks the one it was given.
// Thread: any; a clock has no state that changes under its readers.
#pragma once

#include <chrono>

namespace beffroi {

using namespace std::chrono_literals;

class Clock {
public:
    using duration = std::chrono::nanoseconds;
    using rep = duration::rep;
    using period = duration::period;
    using time_point = std::chrono::time_point<Clock>;
    using TimePoint = time_point;
    using Duration = duration;
    using WallTime = std::chrono::system_clock::time_point;
    static constexpr bool is_steady = true;

    virtual ~Clock() = default;

    /// Monotonic: every timer and expiry in memory is counted by this one.
    [[nodiscard]] virtual TimePoint now() const = 0;

    /// The date, for records and for what is written to disk. It may jump.
    [[nodiscard]] virtual WallTime wallNow() const = 0;
};

}  // namespace beffroi
