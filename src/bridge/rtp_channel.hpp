// SPDX-License-Identifier: AGPL-3.0-or-later
//
// The packets of one call: two UDP sockets of our own below an oRTP session, which does the jitter buffer and RTCP.
// Every datagram passes our checks first (form, payload type, source); telephone events end here and become digits.
// Thread: made, configured and destroyed on the loop while no graph uses it; everything else on its media thread.
#pragma once

#include "beffroi/thread_roles.hpp"
#include "bridge/digit_receiver.hpp"
#include "bridge/mediastreamer.hpp"
#include "bridge/negotiation.hpp"
#include "bridge/rtp_packet.hpp"
#include "bridge/socket_readiness.hpp"
#include "bridge/source_pin.hpp"

#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>

namespace beffroi::bridge {

/// Read by the loop while the media thread counts.
struct RtpCounters {
    std::atomic<std::uint64_t> packetsIn{0};
    std::atomic<std::uint64_t> reportsIn{0};  // RTCP
    std::atomic<std::uint64_t> packetsOut{0};
    std::atomic<std::uint64_t> packetsLost{0};
    std::atomic<std::uint64_t> strangers{0};  // from a source that is not the call's
    std::atomic<std::uint64_t> unusable{0};   // malformed, or of a payload type that was not agreed
};

class RtpChannel {
public:
    /// Called on the media thread for every key the member presses.
    using DigitSink = std::function<void(char)>;

    /// Opens the pair of ports that starts at `local`; nothing if one of them is taken or no descriptor is left.
    [[nodiscard]] static std::unique_ptr<RtpChannel> open(const SocketAddress& local, SocketReadiness& readiness,
                                                          DigitSink onDigit);
    ~RtpChannel();
    RtpChannel(const RtpChannel&) = delete;
    RtpChannel& operator=(const RtpChannel&) = delete;

    /// What was agreed, and whose packets to believe. The source is learnt anew when the other side's address changes.
    void configure(const AudioAgreement& agreement, Learning learning) BEFFROI_ON_LOOP;

    /// The packet that is due at `timestamp` of the codec's clock, after its jitter buffer; nullptr if there is none.
    [[nodiscard]] mblk_t* receive(std::uint32_t timestamp) noexcept;

    [[nodiscard]] const SocketAddress& local() const noexcept { return local_; }
    [[nodiscard]] RtpSession* session() const noexcept { return session_.get(); }
    [[nodiscard]] const RtpCounters& counters() const noexcept { return counters_; }

private:
    RtpChannel(const SocketAddress& local, SocketReadiness& readiness, DigitSink onDigit);
    [[nodiscard]] bool openSockets();
    void installTransports();
    void setUpSession();

    [[nodiscard]] int receiveRtp(std::span<std::uint8_t> into) noexcept;
    [[nodiscard]] int receiveRtcp(std::span<std::uint8_t> into) noexcept;
    [[nodiscard]] std::size_t acceptRtp(std::span<std::uint8_t> datagram, const SocketAddress& from) noexcept;
    [[nodiscard]] bool acceptRtcp(std::span<const std::uint8_t> datagram, const SocketAddress& from) noexcept;
    [[nodiscard]] int sendRtp(const mblk_t* packet) noexcept;
    [[nodiscard]] int sendRtcp(const mblk_t* packet) noexcept;

    SocketAddress local_;
    SocketReadiness& readiness_;
    DigitSink onDigit_;
    int rtpSocket_ = -1;
    int rtcpSocket_ = -1;
    AudioAgreement agreement_;
    SourcePin rtpPin_;
    SourcePin rtcpPin_;
    DigitReceiver digits_;
    LossCounter losses_;
    RtpCounters counters_;
    RtpTransport rtpTransport_{};  // oRTP's view of our sockets
    RtpTransport rtcpTransport_{};
    RtpProfileRef profile_;
    RtpSessionRef session_;  // uses everything above
};

}  // namespace beffroi::bridge
