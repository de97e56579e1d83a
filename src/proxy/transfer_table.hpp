// SPDX-License-Identifier: AGPL-3.0-or-later
//
// Who has sent whom where (RFC 3515): what the REFERs that passed say, for the INVITE that each of them leads to. The
// one who transfers a call answers for it, not the one who is transferred. Short-lived and bounded: what is not found
// any more is the caller's own call.
// Thread: loop.
#pragma once

#include "beffroi/clock.hpp"
#include "beffroi/thread_roles.hpp"

#include <cstddef>
#include <deque>
#include <string>
#include <string_view>

namespace beffroi::proxy {

class TransferTable {
public:
    static constexpr Clock::Duration kLife = std::chrono::seconds{60};
    static constexpr std::size_t kMost = 256;  // the oldest makes room

    explicit TransferTable(const Clock& clock) : clock_{clock} {}

    /// `transferor` (extension) has asked `transferee` (extension) to call `number`.
    void referred(std::string transferee, std::string number, std::string transferor) BEFFROI_ON_LOOP;

    /// Who has sent `transferee` to `number`; empty: nobody. A transfer is taken once.
    [[nodiscard]] std::string take(std::string_view transferee, std::string_view number) BEFFROI_ON_LOOP;

private:
    struct Transfer {
        std::string transferee;
        std::string number;
        std::string transferor;
        Clock::TimePoint until;
    };
    const Clock& clock_;
    std::deque<Transfer> transfers_;  // the oldest first
};

}  // namespace beffroi::proxy
