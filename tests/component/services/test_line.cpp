// SPDX-License-Identifier: AGPL-3.0-or-later
#include "services/line.hpp"

#include "bridge/datagram_socket.hpp"
#include "bridge/hub.hpp"
#include "component/services/service_stage.hpp"

#include <netinet/in.h>
#include <sys/socket.h>
#include <catch2/catch.hpp>

#include <array>

using namespace beffroi;
using namespace beffroi::test;
using services::Line;

namespace {

struct LineStage : ServiceStage {
    LineStage() {
        assertOnLoop();
        line = Line::open(
            parts, hub, [this](char key) { keys += key; }, [this] { ++silent; });
        REQUIRE(line != nullptr);
    }
    ~LineStage() {
        line.reset();
        bridge::closeSocket(phone);
    }
    std::string answer(const std::string& direction = "sendrecv") {
        assertOnLoop();
        const auto answered = line->answer(offerOf(phonePort(), direction));
        REQUIRE(std::holds_alternative<std::string>(answered));
        return std::get<std::string>(answered);
    }
    [[nodiscard]] std::uint16_t phonePort() const {
        sockaddr_in address{};
        socklen_t length = sizeof address;
        getsockname(phone, reinterpret_cast<sockaddr*>(&address), &length);
        return ntohs(address.sin_port);
    }
    template <std::size_t N>
    void send(const std::array<unsigned char, N>& packet, std::uint16_t port) const {
        sockaddr_storage to{};
        const auto length = SocketAddress::parse("127.0.0.1", port)->toSockaddr(to);
        REQUIRE(sendto(phone, packet.data(), N, 0, reinterpret_cast<const sockaddr*>(&to), length) ==
                static_cast<ssize_t>(N));
    }

    int phone = bridge::openDatagramSocket(*SocketAddress::parse("127.0.0.1", 0));
    bridge::Hub hub{*engine.threads().front(), 1, bridge::Hearing::Others};
    std::string keys;
    int silent = 0;
    std::unique_ptr<Line> line;
};

// Version 2, payload type 101, key 5, volume 10, duration 160.
constexpr std::array<unsigned char, 16> kKeyFive{0x80, 0x65, 0, 1, 0, 0, 0, 160, 1, 2, 3, 4, 5, 10, 0, 160};

}  // namespace

TEST_CASE("a key comes from the media thread to the loop", "[services][rfc4733-2.5]") {
    LineStage stage;
    const auto port = portOf(stage.answer());
    stage.send(kKeyFive, port);
    CHECK(stage.runner.until([&] { return !stage.keys.empty(); }));
    CHECK(stage.keys == "5");

    SECTION("one that arrives after the line has closed is nobody's") {
        auto later = kKeyFive;
        later[7] = 0;
        later[5] = 9;
        stage.send(later, port);
        stage.line.reset();
        stage.runner.loop.turn(0ms);
        CHECK(stage.keys == "5");
    }
}

TEST_CASE("a line on which nothing comes is reported silent, once", "[services]") {
    LineStage stage;
    stage.answer();
    stage.pass(19s);
    CHECK(stage.silent == 0);
    stage.pass(2s);
    CHECK(stage.silent == 1);
    stage.pass(60s);
    CHECK(stage.silent == 1);
}

TEST_CASE("whoever owes no voice may be silent", "[services][rfc3264-8.4]") {
    LineStage stage;
    const auto* direction = GENERATE("recvonly", "inactive");
    stage.answer(direction);
    stage.pass(120s);
    CHECK(stage.silent == 0);

    SECTION("until they talk again") {
        stage.answer("sendrecv");
        stage.pass(26s);
        CHECK(stage.silent == 1);
    }
    SECTION("but not for ever") {
        stage.pass(240 * 20s);
        CHECK(stage.silent == 1);
    }
}

TEST_CASE("whoever only speaks owes voice, and holds only what was a conversation", "[services][rfc3264-8.4]") {
    LineStage stage;
    stage.answer("sendonly");
    stage.answer("sendonly");  // as a refresh of the session does
    CHECK_FALSE(stage.line->media().onHold());
    stage.pass(21s);
    CHECK(stage.silent == 1);

    LineStage other;
    other.answer("sendrecv");
    other.answer("sendonly");
    CHECK(other.line->media().onHold());
    other.answer("sendonly");
    CHECK(other.line->media().onHold());
    other.pass(120s);
    CHECK(other.silent == 0);
}

TEST_CASE("a packet within the time keeps the line", "[services]") {
    LineStage stage;
    const auto port = portOf(stage.answer());
    const auto& counters = stage.line->media().counters();
    stage.pass(15s);
    stage.send(kKeyFive, port);
    REQUIRE(stage.runner.until([&] { return counters.packetsIn > 0; }));
    stage.pass(15s);
    CHECK(stage.silent == 0);
    stage.pass(10s);
    CHECK(stage.silent == 1);
}

TEST_CASE("offers that cannot be used leave the line as it was", "[services][rfc3264-6]") {
    LineStage stage;
    assertOnLoop();
    const auto refused = stage.line->answer("v=0\r\nm=audio 5004 RTP/SAVP 8\r\nc=IN IP4 127.0.0.1\r\n");
    REQUIRE(std::holds_alternative<bridge::Refusal>(refused));
    CHECK(std::get<bridge::Refusal>(refused).status == 488);
    CHECK(stage.line->media().agreement() == std::nullopt);
    CHECK(stage.line->takeAnswer("nonsense")->status == 488);
    CHECK(portOf(stage.line->offer()) == portOf(stage.answer()));
}
