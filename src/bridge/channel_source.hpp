// SPDX-License-Identifier: AGPL-3.0-or-later
//
// Opens the RTP channels of calls: on which address, on which ports, and whom we may send to from there.
// Thread: loop.
#pragma once

#include "bridge/port_pool.hpp"
#include "bridge/rtp_channel.hpp"

#include <memory>

namespace beffroi::bridge {

class ChannelSource {
public:
    ChannelSource(const SocketAddress& address, PortPool ports) : address_{address}, ports_{ports} {}

    /// A channel on the next free pair of ports; nothing if all are taken or the process has no descriptor left.
    [[nodiscard]] std::unique_ptr<RtpChannel> open(SocketReadiness& readiness,
                                                   const RtpChannel::DigitSink& onDigit) BEFFROI_ON_LOOP;
    [[nodiscard]] Reach reach() const noexcept { return Reach{address_}; }

private:
    SocketAddress address_;
    PortPool ports_;
};

}  // namespace beffroi::bridge
