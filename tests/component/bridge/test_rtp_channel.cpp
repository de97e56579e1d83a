// SPDX-License-Identifier: AGPL-3.0-or-later
//
// What a channel lets through and what it does not, on real sockets.

#include "bridge/rtp_channel.hpp"

#include "stage.hpp"

#include <catch2/catch.hpp>

#include <random>

using namespace beffroi;
using namespace beffroi::bridge;
using test::Guest;
using test::LoopbackSocket;
using test::Stage;

namespace {

std::vector<std::uint8_t> receiverReport(std::uint32_t sender, std::uint32_t about) {
    std::vector<std::uint8_t> report(32);
    const auto put = [&](std::size_t at, std::uint32_t value) {
        for (const int shift : {24, 16, 8, 0}) report[at++] = static_cast<std::uint8_t>(value >> shift);
    };
    put(0, 0x81c90007);
    put(4, sender);
    put(8, about);
    return report;
}

const std::vector<std::uint8_t> kVoice(160, 0xd5);

}  // namespace

TEST_CASE("packets of strangers are dropped and counted, and redirect nothing", "[bridge][rtp-bleed]") {
    assertOnLoop();
    Stage stage;
    auto& speaker = stage.enter(Codec::Pcma);
    auto& listener = stage.enter(Codec::Pcma, 0.0);
    const auto learning = GENERATE(Learning::SignalledHost, Learning::BehindNat);
    speaker.member.reset();
    speaker.channel->configure({}, learning);
    speaker.channel->configure(speaker.phone.agreement(), learning);
    stage.join(speaker);
    REQUIRE(stage.hears(listener, {0}));

    const LoopbackSocket intruder;
    const auto& counters = speaker.channel->counters();
    const auto before = speaker.phone.packets;
    auto forged = speaker.phone.packet(8, kVoice);
    for (std::uint8_t i = 0; i < 50; ++i) {
        forged[3] = static_cast<std::uint8_t>(forged[3] + 1);
        intruder.send(forged, speaker.channel->local());
        REQUIRE(stage.packets(1));
    }
    CHECK(stage.until([&] { return counters.strangers == 50; }));
    CHECK(stage.hears(listener, {0}));
    CHECK(speaker.phone.packets >= before + 45);
    CHECK_FALSE(intruder.receive());
    CHECK(counters.packetsLost == 0);
}

TEST_CASE("the port that voice first comes from is learnt, and answered", "[bridge][rtp-bleed]") {
    assertOnLoop();
    Stage stage;
    auto& guest = stage.invite(Codec::Pcma);
    const LoopbackSocket behind;  // the port that the NAT made of it
    guest.phone.talking = false;
    stage.join(guest);
    REQUIRE(stage.until([&] { return guest.phone.packets > 0; }));  // at first to the signalled one
    guest.phone.sendFrom(behind, guest.phone.packet(8, kVoice));
    REQUIRE(stage.until([&] { return behind.receive().has_value(); }));
    CHECK(guest.channel->counters().packetsIn == 1);

    SECTION("after that the signalled port is a stranger's") {
        guest.phone.sendPacket(8, kVoice);
        CHECK(stage.until([&] { return guest.channel->counters().strangers == 1; }));
    }
    SECTION("until it comes back from a hold, through another port of its NAT") {
        auto agreement = guest.phone.agreement();
        for (const auto direction : {Direction::Inactive, Direction::SendReceive}) {
            guest.member.reset();
            agreement.direction = direction;
            guest.channel->configure(agreement, Learning::SignalledHost);
            guest.member = stage.hub.join(*guest.channel, agreement);
        }
        const LoopbackSocket later;
        guest.phone.sendFrom(later, guest.phone.packet(8, kVoice));
        CHECK(stage.until([&] { return later.receive().has_value(); }));
        CHECK(guest.channel->counters().packetsIn == 2);
    }
    SECTION("until the other side signals another address") {
        guest.member.reset();
        const LoopbackSocket moved;
        auto agreement = guest.phone.agreement();
        agreement.rtp = moved.address();
        guest.channel->configure(agreement, Learning::SignalledHost);
        guest.member = stage.hub.join(*guest.channel, agreement);
        REQUIRE(stage.until([&] { return moved.receive().has_value(); }));
        guest.phone.sendFrom(moved, guest.phone.packet(8, kVoice));
        CHECK(stage.until([&] { return guest.channel->counters().packetsIn == 2; }));
    }
}

TEST_CASE("what is malformed or was not agreed on is counted and not heard", "[bridge][rfc3550-5.1]") {
    assertOnLoop();
    Stage stage;
    auto& guest = stage.enter(Codec::Pcma);
    auto& listener = stage.enter(Codec::Pcma, 0.0);
    const auto& counters = guest.channel->counters();
    REQUIRE(stage.hears(listener, {0}));
    std::uint64_t expected = 0;
    const auto send = [&](std::vector<std::uint8_t> octets) {
        guest.phone.sendFrom(guest.phone.rtp, octets);
        ++expected;
        CHECK(stage.until([&] { return counters.unusable == expected; }));
    };
    send(guest.phone.packet(0, kVoice));     // another codec
    send(guest.phone.packet(13, {}));        // comfort noise, empty
    send(guest.phone.packet(72, kVoice));    //
    send({0x80});                            //
    send({1, 2, 3, 4, 5, 6, 7, 8, 9, 10});   //
    send(std::vector<std::uint8_t>(20, 0));  // STUN, as it looks to RTP
    auto padded = guest.phone.packet(8, kVoice);
    padded[0] = 0xa0;
    padded.back() = 255;
    send(padded);
    CHECK(counters.strangers == 0);
    CHECK(stage.hears(listener, {0}));

    SECTION("what RTP adds around the payload is left out") {
        // Extension, two CSRC and padding: the same voice comes out, and from the same source.
        guest.phone.talking = false;
        REQUIRE(stage.packets(20));
        const auto before = counters.packetsIn.load();
        auto packet = guest.phone.packet(8, {});
        packet[0] = 0xb2;
        packet.insert(packet.end(), 8, 0xff);
        for (const std::uint8_t octet : {0xbe, 0xde, 0, 1, 1, 2, 3, 4}) packet.push_back(octet);
        packet.insert(packet.end(), kVoice.begin(), kVoice.end());
        for (const std::uint8_t octet : {0, 0, 3}) packet.push_back(octet);
        guest.phone.sendFrom(guest.phone.rtp, packet);
        CHECK(stage.until([&] { return counters.packetsIn == before + 1; }));
        CHECK(counters.unusable == expected);
    }
}

TEST_CASE("what a decoder does not bear never reaches it", "[bridge][hub]") {
    assertOnLoop();
    Stage stage;
    auto& guest = stage.enter(Codec::G722, 0.0);
    guest.phone.talking = false;
    const auto& counters = guest.channel->counters();
    guest.phone.sendPacket(9, std::vector<std::uint8_t>(80, 0xfa));
    CHECK(stage.until([&] { return counters.packetsIn == 1; }));
    guest.phone.sendPacket(9, std::vector<std::uint8_t>(79, 0xfa));
    CHECK(stage.until([&] { return counters.unusable == 1; }));
    CHECK(counters.packetsIn == 1);
}

TEST_CASE("a stranger's flood of empty datagrams does not hold up the voice behind them", "[bridge][rtp-bleed]") {
    assertOnLoop();
    Stage stage;
    auto& guest = stage.enter(Codec::Pcma);
    auto& listener = stage.enter(Codec::Pcma, 0.0);
    REQUIRE(stage.hears(listener, {0}));
    const LoopbackSocket intruder;
    const auto& counters = guest.channel->counters();
    const auto before = counters.packetsIn.load();
    for (int i = 0; i < 40; ++i) {
        for (int burst = 0; burst < 10; ++burst) intruder.send({}, guest.channel->local());
        REQUIRE(stage.packets(1));
    }
    CHECK(stage.until([&] { return counters.unusable == 400; }));
    CHECK(counters.packetsIn >= before + 38);
    CHECK(stage.hears(listener, {0}));
}

TEST_CASE("garbage from the telephone itself harms neither the call nor the others", "[bridge][hub]") {
    assertOnLoop();
    Stage stage;
    const auto codec = GENERATE(Codec::Opus, Codec::G722, Codec::Pcma);
    auto& speaker = stage.enter(Codec::Pcma);
    auto& guest = stage.enter(codec);
    auto& listener = stage.enter(Codec::Pcma, 0.0);
    REQUIRE(stage.hears(listener, {0, 1}));
    guest.member->silence(true);
    guest.phone.talking = false;
    REQUIRE(stage.hears(listener, {0}));
    const auto from = listener.phone.heard.size();
    const auto rtcp = guest.channel->local().withPort(static_cast<std::uint16_t>(guest.channel->local().port() + 1));

    std::mt19937 random{4733};
    const auto octets = [&](std::size_t count) {
        std::vector<std::uint8_t> all(count);
        for (auto& octet : all) octet = static_cast<std::uint8_t>(random());
        return all;
    };
    for (int round = 0; round < 40; ++round) {
        for (int burst = 0; burst < 8; ++burst) {
            if (random() % 4 == 0) guest.phone.timestamp = static_cast<std::uint32_t>(random());
            guest.phone.sendPacket(traits(codec).offeredPayload, octets(1 + random() % (burst == 0 ? 1400 : 200)));
            guest.phone.sendPacket(kOfferedNarrowEvents, octets(1 + random() % 8));
            auto report = octets(4 * (2 + random() % 30));
            report[0] = static_cast<std::uint8_t>(0x80 | (report[0] & 0x3f));
            report[1] = static_cast<std::uint8_t>(200 + random() % 2);
            report[2] = 0;
            report[3] = static_cast<std::uint8_t>(random() % 2 == 0 ? report.size() / 4 - 1 : 6);
            guest.phone.rtcp.send(report, rtcp);
        }
        REQUIRE(stage.packets(1));
    }
    // G.722 shorter than 10 ms does not count.
    CHECK(stage.until([&] { return guest.channel->counters().packetsIn >= (codec == Codec::G722 ? 400 : 600); }));
    REQUIRE(stage.until([&] { return listener.phone.windows(from).size() > 5; }));
    for (const auto& window : listener.phone.windows(from)) {
        CHECK(listener.phone.amplitude(speaker.hertz, window) == Approx(Stage::kLoud).epsilon(0.1));
        CHECK(test::levelOf(window) == Approx(Stage::kLoud / std::sqrt(2.0)).epsilon(0.1));
    }
    CHECK(listener.phone.sequenceGaps == 0);
    CHECK(listener.phone.timestampGaps == 0);

    guest.member->silence(false);
    guest.phone.talking = true;
    CHECK(stage.hears(listener, {0, 1}));
}

TEST_CASE("a key is reported once, whatever is lost or repeated, and is not heard", "[bridge][rfc4733-2.5]") {
    assertOnLoop();
    Stage stage;
    auto& guest = stage.enter(Codec::Pcma);
    auto& listener = stage.enter(Codec::Pcma, 0.0);
    REQUIRE(stage.hears(listener, {0}));
    std::string pressed;
    for (const std::uint8_t event : {1, 1, 0, 11, 9}) {
        const auto start = guest.phone.timestamp;
        for (int i = 0; i < 3; ++i) {
            guest.phone.sendEvent(event, false, start);
            REQUIRE(stage.packets(1));
        }
        for (int i = 0; i < 3; ++i) guest.phone.sendEvent(event, true, start);
        pressed += "0123456789*#"[event];
        CHECK(stage.until([&] { return guest.keys.all() == pressed; }));
        REQUIRE(stage.packets(2));
    }
    CHECK(guest.channel->counters().packetsLost == 0);
    CHECK(guest.channel->counters().unusable == 0);
    CHECK(stage.hears(listener, {0}));
    CHECK(guest.keys.all() == "110#9");
}

TEST_CASE("a telephone that begins anew is heard again", "[bridge][rfc3550-8]") {
    assertOnLoop();
    Stage stage;
    auto& guest = stage.enter(Codec::Pcma);
    auto& listener = stage.enter(Codec::Pcma, 0.0);
    REQUIRE(stage.hears(listener, {0}));
    SECTION("with another source and other numbers") {
        guest.phone.source = 0xfeed;
        guest.phone.sequence = 20;
        guest.phone.timestamp = 160;
    }
    SECTION("with a jump in time, forwards") { guest.phone.timestamp += 10'000'000; }
    SECTION("with a jump in time, backwards") { guest.phone.timestamp -= 10'000'000; }
    SECTION("with a jump of its sequence numbers") { guest.phone.sequence = static_cast<std::uint16_t>(30000); }
    CHECK(stage.hears(listener, {0}));
    CHECK(guest.channel->counters().strangers == 0);
    CHECK(guest.channel->counters().packetsLost == 0);
}

TEST_CASE("after a pause there is silence, then the voice again", "[bridge][hub]") {
    assertOnLoop();
    Stage stage;
    const auto codec = GENERATE(Codec::Opus, Codec::G722, Codec::Pcma, Codec::Pcmu);
    auto& guest = stage.enter(codec);
    auto& listener = stage.enter(Codec::G722, 0.0);
    REQUIRE(stage.hears(listener, {0}));
    guest.phone.talking = false;
    REQUIRE(stage.hears(listener, {}));
    // What Opus makes up for the missing packets dies away.
    REQUIRE(stage.until([&] { return test::levelOf(listener.phone.windows(0).back()) < 10.0; }));
    guest.phone.talking = true;
    CHECK(stage.hears(listener, {0}));
    CHECK(guest.channel->counters().packetsLost == 0);
    CHECK(listener.phone.timestampGaps == 0);
}

TEST_CASE("lost packets are counted and concealed", "[bridge][rfc3550-A.3]") {
    assertOnLoop();
    Stage stage;
    auto& guest = stage.enter(Codec::Pcma);
    auto& listener = stage.enter(Codec::Pcma, 0.0);
    REQUIRE(stage.hears(listener, {0}));
    for (int i = 0; i < 10; ++i) {
        ++guest.phone.sequence;
        guest.phone.timestamp += guest.phone.packetTime();
        REQUIRE(stage.packets(5));
    }
    CHECK(stage.until([&] { return guest.channel->counters().packetsLost == 10; }));
    CHECK(stage.hears(listener, {0}));
    CHECK(listener.phone.sequenceGaps == 0);
    CHECK(listener.phone.timestampGaps == 0);
}

TEST_CASE("reports go both ways, from the right address only", "[bridge][rfc3550-6]") {
    assertOnLoop();
    Stage stage;
    auto& guest = stage.enter(Codec::Pcma);
    const auto& counters = guest.channel->counters();
    REQUIRE(stage.until([&] { return guest.phone.packets > 0; }));
    const auto rtcp = guest.channel->local().withPort(static_cast<std::uint16_t>(guest.channel->local().port() + 1));

    const LoopbackSocket intruder;
    guest.phone.rtcp.send(receiverReport(guest.phone.source, guest.phone.heardSource), rtcp);
    guest.phone.rtcp.send(std::vector<std::uint8_t>{0x80, 0xc8, 0, 1, 0, 0, 0, 0}, rtcp);
    REQUIRE(stage.until([&] { return counters.unusable == 1; }));
    intruder.send(receiverReport(guest.phone.source, guest.phone.heardSource), rtcp);
    REQUIRE(stage.until([&] { return counters.strangers == 1; }));

    REQUIRE(stage.until([&] { return !guest.phone.reports.empty(); }));
    CHECK_FALSE(intruder.receive());
    for (const auto& report : guest.phone.reports) {
        CHECK(plainRtcp(report) == report.size());
        const auto sender = (std::uint32_t{report[4]} << 24) | (std::uint32_t{report[5]} << 16) |
                            (std::uint32_t{report[6]} << 8) | report[7];
        CHECK(report[1] == 200);
        CHECK(sender == guest.phone.heardSource);
    }
    guest.member.reset();  // nobody else uses the session now
    CHECK(rtp_session_get_stats(guest.channel->session())->recv_rtcp_packets == 1);
}

TEST_CASE("a pair of ports that somebody has is left to them", "[bridge]") {
    assertOnLoop();
    Stage stage;
    auto& readiness = stage.thread.readiness();
    // Two neighbouring pairs that are free: found by taking what the kernel gives and looking beside it.
    std::unique_ptr<RtpChannel> low;
    std::unique_ptr<RtpChannel> high;
    std::uint16_t first = 0;
    for (int attempt = 0; attempt < 200 && !high; ++attempt) {
        first = static_cast<std::uint16_t>(LoopbackSocket{}.address().port() & ~1U);
        if (first > 65000) continue;
        const auto at = [&](std::uint16_t port) { return test::ownLoopback().withPort(port); };
        high.reset();
        low = RtpChannel::open(at(first), readiness, [](char) {});
        if (low) high = RtpChannel::open(at(static_cast<std::uint16_t>(first + 2)), readiness, [](char) {});
    }
    REQUIRE(high);
    low.reset();
    high.reset();

    ChannelSource source{test::ownLoopback(), PortPool{{first, static_cast<std::uint16_t>(first + 3)}, 0}};
    CHECK(source.reach().objection(*SocketAddress::parse("127.0.0.1", 0)).empty());
    const auto taken = GENERATE(0, 1);  // the port of RTP, or that of RTCP
    std::optional<LoopbackSocket> other{std::in_place, static_cast<std::uint16_t>(first + taken)};
    const auto channel = source.open(readiness, [](char) {});
    REQUIRE(channel);
    CHECK(channel->local().port() == first + 2);
    CHECK_FALSE(source.open(readiness, [](char) {}));
    other.reset();
    const auto second = source.open(readiness, [](char) {});
    REQUIRE(second);
    CHECK(second->local().port() == first);
}
