// SPDX-License-Identifier: AGPL-3.0-or-later
//
// Sockets are bound without SO_REUSEADDR: oRTP's own would share a port with another call in silence. What passes the
// checks is handed on in its plainest form (no CSRC list, extension or padding), so that nothing is left to misread.

#include "bridge/rtp_channel.hpp"

#include "bridge/datagram_socket.hpp"

#include <ortp/payloadtype.h>
#include <sys/time.h>

#include <algorithm>
#include <cstring>

namespace beffroi::bridge {
namespace {

constexpr int kDatagram = 1500;
constexpr std::size_t kPlainHeader = 12;
constexpr int kMostPerTick = 16;
constexpr int kNewSourceThreshold = 10;  // packets with another SSRC before the phone is believed to have restarted

PayloadType* payloadTypeOf(Codec codec) {
    switch (codec) {
        case Codec::Opus: return &payload_type_opus;
        case Codec::G722: return &payload_type_g722;
        case Codec::Pcma: return &payload_type_pcma8000;
        case Codec::Pcmu: return &payload_type_pcmu8000;
    }
    return nullptr;
}

std::span<std::uint8_t> room(mblk_t* message) {
    return {message->b_wptr, static_cast<std::size_t>(dblk_lim(message->b_datap) - message->b_wptr)};
}

RtpChannel& channelOf(const RtpTransport* transport) { return *static_cast<RtpChannel*>(transport->data); }

void closeNothing(RtpTransport*) noexcept {}

/// Whether the other side may send.
bool speaks(Direction ours) noexcept { return ours == Direction::SendReceive || ours == Direction::ReceiveOnly; }

}  // namespace

std::unique_ptr<RtpChannel> RtpChannel::open(const SocketAddress& local, SocketReadiness& readiness,
                                             DigitSink onDigit) {
    std::unique_ptr<RtpChannel> channel{new RtpChannel{local, readiness, std::move(onDigit)}};
    if (!channel->openSockets()) return nullptr;
    channel->setUpSession();
    return channel;
}

RtpChannel::RtpChannel(const SocketAddress& local, SocketReadiness& readiness, DigitSink onDigit)
    : local_{local}, readiness_{readiness}, onDigit_{std::move(onDigit)} {}

RtpChannel::~RtpChannel() {
    session_.reset();
    for (const int socket : {rtpSocket_, rtcpSocket_}) {
        if (socket < 0) continue;
        readiness_.remove(socket);
        closeSocket(socket);
    }
}

bool RtpChannel::openSockets() {
    rtpSocket_ = openDatagramSocket(local_);
    if (rtpSocket_ < 0) return false;
    rtcpSocket_ = openDatagramSocket(local_.withPort(static_cast<std::uint16_t>(local_.port() + 1)));
    return rtcpSocket_ >= 0 && readiness_.add(rtpSocket_) && readiness_.add(rtcpSocket_);
}

void RtpChannel::setUpSession() {
    session_.reset(rtp_session_new(RTP_SESSION_SENDRECV));
    auto* session = session_.get();
    installTransports();
    rtp_session_set_recv_buf_size(session, kDatagram);
    rtp_session_set_scheduling_mode(session, 0);
    rtp_session_set_blocking_mode(session, 0);
    rtp_session_set_symmetric_rtp(session, 0);
    rtp_session_set_ssrc_changed_threshold(session, kNewSourceThreshold);
    rtp_session_set_source_description(session, "beffroi", nullptr, nullptr, nullptr, nullptr, nullptr, nullptr);
    rtp_session_set_seq_number(session, static_cast<std::uint16_t>(rtp_session_get_send_ssrc(session) >> 17));
    rtp_session_set_send_ts_offset(session, rtp_session_get_send_ssrc(session) * 2654435761U);
    JBParameters jitter{};
    rtp_session_get_jitter_buffer_params(session, &jitter);
    jitter.min_size = 20;
    jitter.nom_size = 40;
    jitter.max_size = 250;
    jitter.max_packets = 60;
    rtp_session_set_jitter_buffer_params(session, &jitter);
    const RtpCallback resync = [](RtpSession* sender, void*, void*, void*) { rtp_session_resync(sender); };
    rtp_session_signal_connect(session, "timestamp_jump", resync, nullptr);
    rtp_session_signal_connect(session, "ssrc_changed", resync, nullptr);
}

void RtpChannel::installTransports() {
    rtpTransport_.data = rtcpTransport_.data = this;
    rtpTransport_.t_getsocket = [](RtpTransport* transport) { return channelOf(transport).rtpSocket_; };
    rtcpTransport_.t_getsocket = [](RtpTransport* transport) { return channelOf(transport).rtcpSocket_; };
    rtpTransport_.t_sendto = [](RtpTransport* transport, mblk_t* message, int, const sockaddr*, socklen_t) {
        return channelOf(transport).sendRtp(message);
    };
    rtcpTransport_.t_sendto = [](RtpTransport* transport, mblk_t* message, int, const sockaddr*, socklen_t) {
        return channelOf(transport).sendRtcp(message);
    };
    rtpTransport_.t_recvfrom = [](RtpTransport* transport, mblk_t* message, int, sockaddr*, socklen_t* length) {
        *length = 0;
        gettimeofday(&message->timestamp, nullptr);
        return channelOf(transport).receiveRtp(room(message));
    };
    rtcpTransport_.t_recvfrom = [](RtpTransport* transport, mblk_t* message, int, sockaddr*, socklen_t* length) {
        *length = 0;
        return channelOf(transport).receiveRtcp(room(message));
    };
    for (auto* transport : {&rtpTransport_, &rtcpTransport_}) {
        transport->t_close = closeNothing;
        transport->t_destroy = closeNothing;
    }
    RtpTransport* rtp = nullptr;
    RtpTransport* rtcp = nullptr;
    rtp_session_get_transports(session_.get(), &rtp, &rtcp);
    meta_rtp_transport_set_endpoint(rtp, &rtpTransport_);
    meta_rtp_transport_set_endpoint(rtcp, &rtcpTransport_);
}

void RtpChannel::configure(const AudioAgreement& agreement, Learning learning) {
    const bool moved = !(agreement.rtp == agreement_.rtp) || !(agreement.rtcp == agreement_.rtcp);
    const bool recoded =
        profile_ == nullptr || agreement.payloadType != agreement_.payloadType || agreement.codec != agreement_.codec;
    // On hold nobody sends, and a phone behind NAT may come back from another port.
    const bool resumed = agreement.direction != agreement_.direction && speaks(agreement.direction);
    agreement_ = agreement;
    if (moved || resumed) {
        rtpPin_ = SourcePin{agreement.rtp, learning, readiness_.now()};
        rtcpPin_ = SourcePin{agreement.rtcp, Learning::SignalledHost, readiness_.now()};
    }
    if (!recoded) return;
    RtpProfileRef profile{rtp_profile_new("beffroi")};
    rtp_profile_set_payload(profile.get(), agreement.payloadType, payload_type_clone(payloadTypeOf(agreement.codec)));
    rtp_session_set_profile(session_.get(), profile.get());
    profile_ = std::move(profile);
    rtp_session_set_payload_type(session_.get(), agreement.payloadType);
    rtp_session_resync(session_.get());
}

// oRTP reads its sockets at the first question for a new time, and prepares a buffer for each before it knows whether
// there is anything to read. Where there is not, it is told that it has asked already.
mblk_t* RtpChannel::receive(std::uint32_t timestamp) noexcept {
    if (!readiness_.isReady(rtpSocket_) && !readiness_.isReady(rtcpSocket_)) {
        session_->rtp.rcv_last_app_ts = timestamp;
    }
    return rtp_session_recvm_with_ts(session_.get(), timestamp);
}

int RtpChannel::receiveRtp(std::span<std::uint8_t> into) noexcept {
    for (int i = 0; i < kMostPerTick && readiness_.mayRead(rtpSocket_); ++i) {
        SocketAddress from;
        const auto size = receiveDatagram(rtpSocket_, into, from);
        if (!size) {
            readiness_.foundEmpty(rtpSocket_);
            return 0;
        }
        if (const auto accepted = acceptRtp(into.first(*size), from); accepted != 0) return static_cast<int>(accepted);
    }
    return 0;
}

std::size_t RtpChannel::acceptRtp(std::span<std::uint8_t> datagram, const SocketAddress& from) noexcept {
    const auto header = readRtp(datagram);
    const bool event = header && agreement_.eventPayloadType == header->payloadType;
    const bool voice = header && header->payloadType == agreement_.payloadType &&
                       header->payload.size() >= traits(agreement_.codec).shortestPayload;
    if (!event && !voice) {
        counters_.unusable.fetch_add(1, std::memory_order_relaxed);
        return 0;
    }
    if (rtpPin_.judge(from, readiness_.now()) == SourcePin::Verdict::Stranger) {
        counters_.strangers.fetch_add(1, std::memory_order_relaxed);
        return 0;
    }
    losses_.count(header->source, header->sequence);
    counters_.packetsIn.fetch_add(1, std::memory_order_relaxed);
    counters_.packetsLost.store(losses_.lost(), std::memory_order_relaxed);
    if (event) {
        if (const auto digit = digits_.receive(*header)) onDigit_(*digit);
        return 0;
    }
    const auto payload = header->payload.size();
    std::memmove(datagram.data() + kPlainHeader, header->payload.data(), payload);
    datagram[0] = 0x80;
    return kPlainHeader + payload;
}

int RtpChannel::receiveRtcp(std::span<std::uint8_t> into) noexcept {
    for (int i = 0; i < kMostPerTick && readiness_.mayRead(rtcpSocket_); ++i) {
        SocketAddress from;
        const auto size = receiveDatagram(rtcpSocket_, into, from);
        if (!size) {
            readiness_.foundEmpty(rtcpSocket_);
            return 0;
        }
        const auto plain = into.first(plainRtcp(into.first(*size)));
        if (acceptRtcp(plain, from)) return static_cast<int>(plain.size());
    }
    return 0;
}

bool RtpChannel::acceptRtcp(std::span<const std::uint8_t> datagram, const SocketAddress& from) noexcept {
    if (datagram.empty()) {
        counters_.unusable.fetch_add(1, std::memory_order_relaxed);
        return false;
    }
    if (rtcpPin_.judge(from, readiness_.now()) == SourcePin::Verdict::Ours) {
        counters_.reportsIn.fetch_add(1, std::memory_order_relaxed);
        return true;
    }
    counters_.strangers.fetch_add(1, std::memory_order_relaxed);
    return false;
}

int RtpChannel::sendRtp(const mblk_t* packet) noexcept {
    const auto sent = sendDatagram(rtpSocket_, packet, rtpPin_.destination());
    counters_.packetsOut.fetch_add(1, std::memory_order_relaxed);
    return sent;
}

int RtpChannel::sendRtcp(const mblk_t* packet) noexcept {
    // Behind NAT the port of RTCP is not known until the phone has sent some: nothing goes to the address of SDP then.
    const auto& to = rtcpPin_.destination();
    if (!to.sameHost(rtpPin_.destination())) return static_cast<int>(msgdsize(packet));
    return sendDatagram(rtcpSocket_, packet, to);
}

}  // namespace beffroi::bridge
