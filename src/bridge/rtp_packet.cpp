// SPDX-License-Identifier: AGPL-3.0-or-later
//
// Reads octets in network order by hand: no structure is laid over hostile data.

#include "bridge/rtp_packet.hpp"

namespace beffroi::bridge {
namespace {

constexpr std::size_t kFixedHeader = 12;

std::uint16_t sixteen(std::span<const std::uint8_t> octets, std::size_t at) {
    return static_cast<std::uint16_t>((octets[at] << 8) | octets[at + 1]);
}
std::uint32_t thirtyTwo(std::span<const std::uint8_t> octets, std::size_t at) {
    return (std::uint32_t{sixteen(octets, at)} << 16) | sixteen(octets, at + 2);
}

}  // namespace

std::optional<RtpHeader> readRtp(std::span<const std::uint8_t> datagram) {
    if (datagram.size() < kFixedHeader || datagram[0] >> 6 != 2) return std::nullopt;
    std::size_t offset = kFixedHeader + std::size_t{datagram[0] & 0x0fU} * 4;
    if ((datagram[0] & 0x10) != 0) {
        if (datagram.size() < offset + 4) return std::nullopt;
        offset += 4 + std::size_t{sixteen(datagram, offset + 2)} * 4;
    }
    std::size_t padding = 0;
    if ((datagram[0] & 0x20) != 0) {
        padding = datagram.back();
        if (padding == 0) return std::nullopt;
    }
    if (datagram.size() <= offset + padding) return std::nullopt;
    RtpHeader header;
    header.payloadType = datagram[1] & 0x7f;
    header.marker = (datagram[1] & 0x80) != 0;
    header.sequence = sixteen(datagram, 2);
    header.timestamp = thirtyTwo(datagram, 4);
    header.source = thirtyTwo(datagram, 8);
    header.payload = datagram.subspan(offset, datagram.size() - offset - padding);
    return header;
}

std::size_t plainRtcp(std::span<const std::uint8_t> datagram) {
    constexpr std::uint8_t kSenderReport = 200;
    constexpr std::uint8_t kReceiverReport = 201;
    constexpr std::uint8_t kApplication = 204;
    if (datagram.size() < 8 || (datagram[1] != kSenderReport && datagram[1] != kReceiverReport)) return 0;
    std::size_t plain = 0;
    bool more = true;
    while (!datagram.empty()) {
        if (datagram.size() < 4 || datagram[0] >> 6 != 2) return 0;
        const auto type = datagram[1];
        const auto length = (std::size_t{sixteen(datagram, 2)} + 1) * 4;
        const auto blocks = std::size_t{datagram[0] & 0x1fU} * 24;
        if (length > datagram.size()) return 0;
        if (type == kSenderReport && length < 28 + blocks) return 0;
        if (type == kReceiverReport && length < 8 + blocks) return 0;
        more = more && type >= kSenderReport && type <= kApplication;
        if (more) plain += length;
        datagram = datagram.subspan(length);
    }
    return plain;
}

void LossCounter::count(std::uint32_t source, std::uint16_t sequence) noexcept {
    constexpr int kLongestGap = 3000;  // a minute; RFC 3550 §A.1: beyond it the sender has begun anew
    int step = static_cast<std::int16_t>(sequence - highest_);
    if (!started_ || source != source_ || step > kLongestGap || step < -kLongestGap) {
        earlierLost_ = lost();
        expected_ = received_ = 0;
        started_ = true;
        source_ = source;
        step = 1;
        highest_ = static_cast<std::uint16_t>(sequence - 1);
    }
    if (step > 0) {
        expected_ += static_cast<std::uint64_t>(step);
        highest_ = sequence;
    }
    ++received_;
}

std::uint64_t LossCounter::lost() const noexcept {
    return earlierLost_ + (expected_ > received_ ? expected_ - received_ : 0);
}

}  // namespace beffroi::bridge
