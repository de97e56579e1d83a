// SPDX-License-Identifier: AGPL-3.0-or-later
#include "edge/edge.hpp"

#include "component/edge/loopback.hpp"

using namespace beffroi;
using namespace beffroi::test;

namespace {

// A Binding request of RFC 5389.
const std::string kStunRequest{
    "\x00\x01\x00\x00\x21\x12\xa4\x42"
    "0123456789ab",
    20};

SocketAddress at(const std::string& host, std::uint16_t port) { return *SocketAddress::parse(host, port); }

}  // namespace

TEST_CASE("a listener on every address shows the one that the peer can reach", "[edge][rfc3261-18.1.1]") {
    if (!hasIpv6()) return;
    EdgeOnLoopback on{{"udp:0.0.0.0:0", "udp:[::]:0", "tcp:0.0.0.0:0", "tcp:[::]:0"}};
    const auto shown = [&](Transport transport, const SocketAddress& remote) {
        const auto flow = on.flowTo(transport, remote);
        REQUIRE(flow);
        return on.localAddress(*flow);
    };
    const auto port = [&](std::size_t listener) { return on.address(listener).port(); };
    CHECK(shown(Transport::Udp, at("127.0.0.1", 5060)) == at("127.0.0.1", port(0)).toString());
    CHECK(shown(Transport::Udp, at("127.0.0.9", 5060)) == at("127.0.0.1", port(0)).toString());
    CHECK(shown(Transport::Udp, at("::1", 5060)) == at("::1", port(1)).toString());
    const TcpServer v4;
    const TcpServer v6{kLoopbackV6};
    CHECK(shown(Transport::Tcp, v4.address()) == at("127.0.0.1", port(2)).toString());
    CHECK(shown(Transport::Tcp, v6.address()) == at("::1", port(3)).toString());

    // An accepted connection shows the address at which it was called.
    const TcpPeer phone{at("127.0.0.7", port(2))};
    phone.send(sipMessage("x"));
    REQUIRE(on.until([&] { return on.messages.size() == 1; }));
    CHECK(on.localAddress(on.messages[0].flow) == at("127.0.0.7", port(2)).toString());
    CHECK(on.localAddress({Transport::Udp, 9, 0, kLoopbackV4}) == SocketAddress{}.toString());
}

TEST_CASE("the advertised address is shown to everybody but loopback", "[edge]") {
    if (!hasIpv6()) return;
    auto settings = EdgeOnLoopback::listeningOn({"udp:0.0.0.0:0", "udp:[::]:0"});
    settings.advertiseV4 = at("198.51.100.7", 0);
    settings.advertiseV6 = at("2001:db8::7", 0);
    EdgeOnLoopback on{settings};
    const auto ours = at("198.51.100.7", on.address(0).port());
    CHECK(on.localAddress({Transport::Udp, 0, 0, at("192.0.2.99", 5060)}) == ours.toString());
    CHECK(on.localAddress({Transport::Udp, 1, 0, at("2001:db8::99", 5060)}) ==
          at("2001:db8::7", on.address(1).port()).toString());
    CHECK(on.localAddress({Transport::Udp, 0, 0, at("127.0.0.1", 5060)}) ==
          at("127.0.0.1", on.address(0).port()).toString());
    CHECK(on.isOwn(ours));
    CHECK_FALSE(on.isOwn(ours.withPort(ours.port() == 1 ? 2 : 1)));
    CHECK(on.restoreFlow(Transport::Udp, ours, at("192.0.2.99", 5060)) ==
          Flow{Transport::Udp, 0, 0, at("192.0.2.99", 5060)});
}

TEST_CASE("a flow leaves by the listener that fits its peer best", "[edge]") {
    if (!hasIpv6()) return;
    SECTION("the address that the kernel would use, whatever the order") {
        EdgeOnLoopback on{{"udp:127.0.0.5:0", "udp:0.0.0.0:0", "udp:127.0.0.1:0", "udp:[::1]:0"}};
        CHECK(on.flowTo(Transport::Udp, at("127.0.0.1", 5060))->listener == 2);
        CHECK(on.flowTo(Transport::Udp, at("::1", 5060))->listener == 3);
    }
    SECTION("else the one on every address") {
        EdgeOnLoopback on{{"udp:127.0.0.5:0", "udp:0.0.0.0:0"}};
        CHECK(on.flowTo(Transport::Udp, at("127.0.0.1", 5060))->listener == 1);
    }
    SECTION("none that is shut in on loopback reaches the world") {
        EdgeOnLoopback on{{"udp:127.0.0.1:0"}};
        CHECK_FALSE(on.flowTo(Transport::Udp, at("192.0.2.99", 5060)));
    }
}

TEST_CASE("the edge knows at which addresses a message would reach itself", "[edge][rfc3261-16.4]") {
    if (!hasIpv6()) return;
    EdgeOnLoopback on{{"udp:127.0.0.1:0", "tcp:0.0.0.0:0", "udp:[::1]:0"}};
    const auto udp = on.address(0).port();
    const auto tcp = on.address(1).port();
    CHECK(on.isOwn(on.address(0)));
    CHECK(on.isOwn(at("0.0.0.0", udp)));  // the kernel takes it for loopback
    CHECK(on.isOwn(at("127.0.0.1", tcp)));
    CHECK(on.isOwn(at("127.0.0.77", tcp)));
    CHECK(on.isOwn(at("0.0.0.0", tcp)));
    CHECK(on.isOwn(on.address(2)));
    CHECK_FALSE(on.isOwn(at("127.0.0.77", udp)));
    CHECK_FALSE(on.isOwn(at("::1", tcp)));
    CHECK_FALSE(on.isOwn(at("203.0.113.1", tcp)));
    CHECK_FALSE(on.isOwn(at("127.0.0.1", 1)));
}

TEST_CASE("a flow of before a restart is found again, if we still listen there", "[edge]") {
    if (!hasIpv6()) return;
    EdgeOnLoopback on{{"tcp:127.0.0.1:0", "udp:127.0.0.1:0", "udp:0.0.0.0:0", "udp:[::1]:0"}};
    const UdpPeer phone;
    const auto restored = on.restoreFlow(Transport::Udp, on.address(1), phone.address());
    REQUIRE(restored == Flow{Transport::Udp, 1, 0, phone.address()});
    CHECK(on.send(*restored, "still here"));
    on.settle();
    CHECK(phone.take() == std::vector<std::string>{"still here"});

    const auto wildcard = on.address(2).port();
    CHECK(on.restoreFlow(Transport::Udp, at("127.0.0.1", wildcard), phone.address())->listener == 2);
    CHECK(on.restoreFlow(Transport::Udp, on.address(3), at("::1", 5060))->listener == 3);
    CHECK_FALSE(on.restoreFlow(Transport::Udp, at("203.0.113.1", wildcard), phone.address()));
    CHECK_FALSE(on.restoreFlow(Transport::Udp, at("127.0.0.1", 1), phone.address()));
    CHECK_FALSE(on.restoreFlow(Transport::Udp, on.address(3), phone.address()));  // not of one family
    CHECK_FALSE(on.restoreFlow(Transport::Udp, on.address(1), phone.address().withPort(0)));
    CHECK_FALSE(on.restoreFlow(Transport::Tcp, on.address(0), phone.address()));
}

TEST_CASE("at the end the edge lets everybody finish", "[edge]") {
    EdgeOnLoopback on{{"tcp:127.0.0.1:0", "udp:127.0.0.1:0"}};
    TcpPeer phone{on.address()};
    phone.send(sipMessage("x"));
    REQUIRE(on.until([&] { return on.messages.size() == 1; }));
    const auto flow = on.messages[0].flow;
    CHECK(on.send(flow, "last words"));
    on.drain();
    CHECK_FALSE(on.send(flow, "too late"));
    CHECK_FALSE(on.edge().drained());
    REQUIRE(on.until([&] { return phone.ended(); }));
    CHECK(phone.received() == "last words");
    phone.close();
    REQUIRE(on.until([&] { return on.edge().drained(); }));

    const TcpServer server;
    CHECK_FALSE(on.flowTo(Transport::Tcp, server.address()));
    // The port is free, and UDP goes on.
    const edge::Edge next{on.loop, EdgeOnLoopback::listeningOn({"tcp:" + on.address().toString()})};
    const UdpPeer other;
    other.send(on.address(1), "OPTIONS");
    CHECK(on.until([&] { return on.messages.size() == 2; }));
}

TEST_CASE("draining while a message is served loses neither it nor its answer", "[edge]") {
    EdgeOnLoopback on{{"tcp:127.0.0.1:0"}};
    TcpPeer phone{on.address()};
    on.onHeard = [&](const EdgeOnLoopback::Heard& heard) {
        CHECK(on.send(heard.flow, "answer"));
        on.drain();
    };
    phone.send(sipMessage("1") + sipMessage("2"));
    REQUIRE(on.until([&] { return phone.ended(); }));
    CHECK(phone.received() == "answer");
    CHECK(on.messages.size() == 1);
    phone.close();
    CHECK(on.until([&] { return on.edge().drained(); }));
}

TEST_CASE("an edge may go before its loop", "[edge]") {
    EdgeOnLoopback on{{"tcp:127.0.0.1:0", "udp:127.0.0.1:0"}};
    TcpPeer phone{on.address()};
    phone.send(sipMessage("x"));
    REQUIRE(on.until([&] { return on.messages.size() == 1; }));
    CHECK(on.send(on.messages[0].flow, "gathered, never sent"));
    on.destroyEdge();
    on.clock.advance(2h);
    on.settle();
    REQUIRE(on.until([&] { return phone.ended(); }));
    CHECK(on.failed.empty());
}

TEST_CASE("a connection is let in by the guard first and by the limits after it", "[edge]") {
    struct Guard final : Admission, SecurityEvents {
        bool admitsConnection(Transport transport, const SocketAddress& remote) override {
            CHECK(transport == Transport::Tcp);
            return !remote.sameHost(banned);
        }
        bool admitsProbe(const Flow&) override { return true; }
        void brokenHandshake(const Flow&) override { FAIL("there is none by TCP"); }
        void report(const SecurityEvent& event) override {
            refused.push_back(std::string{toString(event.kind)} + ' ' + event.source.host());
        }
        SocketAddress banned = at("127.0.0.66", 0);
        std::vector<std::string> refused;
    } guard;
    auto settings = EdgeOnLoopback::listeningOn({"tcp:127.0.0.1:0"});
    settings.connections.perAddress = 1;
    EdgeOnLoopback on{settings};
    on.edge().setAdmission(guard, guard);
    const auto from = [&](const SocketAddress& host) {
        edge::Descriptor socket{::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)};
        REQUIRE(edge::bindTo(socket.get(), host));
        REQUIRE(edge::connectTo(socket.get(), on.address()) == 0);
        return TcpPeer{std::move(socket)};
    };
    const auto first = from(kLoopbackV4);
    first.send(sipMessage("x"));
    REQUIRE(on.until([&] { return on.messages.size() == 1; }));
    on.vouch(on.messages[0].flow);
    auto second = from(kLoopbackV4);
    REQUIRE(on.until([&] { return second.ended(); }));
    CHECK(guard.refused == std::vector<std::string>{"session-limit 127.0.0.1"});
    auto banned = from(guard.banned);
    REQUIRE(on.until([&] { return banned.ended(); }));
    CHECK(guard.refused.size() == 1);
    CHECK(on.edge().counters().open == 1);
}

TEST_CASE("a telephone that asks by STUN whether its way is alive is answered, within bounds",
          "[edge][rfc5626-4.4.2]") {
    const auto host = GENERATE(from_range(loopbacks()));
    EdgeOnLoopback on{{"udp:" + host.withPort(0).toString()}};
    const UdpPeer phone{host};
    const UdpPeer stranger{host};
    const auto ask = [&](const UdpPeer& peer) { peer.send(on.address(), kStunRequest); };

    ask(phone);
    std::vector<std::string> answers;
    REQUIRE(on.until([&] { return !(answers = phone.take()).empty(); }));
    CHECK(answers[0].substr(0, 2) == "\x01\x01");
    CHECK(answers[0].substr(4, 16) == kStunRequest.substr(4));
    CHECK(on.counters().stunAnswers == 1);
    CHECK(on.counters().keepAlives == 1);
    CHECK(on.messages.empty());

    // Strangers are the guard's to judge; whom we wait for is answered whatever it says, but within bounds: anybody
    // may ask in its name.
    struct Guard final : Admission, SecurityEvents {
        bool admitsConnection(Transport, const SocketAddress&) override { return true; }
        bool admitsProbe(const Flow& flow) override {
            asked.push_back(flow);
            return asked.size() <= 3;
        }
        void brokenHandshake(const Flow&) override {}
        void report(const SecurityEvent&) override {}
        std::vector<Flow> asked;
    } guard;
    on.edge().setAdmission(guard, guard);
    on.expectWithin(Flow{Transport::Udp, 0, 0, phone.address()}, 1h);
    std::uint64_t asked = 1;
    const auto answersTo = [&](const UdpPeer& peer, int times) {
        const auto before = on.counters().stunAnswers;
        for (int i = 0; i < times; ++i) ask(peer);
        asked += static_cast<std::uint64_t>(times);
        REQUIRE(on.until([&] { return on.counters().keepAlives >= asked; }));
        return on.counters().stunAnswers - before;
    };
    CHECK(answersTo(stranger, 20) == 3);
    CHECK(guard.asked == std::vector(20, Flow{Transport::Udp, 0, 0, stranger.address()}));
    CHECK(answersTo(phone, 20) == 5);
    on.clock.advance(1s);
    CHECK(answersTo(phone, 1) == 1);
    CHECK(guard.asked.size() == 20);
    stranger.send(on.address(), "\r\n\r\n");  // asks for nothing
    ++asked;
    CHECK(answersTo(phone, 1) == 1);
    CHECK(guard.asked.size() == 20);
}

TEST_CASE("a telephone whose flow was given up sees by STUN that it is dead", "[edge][rfc5626-4.4.2]") {
    EdgeOnLoopback on{{"udp:127.0.0.1:0"}};
    const UdpPeer phone;
    const Flow flow{Transport::Udp, 0, 0, phone.address()};
    std::uint64_t asked = 0;
    const auto isAnswered = [&] {
        const auto before = on.counters().stunAnswers;
        phone.send(on.address(), kStunRequest);
        ++asked;
        REQUIRE(on.until([&] { return on.counters().keepAlives == asked; }));
        return on.counters().stunAnswers != before;
    };
    on.onFailed = [&](const Flow& silent) { on.giveUp(silent, on.clock.now() + 600s); };
    on.expectWithin(flow, 69s);
    CHECK(isAnswered());
    on.clock.advance(70s);
    REQUIRE(on.until([&] { return on.failed == std::vector{flow}; }));
    CHECK_FALSE(isAnswered());

    SECTION("until it registers anew") {
        const auto promised = GENERATE(std::optional<Clock::Duration>{69s}, std::optional<Clock::Duration>{});
        on.expectWithin(flow, promised);
        CHECK(isAnswered());
    }
    SECTION("or its registration would have ended") {
        on.clock.advance(601s);
        on.settle();
        CHECK(isAnswered());
    }
}

TEST_CASE("a flow from which nothing comes in time is dead", "[edge][rfc5626-4.4.1]") {
    EdgeOnLoopback on{{"udp:127.0.0.1:0", "tcp:127.0.0.1:0"}};
    const auto silentAfter = [&](Clock::Duration limit, const Flow& flow) {
        on.clock.advance(limit - 20ms);
        on.settle();
        CHECK(on.failed.empty());
        on.clock.advance(40ms);
        CHECK(on.until([&] { return on.failed == std::vector{flow}; }));
    };
    SECTION("by UDP, keep-alives included") {
        const UdpPeer phone;
        const Flow flow{Transport::Udp, 0, 0, phone.address()};
        on.expectWithin(flow, 70s);
        CHECK(on.counters().watchedFlows == 1);
        on.clock.advance(60s);
        phone.send(on.address(), "\r\n\r\n");
        REQUIRE(on.until([&] { return on.counters().keepAlives == 1; }));
        silentAfter(70s, flow);
        CHECK(on.counters().silentFlows == 1);
        CHECK(on.counters().watchedFlows == 0);
        CHECK(on.alive(flow));  // should it come back
    }
    SECTION("by a connection: it is closed") {
        TcpPeer phone{on.address(1)};
        phone.send(sipMessage("x"));
        REQUIRE(on.until([&] { return on.messages.size() == 1; }));
        const auto flow = on.messages[0].flow;
        on.vouch(flow);
        on.expectWithin(flow, 165s);
        on.clock.advance(160s);
        phone.send("\r\n\r\n");
        REQUIRE(on.until([&] { return phone.received() == "\r\n"; }));
        on.clock.advance(100s);
        CHECK(on.send(flow, "what we say is no sign of life"));
        on.settle();
        silentAfter(65s, flow);
        CHECK(phone.ended());
        CHECK(on.counters().streams.timedOut == 1);
    }
}
