// SPDX-License-Identifier: AGPL-3.0-or-later
//
// The timers of RFC 3261 §17, table 4, with RFC 6026's L and M, derived from T1, T2 and T4.
#pragma once

#include "beffroi/clock.hpp"

#include <algorithm>

namespace beffroi::sip {

struct TransactionTimers {
    Clock::Duration t1 = 500ms;  // estimate of a round trip
    Clock::Duration t2 = 4s;     // longest interval between retransmissions
    Clock::Duration t4 = 5s;     // how long a message may stay in the network

    /// B, F, H, J, L and M.
    [[nodiscard]] Clock::Duration life() const noexcept { return 64 * t1; }
    [[nodiscard]] Clock::Duration d() const noexcept { return std::max<Clock::Duration>(32s, life()); }
};

}  // namespace beffroi::sip
