// SPDX-License-Identifier: AGPL-3.0-or-later
//
// What members of a measured room say and how what they hear is judged: tones, each of a pitch of its own, as packets
// of 20 ms made once and sent again and again; and an ear that finds tones and silence in what comes back. libopus is
// used directly, so that the bridge's own codec path is not its own judge.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

struct OpusDecoder;

namespace beffroi::bench {

enum class Codec { Pcma, Opus };

struct CodecTraits {
    const char* name;
    const char* rtpmap;
    std::uint8_t payloadType;
    std::uint32_t ticksPerPacket;
    std::size_t samplesPerSecond;
};
[[nodiscard]] const CodecTraits& traits(Codec codec);

using Packets = std::vector<std::vector<std::uint8_t>>;  // payloads; the last is followed by the first

/// One second of a tone, or of silence if `hertz` is 0.
[[nodiscard]] Packets speak(Codec codec, int hertz);

class Ear {
public:
    explicit Ear(Codec codec);

    /// Decodes a payload; false if it is silent.
    bool hear(std::span<const std::uint8_t> payload);

    /// The share of a tone in all that was heard in the last second, 0 to 1.
    [[nodiscard]] double share(int hertz) const;

private:
    struct Close {
        void operator()(OpusDecoder* decoder) const noexcept;
    };
    Codec codec_;
    std::unique_ptr<OpusDecoder, Close> decoder_;
    std::vector<std::int16_t> second_;  // a ring
    std::size_t next_ = 0;
};

}  // namespace beffroi::bench
