// SPDX-License-Identifier: AGPL-3.0-or-later
#include "bridge/rtp_packet.hpp"

#include <catch2/catch.hpp>

#include <random>
#include <vector>

using namespace beffroi::bridge;

namespace {

using Octets = std::vector<std::uint8_t>;

Octets operator+(Octets first, const Octets& second) {
    first.insert(first.end(), second.begin(), second.end());
    return first;
}

/// Twelve octets: sequence 0x0102, timestamp 0x03040506, source 0x0708090a.
Octets header(std::uint8_t first = 0x80, std::uint8_t second = 8) {
    return {first, second, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10};
}

/// An RTCP packet whose length field says how long it is.
Octets report(std::uint8_t type, std::size_t size, std::uint8_t count = 0) {
    Octets packet(size);
    packet[0] = static_cast<std::uint8_t>(0x80 | count);
    packet[1] = type;
    packet[2] = static_cast<std::uint8_t>((size / 4 - 1) >> 8);
    packet[3] = static_cast<std::uint8_t>(size / 4 - 1);
    return packet;
}

const Octets kPayload{0xd5, 0xd6, 0xd7, 0xd8};

}  // namespace

TEST_CASE("the fields of an RTP packet are where RFC 3550 puts them", "[bridge][rfc3550-5.1]") {
    const auto datagram = header(0x80, 0x80 | 101) + kPayload;
    const auto packet = readRtp(datagram);
    REQUIRE(packet);
    CHECK(packet->payloadType == 101);
    CHECK(packet->marker);
    CHECK(packet->sequence == 0x0102);
    CHECK(packet->timestamp == 0x03040506);
    CHECK(packet->source == 0x0708090a);
    CHECK(Octets{packet->payload.begin(), packet->payload.end()} == kPayload);
}

TEST_CASE("the payload is found behind sources, extension and before padding", "[bridge][rfc3550-5.1]") {
    const auto payload = GENERATE(values<Octets>({
        header(0x80) + kPayload, header(0x81) + Octets(4, 0xff) + kPayload,          // one CSRC
        header(0x8f) + Octets(60, 0xff) + kPayload,                                  // fifteen
        header(0x90) + Octets{0xbe, 0xde, 0, 0} + kPayload,                          // empty extension
        header(0x90) + Octets{0xbe, 0xde, 0, 2, 9, 9, 9, 9, 9, 9, 9, 9} + kPayload,  // of two words
        header(0xa0) + kPayload + Octets{1},                                         // padding
        header(0xa0) + kPayload + Octets{0, 0, 3},                                   //
        header(0xb2) + Octets(8, 0xff) + Octets{0, 1, 0, 1, 7, 7, 7, 7} + kPayload + Octets{0, 0, 0, 4},  // all three
    }));
    CAPTURE(payload);
    const auto packet = readRtp(payload);
    REQUIRE(packet);
    CHECK(Octets{packet->payload.begin(), packet->payload.end()} == kPayload);
    CHECK_FALSE(packet->marker);
    CHECK(packet->payloadType == 8);
}

TEST_CASE("what is no RTP packet with a payload is refused", "[bridge][rfc3550-A.1]") {
    const auto datagram = GENERATE(values<Octets>({
        {},
        {0x80},
        Octets(11, 0x80),
        header(),                                                  // no payload
        header(0x00) + kPayload,                                   // versions 0, 1 and 3
        header(0x40) + kPayload,                                   // also STUN and ZRTP
        header(0xc0) + kPayload,                                   //
        header(0x81) + kPayload,                                   // the CSRC takes all
        header(0x8f) + Octets(59, 0),                              // and more
        header(0x90) + Octets{0xbe, 0xde, 0},                      // half an extension
        header(0x90) + Octets{0xbe, 0xde, 0, 1} + kPayload,        // takes all
        header(0x90) + Octets{0xbe, 0xde, 0xff, 0xff} + kPayload,  // longer than the datagram
        header(0xa0) + Octets{1, 2, 3, 0},                         // padding of none
        header(0xa0) + Octets{1, 2, 3, 4},                         // of all
        header(0xa0) + Octets{1, 2, 3, 255},                       // of more
        header(0xa0),                                              // padding that would be a part of the header
    }));
    CAPTURE(datagram);
    CHECK_FALSE(readRtp(datagram));
}

TEST_CASE("compound RTCP is accepted when every length lies inside", "[bridge][rfc3550-6]") {
    constexpr std::uint8_t kSender = 200;
    constexpr std::uint8_t kReceiver = 201;
    constexpr std::uint8_t kDescription = 202;
    constexpr std::uint8_t kBye = 203;
    constexpr std::uint8_t kApplication = 204;

    SECTION("whole: reports, alone or followed by the other kinds") {
        for (const auto& compound : std::vector<Octets>{
                 report(kReceiver, 8), report(kReceiver, 32, 1), report(kSender, 28),
                 report(kSender, 52, 1) + report(kDescription, 12, 1) + report(kBye, 8, 1),
                 report(kReceiver, 8) + report(kDescription, 4) + report(kApplication, 12),
                 report(kSender, 36),  // an extension of its profile
             }) {
            CHECK(plainRtcp(compound) == compound.size());
        }
    }
    SECTION("what stands behind feedback and other kinds is left out, with them") {
        for (const std::uint8_t other : {199, 205, 206, 207, 255}) {
            CHECK(plainRtcp(report(kReceiver, 32, 1) + report(kDescription, 12, 1) + report(other, 16)) == 44);
            CHECK(plainRtcp(report(kReceiver, 8) + report(other, 12) + report(kBye, 8, 1)) == 8);
        }
    }
    SECTION("nothing of anything else") {
        CHECK(plainRtcp(report(kReceiver, 8) + report(207, 12) + Octets{0x80, kBye, 0, 1}) == 0);
        CHECK(plainRtcp({}) == 0);
        CHECK(plainRtcp(Octets(7, 0x80)) == 0);
        CHECK(plainRtcp(report(kDescription, 12)) == 0);  // does not begin with a report
        CHECK(plainRtcp(report(kBye, 8)) == 0);           //
        CHECK(plainRtcp(report(kReceiver, 28, 1)) == 0);  // shorter than its blocks
        CHECK(plainRtcp(report(kReceiver, 8, 31)) == 0);
        CHECK(plainRtcp(report(kSender, 24)) == 0);
        CHECK(plainRtcp(report(kSender, 28, 1)) == 0);
        CHECK(plainRtcp(report(kReceiver, 8) + Octets{0x80}) == 0);
        CHECK(plainRtcp(report(kReceiver, 8) + Octets{0x80, kBye, 0, 1}) == 0);  // its length ends outside
        CHECK(plainRtcp(report(kReceiver, 8) + Octets{0x40, kBye, 0, 0}) == 0);  // version
        auto longer = report(kReceiver, 8);
        longer[3] = 2;
        CHECK(plainRtcp(longer) == 0);
    }
}

TEST_CASE("no octets lead the readers outside the datagram", "[bridge]") {
    std::mt19937 random{3550};
    for (int round = 0; round < 50000; ++round) {
        Octets datagram(random() % 64);
        for (auto& octet : datagram) octet = static_cast<std::uint8_t>(random());
        if (!datagram.empty()) datagram[0] = static_cast<std::uint8_t>(0x80 | (datagram[0] & 0x3f));
        if (datagram.size() > 1 && round % 2 == 0) datagram[1] = static_cast<std::uint8_t>(200 + random() % 5);
        if (const auto packet = readRtp(datagram)) {
            REQUIRE_FALSE(packet->payload.empty());
            REQUIRE(packet->payload.data() >= datagram.data() + 12);
            REQUIRE(packet->payload.data() + packet->payload.size() <= datagram.data() + datagram.size());
        }
        REQUIRE(plainRtcp(datagram) <= datagram.size());
        REQUIRE(plainRtcp(datagram) % 4 == 0);
    }
}

TEST_CASE("packets that never came are counted", "[bridge][rfc3550-A.3]") {
    LossCounter counter;
    const auto feed = [&](std::uint32_t source, const std::vector<std::uint16_t>& sequences) {
        for (const auto sequence : sequences) counter.count(source, sequence);
        return counter.lost();
    };
    CHECK(counter.lost() == 0);
    SECTION("none of an unbroken row, whatever it begins with and across the end of the numbers") {
        CHECK(feed(1, {65533, 65534, 65535, 0, 1, 2}) == 0);
    }
    SECTION("those of a gap, until they come late after all") {
        CHECK(feed(1, {10, 11, 15}) == 3);
        CHECK(feed(1, {13}) == 2);
        CHECK(feed(1, {12, 14, 16}) == 0);
    }
    SECTION("a gap across the end of the numbers") { CHECK(feed(1, {65534, 2}) == 3); }
    SECTION("a new source begins anew and does not forgive what was lost before") {
        CHECK(feed(1, {10, 15}) == 4);
        CHECK(feed(2, {50000, 50001, 50003}) == 5);
        CHECK(feed(1, {20}) == 5);
    }
    SECTION("a jump is a telephone that begins anew, not thousands of losses nor a credit") {
        CHECK(feed(1, {10, 12, 20000, 20001}) == 1);
        CHECK(feed(1, {100, 101, 103}) == 2);
        CHECK(feed(1, {102}) == 1);
    }
}
