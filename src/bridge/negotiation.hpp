// SPDX-License-Identifier: AGPL-3.0-or-later
//
// Offer and answer (RFC 3264) for one audio stream, as pure functions: which codec, which payload types, which
// direction, and where the other side wants its packets.
// Thread: any.
#pragma once

#include "bridge/codec.hpp"
#include "bridge/session_description.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace beffroi::bridge {

/// What both sides have agreed on.
struct AudioAgreement {
    Codec codec = Codec::Pcma;
    std::uint8_t payloadType = 8;
    std::optional<std::uint8_t> eventPayloadType;  // telephone-event (RFC 4733)
    std::uint32_t eventClockRate = 8000;
    Direction direction = Direction::SendReceive;  // ours
    SocketAddress rtp;                             // the other side's; unset while it holds with 0.0.0.0
    SocketAddress rtcp;
    std::size_t mediaIndex = 0;  // which m= line

    friend bool operator==(const AudioAgreement&, const AudioAgreement&) = default;
};

/// A SIP status and its reason in words.
struct NegotiationRefusal {
    std::uint16_t status = 488;
    std::string_view reason;
};

using Negotiated = std::variant<AudioAgreement, NegotiationRefusal>;

/// Which addresses the other side may ask for packets to be sent to.
class Reach {
public:
    /// Our sockets are bound to `local`.
    explicit Reach(const SocketAddress& local) : local_{local} {}

    /// Why nothing can be sent to this host, or nothing.
    [[nodiscard]] std::string_view objection(const SocketAddress& host) const noexcept;

private:
    SocketAddress local_;
};

/// Answers an offer: the first codec of the offer that we have, on the first audio line that can be used.
[[nodiscard]] Negotiated negotiate(const SessionDescription& offer, const Reach& reach);

/// Takes the answer to our own offer, which had one audio line with all codecs.
[[nodiscard]] Negotiated acceptAnswer(const SessionDescription& answer, const Reach& reach);

inline constexpr std::uint8_t kOfferedWideEvents = 97;     // telephone-event/48000, beside Opus
inline constexpr std::uint8_t kOfferedNarrowEvents = 101;  // telephone-event/8000

}  // namespace beffroi::bridge
