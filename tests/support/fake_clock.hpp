// SPDX-License-Identifier: AGPL-3.0-or-later
//
// A clock that stands still until the test moves it.
#pragma once

#include "beffroi/clock.hpp"

namespace beffroi::test {

class FakeClock final : public Clock {
public:
    [[nodiscard]] TimePoint now() const override { return now_; }
    [[nodiscard]] WallTime wallNow() const override { return wall_; }

    void advance(Duration by) {
        now_ += by;
        wall_ += std::chrono::duration_cast<WallTime::duration>(by);
    }
    /// The date jumps, as after an NTP step; monotonic time does not notice.
    void jump(Duration by) { wall_ += std::chrono::duration_cast<WallTime::duration>(by); }

private:
    TimePoint now_{std::chrono::hours{1}};
    WallTime wall_{std::chrono::sys_days{std::chrono::year{2027} / 5 / 3} + std::chrono::hours{9}};
};

}  // namespace beffroi::test
