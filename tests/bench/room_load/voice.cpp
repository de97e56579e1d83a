// SPDX-License-Identifier: AGPL-3.0-or-later
#include "room_load/voice.hpp"

#include <opus/opus.h>

#include <array>
#include <cmath>
#include <cstdlib>
#include <numbers>

namespace beffroi::bench {
namespace {

constexpr std::size_t kPacketsPerSecond = 50;
constexpr double kAmplitude = 8000;
constexpr double kSilent = 100;  // root mean square of a packet
constexpr std::size_t kLongestPayload = 400;

// ITU-T G.711: the even bits of an A-law octet are inverted.
std::int16_t fromAlaw(std::uint8_t octet) {
    const unsigned bits = octet ^ 0x55U;
    const auto exponent = (bits & 0x70U) >> 4U;
    int value = static_cast<int>((bits & 0x0fU) << 4U) + 8;
    if (exponent > 0) value = (value + 0x100) << (exponent - 1);
    return static_cast<std::int16_t>((bits & 0x80U) != 0 ? value : -value);
}

// The octet whose value is nearest: the table is asked so rarely that it is searched.
std::uint8_t toAlaw(int sample) {
    int best = 0;
    for (int octet = 1; octet < 256; ++octet) {
        const auto distance = [sample](int code) {
            return std::abs(fromAlaw(static_cast<std::uint8_t>(code)) - sample);
        };
        if (distance(octet) < distance(best)) best = octet;
    }
    return static_cast<std::uint8_t>(best);
}

std::vector<std::int16_t> tone(int hertz, std::size_t rate, std::size_t seconds) {
    std::vector<std::int16_t> samples(rate * seconds);
    for (std::size_t i = 0; hertz > 0 && i < samples.size(); ++i) {
        const auto turn = 2 * std::numbers::pi * hertz * static_cast<double>(i) / static_cast<double>(rate);
        samples[i] = static_cast<std::int16_t>(kAmplitude * std::sin(turn));
    }
    return samples;
}

Packets encodeAlaw(const std::vector<std::int16_t>& samples, std::size_t perPacket) {
    std::vector<std::uint8_t> table(65536);
    for (int sample = -32768; sample < 32768; sample += 16) {  // 16 steps are finer than A-law is for loud sound
        const auto octet = toAlaw(sample);
        for (int i = 0; i < 16; ++i) table[static_cast<std::size_t>(sample + 32768 + i)] = octet;
    }
    Packets packets;
    for (std::size_t begin = 0; begin < samples.size(); begin += perPacket) {
        auto& packet = packets.emplace_back();
        for (std::size_t i = begin; i < begin + perPacket; ++i) {
            packet.push_back(table[static_cast<std::size_t>(samples[i] + 32768)]);
        }
    }
    return packets;
}

// Two seconds are encoded and the second one is kept: its first packet follows from a tone that has begun long ago.
Packets encodeOpus(const std::vector<std::int16_t>& samples, std::size_t perPacket) {
    int error = OPUS_OK;
    auto* encoder = opus_encoder_create(16000, 1, OPUS_APPLICATION_VOIP, &error);
    if (error != OPUS_OK) std::abort();
    opus_encoder_ctl(encoder, OPUS_SET_BITRATE(24000));
    Packets packets;
    for (std::size_t begin = 0; begin < samples.size(); begin += perPacket) {
        std::array<std::uint8_t, kLongestPayload> octets{};
        const auto size = opus_encode(encoder, samples.data() + begin, static_cast<int>(perPacket), octets.data(),
                                      static_cast<opus_int32>(octets.size()));
        if (size <= 0) std::abort();
        if (begin >= samples.size() / 2) packets.emplace_back(octets.begin(), octets.begin() + size);
    }
    opus_encoder_destroy(encoder);
    return packets;
}

}  // namespace

const CodecTraits& traits(Codec codec) {
    static constexpr CodecTraits kPcma{"PCMA", "8 PCMA/8000", 8, 160, 8000};
    static constexpr CodecTraits kOpus{"opus", "96 opus/48000/2", 96, 960, 16000};
    return codec == Codec::Pcma ? kPcma : kOpus;
}

Packets speak(Codec codec, int hertz) {
    const auto rate = traits(codec).samplesPerSecond;
    if (codec == Codec::Pcma) return encodeAlaw(tone(hertz, rate, 1), rate / kPacketsPerSecond);
    return encodeOpus(tone(hertz, rate, 2), rate / kPacketsPerSecond);
}

void Ear::Close::operator()(OpusDecoder* decoder) const noexcept { opus_decoder_destroy(decoder); }

Ear::Ear(Codec codec) : codec_{codec}, second_(traits(codec).samplesPerSecond) {
    if (codec == Codec::Opus) decoder_.reset(opus_decoder_create(16000, 1, nullptr));
}

bool Ear::hear(std::span<const std::uint8_t> payload) {
    std::array<std::int16_t, 1920> samples{};
    int count = 0;
    if (codec_ == Codec::Opus) {
        count = opus_decode(decoder_.get(), payload.data(), static_cast<opus_int32>(payload.size()), samples.data(),
                            static_cast<int>(samples.size()), 0);
    } else {
        for (const auto octet : payload.first(std::min(payload.size(), samples.size()))) {
            samples[static_cast<std::size_t>(count++)] = fromAlaw(octet);
        }
    }
    double energy = 0;
    for (int i = 0; i < count; ++i) {
        const auto sample = samples[static_cast<std::size_t>(i)];
        energy += static_cast<double>(sample) * sample;
        second_[next_] = sample;
        next_ = (next_ + 1) % second_.size();
    }
    return count > 0 && std::sqrt(energy / count) >= kSilent;
}

double Ear::share(int hertz) const {
    double real = 0;
    double imaginary = 0;
    double energy = 0;
    const auto length = static_cast<double>(second_.size());
    for (std::size_t i = 0; i < second_.size(); ++i) {
        const auto sample = static_cast<double>(second_[(next_ + i) % second_.size()]);
        const auto turn = 2 * std::numbers::pi * hertz * static_cast<double>(i) / length;
        real += sample * std::cos(turn);
        imaginary += sample * std::sin(turn);
        energy += sample * sample;
    }
    return energy > 0 ? 2 * (real * real + imaginary * imaginary) / (length * energy) : 0;
}

}  // namespace beffroi::bench
