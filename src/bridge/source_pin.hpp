// SPDX-License-Identifier: AGPL-3.0-or-later
//
// Whose packets are a call's (security.md: "RTP bleed"). The source is learnt once, in the first seconds, from the host
// that SDP named; after that only this one address is listened to and sent to, whatever arrives. A pure decision: no
// socket, no clock of its own.
// Thread: the one that receives.
#pragma once

#include "beffroi/clock.hpp"
#include "beffroi/socket_address.hpp"

#include <cstdint>

namespace beffroi::bridge {

/// Whom to believe before a source is known.
enum class Learning : std::uint8_t {
    SignalledHost,  // the host in SDP, from any port
    BehindNat,      // that host, or, if it stays silent, whoever sends the first packets
};

class SourcePin {
public:
    SourcePin() = default;
    SourcePin(const SocketAddress& signalled, Learning learning, Clock::TimePoint now)
        : signalled_{signalled}, destination_{signalled}, learning_{learning}, learnUntil_{now + kLearningTime} {}

    enum class Verdict : std::uint8_t { Ours, Stranger };
    [[nodiscard]] Verdict judge(const SocketAddress& from, Clock::TimePoint now);

    /// Where to send: what SDP said, until a source has been learnt.
    [[nodiscard]] const SocketAddress& destination() const noexcept { return destination_; }
    [[nodiscard]] bool pinned() const noexcept { return pinned_; }

    static constexpr Clock::Duration kLearningTime = 10s;
    static constexpr unsigned kProbation = 5;  // packets of one stranger, with none of the signalled host among them

private:
    Verdict pin(const SocketAddress& source);

    SocketAddress signalled_;
    SocketAddress destination_;
    SocketAddress candidate_;
    unsigned candidatePackets_ = 0;
    Learning learning_ = Learning::SignalledHost;
    bool pinned_ = false;
    Clock::TimePoint learnUntil_{};
};

}  // namespace beffroi::bridge
