// SPDX-License-Identifier: AGPL-3.0-or-later
//
// How often something may happen: `burst` times at once and `perSecond` times a second in the long run. A bucket is one
// moment, not a count and a moment, so that a million of them fit into little (the generic cell rate algorithm).
// Thread: any; a value.
#pragma once

#include "beffroi/clock.hpp"

namespace beffroi::guard {

class Rate {
public:
    Rate(double perSecond, double burst)
        : step_{static_cast<Clock::rep>(1e9 / perSecond)}, depth_{static_cast<Clock::rep>(1e9 / perSecond * burst)} {}

private:
    friend class TokenBucket;
    Clock::Duration step_;
    Clock::Duration depth_;
};

class TokenBucket {
public:
    /// Takes one; false if there is none left.
    [[nodiscard]] bool take(Clock::TimePoint now, const Rate& rate) noexcept {
        const auto from = fullAt_ > now ? fullAt_ : now;
        if (from + rate.step_ - now > rate.depth_) return false;
        fullAt_ = from + rate.step_;
        return true;
    }

private:
    Clock::TimePoint fullAt_{};
};

}  // namespace beffroi::guard
