// SPDX-License-Identifier: AGPL-3.0-or-later
//
// What a datagram on an RTP or RTCP port must look like before oRTP sees it (RFC 3550 §5.1 and §6). oRTP trusts lengths
// and payload types that come from the network; here they are checked.
// Thread: any; pure functions.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>

namespace beffroi::bridge {

struct RtpHeader {
    std::uint8_t payloadType = 0;
    bool marker = false;
    std::uint16_t sequence = 0;
    std::uint32_t timestamp = 0;
    std::uint32_t source = 0;  // SSRC
    std::span<const std::uint8_t> payload;
};

/// A well-formed RTP packet with a payload; padding is left out of it.
[[nodiscard]] std::optional<RtpHeader> readRtp(std::span<const std::uint8_t> datagram);

/// How many octets of a compound are reports, descriptions, BYE and APP, every length inside the datagram; 0 if it is
/// malformed or does not begin with a report. Feedback and extended reports behind them are left out: we ask for none
/// and act on none, but telephones send them.
[[nodiscard]] std::size_t plainRtcp(std::span<const std::uint8_t> datagram);

/// Counts packets that never came, from the sequence numbers of those that did.
class LossCounter {
public:
    void count(std::uint32_t source, std::uint16_t sequence) noexcept;
    [[nodiscard]] std::uint64_t lost() const noexcept;

private:
    bool started_ = false;
    std::uint32_t source_ = 0;
    std::uint16_t highest_ = 0;
    std::uint64_t expected_ = 0;
    std::uint64_t received_ = 0;
    std::uint64_t earlierLost_ = 0;
};

}  // namespace beffroi::bridge
