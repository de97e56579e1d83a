// SPDX-License-Identifier: AGPL-3.0-or-later
//
// What a session description (RFC 8866) says about audio, as values. SDP comes from phones and passes the exchange
// untouched, so it is hostile text: the reader is ours, strict and bounded, and yields nothing or something sound.
// Thread: any; values.
#pragma once

#include "beffroi/socket_address.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace beffroi::bridge {

enum class Direction : std::uint8_t { SendReceive, SendOnly, ReceiveOnly, Inactive };

/// The same session seen from the other end.
[[nodiscard]] constexpr Direction reversed(Direction direction) noexcept {
    if (direction == Direction::SendOnly) return Direction::ReceiveOnly;
    if (direction == Direction::ReceiveOnly) return Direction::SendOnly;
    return direction;
}
[[nodiscard]] std::string_view name(Direction direction) noexcept;

struct MediaFormat {
    std::uint8_t payloadType = 0;
    std::string encoding;  // empty without a=rtpmap
    std::uint32_t clockRate = 0;
    std::uint32_t channels = 1;
};

struct MediaLine {
    std::string kind;      // audio, video …
    std::string protocol;  // RTP/AVP …
    std::uint16_t port = 0;
    std::vector<MediaFormat> formats;   // only of RTP media
    SocketAddress connection;           // of the line or of the session, port 0; unset if there is none
    std::optional<SocketAddress> rtcp;  // a=rtcp
    Direction direction = Direction::SendReceive;
};

struct SessionDescription {
    std::vector<MediaLine> media;
};

/// Why a description is refused, in words for the log and the Warning header.
struct SdpFault {
    std::string_view reason;
};

inline constexpr std::size_t kLongestSdp = 8192;

[[nodiscard]] std::variant<SessionDescription, SdpFault> readSdp(std::string_view text);

}  // namespace beffroi::bridge
