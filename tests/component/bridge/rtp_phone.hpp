// SPDX-License-Identifier: AGPL-3.0-or-later
//
// A telephone that speaks a tone and notes what it hears: packets, gaps, samples. It has no clock; whoever drives it
// says when the next packet is due.
#pragma once

#include "bridge/negotiation.hpp"
#include "bridge/rtp_packet.hpp"
#include "codec_bench.hpp"
#include "loopback_socket.hpp"
#include "support/tone.hpp"

#include <cstdint>
#include <optional>
#include <vector>

namespace beffroi::test {

class RtpPhone {
public:
    static constexpr std::size_t kFramesPerPacket = 2;

    RtpPhone(MSFactory* factory, bridge::Codec codec, double hertz, double amplitude)
        : traits_{bridge::traits(codec)},
          encoder_{factory, traits_, CodecBench::Way::Encode},
          decoder_{factory, traits_, CodecBench::Way::Decode},
          tone_{hertz, amplitude, sampleRate()} {}

    /// As if offered and answered: our sockets, our codec, telephone-event 101.
    [[nodiscard]] bridge::AudioAgreement agreement() const {
        bridge::AudioAgreement agreed;
        agreed.codec = traits_.codec;
        agreed.payloadType = traits_.offeredPayload;
        agreed.eventPayloadType = bridge::kOfferedNarrowEvents;
        agreed.rtp = rtp.address();
        agreed.rtcp = rtcp.address();
        return agreed;
    }
    [[nodiscard]] unsigned sampleRate() const { return static_cast<unsigned>(traits_.pcmRate); }
    [[nodiscard]] std::uint32_t packetTime() const {
        return traits_.clockRate / bridge::kFramesPerSecond * kFramesPerPacket;
    }

    /// Speaks for 20 ms.
    void speak() {
        const auto samples = tone_.take(bridge::frameSamples(traits_.pcmRate) * kFramesPerPacket);
        const auto payload = encoder_.encode(samples);
        if (talking && !payload.empty()) sendPacket(traits_.offeredPayload, payload);
        timestamp += packetTime();
    }
    /// Sends one packet with our numbers.
    void sendPacket(std::uint8_t payloadType, std::span<const std::uint8_t> payload) {
        sendFrom(rtp, packet(payloadType, payload));
        ++sequence;
    }
    void sendFrom(const LoopbackSocket& socket, std::span<const std::uint8_t> octets) const {
        if (bridge.isSet()) socket.send(octets, bridge);
    }
    [[nodiscard]] std::vector<std::uint8_t> packet(std::uint8_t payloadType,
                                                   std::span<const std::uint8_t> payload) const {
        std::vector<std::uint8_t> octets{0x80, payloadType};
        for (const int shift : {8, 0}) octets.push_back(static_cast<std::uint8_t>(sequence >> shift));
        for (const int shift : {24, 16, 8, 0}) octets.push_back(static_cast<std::uint8_t>(timestamp >> shift));
        for (const int shift : {24, 16, 8, 0}) octets.push_back(static_cast<std::uint8_t>(source >> shift));
        octets.insert(octets.end(), payload.begin(), payload.end());
        return octets;
    }
    /// A telephone-event packet, 20 ms into the event.
    void sendEvent(std::uint8_t event, bool end, std::uint32_t eventTimestamp) {
        const auto now = std::exchange(timestamp, eventTimestamp);
        const std::array<std::uint8_t, 4> payload{event, static_cast<std::uint8_t>(end ? 0x8a : 0x0a), 0, 160};
        sendPacket(bridge::kOfferedNarrowEvents, payload);
        timestamp = now;
    }

    /// Takes what has arrived.
    void listen() {
        while (const auto datagram = rtp.receive()) take(*datagram);
        while (auto datagram = rtcp.receive()) reports.push_back(std::move(*datagram));
    }

    /// What is heard from here on for a while does not count: the machine was late.
    void disturbed() {
        if (!stretches_.empty() && stretches_.back().end == kOpen) stretches_.back().end = beforeTurn_;
        stretches_.push_back({heard.size() + sampleRate() / 3, kOpen});
    }
    void turn() { beforeTurn_ = heard.size(); }

    /// Windows of 100 ms after the sample `from`, none of them disturbed.
    [[nodiscard]] std::vector<std::span<const bridge::Sample>> windows(std::size_t from) const {
        const auto size = sampleRate() / 10;
        std::vector<std::span<const bridge::Sample>> all;
        for (const auto& stretch : stretches_) {
            const auto end = std::min(stretch.end, heard.size());
            for (auto at = std::max(stretch.begin, from); at + size <= end; at += size) {
                all.push_back(std::span{heard}.subspan(at, size));
            }
        }
        return all;
    }
    [[nodiscard]] double amplitude(double hertz, std::span<const bridge::Sample> window) const {
        return amplitudeOf(hertz, window, sampleRate());
    }

    LoopbackSocket rtp;
    LoopbackSocket rtcp;
    SocketAddress bridge;  // where to send
    bool talking = true;
    std::uint16_t sequence = 65500;
    std::uint32_t timestamp = 4294960000U;
    std::uint32_t source = 0x5eed;

    std::vector<bridge::Sample> heard;
    std::vector<std::vector<std::uint8_t>> payloads;
    std::vector<std::vector<std::uint8_t>> reports;  // RTCP
    std::uint32_t heardSource = 0;
    std::size_t packets = 0;
    std::size_t sequenceGaps = 0;   // places where a number is missing or comes twice
    std::size_t timestampGaps = 0;  // places where time does not go on by one packet
    std::size_t markers = 0;
    std::size_t malformed = 0;

private:
    static constexpr std::size_t kOpen = ~std::size_t{0};
    struct Stretch {
        std::size_t begin;
        std::size_t end;
    };

    void take(std::span<const std::uint8_t> datagram) {
        const auto packet = bridge::readRtp(datagram);
        if (!packet || packet->payloadType != traits_.offeredPayload) {
            ++malformed;
            return;
        }
        if (packets > 0) {
            if (packet->sequence != static_cast<std::uint16_t>(lastSequence_ + 1)) ++sequenceGaps;
            if (packet->timestamp != lastTimestamp_ + packetTime()) ++timestampGaps;
        }
        ++packets;
        if (packet->marker) ++markers;
        lastSequence_ = packet->sequence;
        lastTimestamp_ = packet->timestamp;
        heardSource = packet->source;
        payloads.emplace_back(packet->payload.begin(), packet->payload.end());
        const auto samples = decoder_.decode(packet->payload);
        heard.insert(heard.end(), samples.begin(), samples.end());
    }

    const bridge::CodecTraits& traits_;
    CodecBench encoder_;
    CodecBench decoder_;
    Tone tone_;
    std::uint16_t lastSequence_ = 0;
    std::uint32_t lastTimestamp_ = 0;
    std::size_t beforeTurn_ = 0;
    std::vector<Stretch> stretches_{{0, kOpen}};
};

}  // namespace beffroi::test
