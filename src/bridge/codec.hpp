// SPDX-License-Identifier: AGPL-3.0-or-later
//
// The codecs a call may use, and what SDP, RTP and mediastreamer2 call them.
// Thread: any; constants.
#pragma once

#include "bridge/pcm.hpp"

#include <array>
#include <cstdint>
#include <optional>
#include <string_view>

namespace beffroi::bridge {

enum class Codec : std::uint8_t { Opus, G722, Pcma, Pcmu };

struct CodecTraits {
    Codec codec;
    std::string_view name;        // in SDP, compared without case
    const char* filter;           // mediastreamer2's name
    std::uint32_t clockRate;      // RTP's; that of G.722 is 8000 by an old mistake (RFC 3551 §4.5.2)
    std::uint32_t channels;       // in SDP; Opus is always written with 2 (RFC 7587)
    PcmRate pcmRate;              // what its decoder gives and its encoder takes
    std::uint8_t offeredPayload;  // the static payload type, or the one we offer
    bool isStatic;
    std::size_t shortestPayload;  // octets that its decoder bears
    std::string_view parameters;  // our a=fmtp
};

/// In the order in which we offer them. After a gap the G.722 decoder of mediastreamer2 5.1 fades over the first 10 ms
/// of a packet whether it has them or not: what is shorter would be written past its end.
inline constexpr std::array<CodecTraits, 4> kCodecs{{
    {Codec::Opus, "opus", "opus", 48000, 2, PcmRate::Wide, 96, false, 1,
     "maxplaybackrate=16000; sprop-maxcapturerate=16000"},
    {Codec::G722, "G722", "g722", 8000, 1, PcmRate::Wide, 9, true, 80, ""},
    {Codec::Pcma, "PCMA", "pcma", 8000, 1, PcmRate::Narrow, 8, true, 1, ""},
    {Codec::Pcmu, "PCMU", "pcmu", 8000, 1, PcmRate::Narrow, 0, true, 1, ""},
}};

[[nodiscard]] constexpr const CodecTraits& traits(Codec codec) noexcept {
    return kCodecs[static_cast<std::size_t>(codec)];
}

/// The codec of an a=rtpmap, if it is one of ours.
[[nodiscard]] std::optional<Codec> findCodec(std::string_view name, std::uint32_t clockRate, std::uint32_t channels);
/// The codec of a payload type that needs no a=rtpmap.
[[nodiscard]] std::optional<Codec> findStaticCodec(std::uint8_t payloadType);

}  // namespace beffroi::bridge
