// SPDX-License-Identifier: AGPL-3.0-or-later
//
// What a refusal means for the way of a call: whether the forward "busy", "no answer" or "unreachable" applies. A pure
// choice, after RFC 3261 §21 and what desk telephones send.
// Thread: any.
#pragma once

#include "proxy/fork_plan.hpp"

namespace beffroi::proxy {

/// Of a final response of 300 or more. `rang`: a 180 came before it. A telephone that is busy says so (486, 600) at
/// once; the same after it rang is the key "reject". 480 at once is do-not-disturb, later its own end of ringing.
[[nodiscard]] constexpr Outcome outcomeOf(int status, bool rang) noexcept {
    switch (status) {
        case 486:
        case 600: return rang ? Outcome::NoAnswer : Outcome::Busy;
        case 408:  // Request Timeout
        case 480:  // Temporarily Unavailable
        case 487:  // Request Terminated
        case 603:  // Decline
        case 607:  // Unwanted (RFC 8197)
        case 608:  // Rejected (RFC 8688)
            return Outcome::NoAnswer;
        default: break;
    }
    if (status < 400) return Outcome::Redirected;
    return rang ? Outcome::NoAnswer : Outcome::Unreachable;
}

}  // namespace beffroi::proxy
