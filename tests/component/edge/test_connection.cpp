// SPDX-License-Identifier: AGPL-3.0-or-later
//
// Connections as the SIP layer sees them, through the edge and real sockets on loopback; time is the test's.

#include "edge/connection.hpp"

#include "component/edge/loopback.hpp"

#include <algorithm>
#include <filesystem>
#include <iterator>

using namespace beffroi;
using namespace beffroi::test;
using Strings = std::vector<std::string>;

namespace {

Strings textsOf(const std::vector<EdgeOnLoopback::Heard>& heard) {
    Strings texts;
    for (const auto& each : heard) texts.push_back(each.bytes);
    return texts;
}

edge::EdgeSettings tcpOn(const SocketAddress& host) {
    return EdgeOnLoopback::listeningOn({"tcp:" + host.withPort(0).toString()});
}

// The flow of the connection on which `peer` has just said something.
Flow introduce(EdgeOnLoopback& on, const TcpPeer& peer) {
    const auto before = on.messages.size();
    peer.send(sipMessage("hello"));
    REQUIRE(on.until([&] { return on.messages.size() > before; }));
    REQUIRE(on.messages.back().flow.remote == peer.address());
    return on.messages.back().flow;
}

// The peer sends part of a message, which has arrived when the ping in front of it is answered.
void sendPart(EdgeOnLoopback& on, TcpPeer& peer, const std::string& part) {
    const auto pong = peer.received() + "\r\n";
    peer.send("\r\n\r\n" + part);
    REQUIRE(on.until([&] { return peer.received() == pong; }));
}

// Lets everybody in, and writes down what it is told.
class Told final : public Admission, public SecurityEvents {
public:
    bool admitsConnection(Transport, const SocketAddress&) override { return true; }
    bool admitsProbe(const Flow&) override { return true; }
    void brokenHandshake(const Flow&) override { events.emplace_back("broken"); }
    void report(const SecurityEvent& event) override {
        events.push_back(std::string{toString(event.kind)} + ' ' + std::string{event.reason});
    }
    Strings events;
};

}  // namespace

TEST_CASE("messages come in as they are framed and are answered on their connection", "[edge][rfc3261-18.3]") {
    const auto host = GENERATE(from_range(loopbacks()));
    CAPTURE(host.toString());
    EdgeOnLoopback on{tcpOn(host)};
    TcpPeer alice{on.address()};
    TcpPeer bob{on.address()};
    on.onHeard = [&](const EdgeOnLoopback::Heard& heard) { CHECK(on.send(heard.flow, "re: " + heard.bytes)); };
    const Strings sent{sipMessage("1"), sipMessage("2", 500), sipMessage("3")};

    SECTION("several in one piece") {
        alice.send(sent[0] + sent[1] + sent[2]);
        REQUIRE(on.until([&] { return on.messages.size() == 3; }));
    }
    SECTION("an octet at a time") {
        for (const auto& text : sent) {
            for (const char octet : text) {
                alice.send({&octet, 1});
                on.loop.turn(0ms);
            }
        }
        REQUIRE(on.until([&] { return on.messages.size() == 3; }));
    }
    CHECK(textsOf(on.messages) == sent);
    const auto flow = on.messages[0].flow;
    CHECK(flow.transport == Transport::Tcp);
    CHECK(flow.remote == alice.address());
    CHECK(flow == on.messages[2].flow);
    CHECK(on.alive(flow));
    CHECK(on.localAddress(flow) == on.address().toString());
    const auto answers = "re: " + sent[0] + "re: " + sent[1] + "re: " + sent[2];
    CHECK(on.until([&] { return alice.received() == answers; }));

    bob.send(sent[0]);
    REQUIRE(on.until([&] { return on.messages.size() == 4; }));
    CHECK(on.messages[3].flow.connection != flow.connection);
    CHECK(on.until([&] { return bob.received() == "re: " + sent[0]; }));
    CHECK(alice.received() == answers);
    CHECK(on.counters().streams.messagesIn == 4);
    CHECK(on.counters().streams.messagesOut == 4);
    CHECK(on.counters().open == 2);
}

TEST_CASE("a ping is answered by a pong and is no message", "[edge][rfc5626-3.5.1]") {
    EdgeOnLoopback on{tcpOn(kLoopbackV4)};
    TcpPeer phone{on.address()};
    introduce(on, phone);
    phone.send("\r\n\r\n");
    REQUIRE(on.until([&] { return phone.received() == "\r\n"; }));
    phone.send("\r\n\r\n" + sipMessage("x") + "\r\n\r\n");
    REQUIRE(on.until([&] { return phone.received() == "\r\n\r\n\r\n"; }));
    CHECK(on.messages.size() == 2);
}

TEST_CASE("what cannot be framed is answered, then the connection ends", "[edge][rfc3261-18.3]") {
    EdgeOnLoopback on{tcpOn(kLoopbackV4)};
    TcpPeer phone{on.address()};
    const bool answering = GENERATE(true, false);
    const std::string bad = "OPTIONS sip:x SIP/2.0\r\n\r\n";
    on.onHeard = [&](const EdgeOnLoopback::Heard& heard) {
        if (answering && heard.bytes.starts_with(bad)) CHECK(on.send(heard.flow, "400"));
    };
    phone.send(sipMessage("good") + bad + sipMessage("never read"));
    REQUIRE(on.until([&] { return phone.ended(); }));
    CHECK(phone.received() == (answering ? "400" : ""));
    CHECK_FALSE(phone.wasReset());
    CHECK(textsOf(on.messages) == Strings{sipMessage("good")});
    REQUIRE(on.unframable.size() == 1);
    CHECK(on.unframable[0].bytes.substr(0, bad.size()) == bad);
    CHECK(on.counters().streams.unframable == 1);
    const auto flow = on.unframable[0].flow;
    CHECK_FALSE(on.alive(flow));
    CHECK_FALSE(on.send(flow, "too late"));
    CHECK(on.failed.empty());  // the last words may still be on their way

    SECTION("the peer closes") { phone.close(); }
    SECTION("the peer goes on sending") {
        phone.send(std::string(1000, 'x'));
        on.settle();
        CHECK(on.counters().open == 1);
        phone.close();
    }
    SECTION("the peer does nothing") {
        on.clock.advance(2s - 10ms);
        on.settle();
        CHECK(on.counters().open == 1);
        on.clock.advance(20ms);
    }
    REQUIRE(on.until([&] { return on.counters().open == 0; }));
    CHECK(on.failed == std::vector{flow});
    CHECK(on.counters().streams.timedOut == 0);
}

TEST_CASE("a connection that ends fails its flow, once", "[edge]") {
    EdgeOnLoopback on{tcpOn(kLoopbackV4)};
    TcpPeer phone{on.address()};
    TcpPeer other{on.address()};
    const auto flow = introduce(on, phone);
    const auto otherFlow = introduce(on, other);

    SECTION("closed by the peer, which still gets what was for it") {
        on.onHeard = [&](const EdgeOnLoopback::Heard& heard) { CHECK(on.send(heard.flow, "answer")); };
        phone.send(sipMessage("last"));
        phone.finishSending();
        REQUIRE(on.until([&] { return !on.failed.empty(); }));
        REQUIRE(on.until([&] { return phone.ended(); }));
        CHECK(phone.received() == "answer");
        CHECK_FALSE(phone.wasReset());
        CHECK(on.counters().streams.failed == 0);
    }
    SECTION("closed in the middle of a message") {
        phone.send("OPTIONS sip:");
        phone.close();
        REQUIRE(on.until([&] { return !on.failed.empty(); }));
        CHECK(on.messages.size() == 2);
    }
    SECTION("reset") {
        phone.reset();
        REQUIRE(on.until([&] { return !on.failed.empty(); }));
        CHECK(on.counters().streams.failed == 1);
    }
    SECTION("reset, and noticed by writing") {
        phone.reset();
        CHECK(on.send(flow, "to nobody"));
        REQUIRE(on.until([&] { return !on.failed.empty(); }));
    }
    on.settle();
    CHECK(on.failed == std::vector{flow});
    CHECK_FALSE(on.alive(flow));
    CHECK_FALSE(on.send(flow, "too late"));
    CHECK(on.localAddress(flow) == on.address().toString());
    CHECK(on.alive(otherFlow));
    CHECK(on.counters().open == 1);
}

TEST_CASE("a caller that resets before it is accepted costs nothing", "[edge]") {
    EdgeOnLoopback on{tcpOn(kLoopbackV4)};
    TcpPeer hasty{on.address()};
    hasty.reset();
    REQUIRE(on.until([&] { return on.counters().streams.accepted == 1; }));
    on.settle();
    CHECK(on.counters().open == 0);
    CHECK(on.counters().streams.failed == 1);
}

TEST_CASE("a connection may keep us waiting for so long and no longer", "[edge]") {
    auto settings = tcpOn(kLoopbackV4);
    settings.connections.stream.firstMessage = 10s;
    settings.connections.stream.messageCompletion = 15s;
    settings.connections.stream.proof = 1h;
    settings.connections.stream.idle = 100s;
    EdgeOnLoopback on{settings};
    TcpPeer phone{on.address()};
    REQUIRE(on.until([&] { return on.counters().open == 1; }));

    // It is still open just before the limit, and closed just after it.
    const auto closesAfter = [&](Clock::Duration limit) {
        on.clock.advance(limit - 10ms);
        on.settle();
        CHECK(on.counters().open == 1);
        on.clock.advance(20ms);
        CHECK(on.until([&] { return on.counters().open == 0; }));
        CHECK(on.until([&] { return phone.ended(); }));
        CHECK(on.counters().streams.timedOut == 1);
        CHECK(on.failed.size() == 1);
    };

    SECTION("without a first message") {
        SECTION("silent") { closesAfter(10s); }
        SECTION("with pings alone") {
            on.clock.advance(5s);
            phone.send("\r\n\r\n");
            REQUIRE(on.until([&] { return phone.received() == "\r\n"; }));
            closesAfter(5s);
        }
        SECTION("with a message that never ends") {
            on.clock.advance(9s);
            sendPart(on, phone, "OPTIONS sip:x");
            closesAfter(1s);
        }
    }
    SECTION("in the middle of a later message") {
        introduce(on, phone);
        on.clock.advance(50s);
        sendPart(on, phone, "OPTIONS sip:x");
        on.clock.advance(14s);
        phone.send(" SIP");  // an octet now and then wins nothing
        on.settle();
        closesAfter(1s);
    }
    SECTION("a message that begins behind a whole one has its own time") {
        introduce(on, phone);
        sendPart(on, phone, "OPTIONS sip:x SIP/2.0\r\n");
        on.clock.advance(14s);
        phone.send("l: 0\r\n\r\nOPTIONS");
        REQUIRE(on.until([&] { return on.messages.size() == 2; }));
        closesAfter(15s);
    }
    SECTION("idle") {
        const auto flow = introduce(on, phone);
        SECTION("altogether") { closesAfter(100s); }
        SECTION("after a ping") {
            on.clock.advance(99s);
            phone.send("\r\n\r\n");
            REQUIRE(on.until([&] { return phone.received() == "\r\n"; }));
            closesAfter(100s);
        }
        SECTION("after something was sent to it") {
            on.clock.advance(99s);
            CHECK(on.send(flow, "NOTIFY"));
            REQUIRE(on.until([&] { return phone.received() == "NOTIFY"; }));
            closesAfter(100s);
        }
    }
}

TEST_CASE("a slow reader fills its own queue, is waited for, then closed", "[edge]") {
    auto settings = tcpOn(kLoopbackV4);
    settings.connections.stream.outputQueue = 100'000;
    settings.connections.stream.stalled = 30s;
    EdgeOnLoopback on{settings};
    TcpPeer slow{on.address()};
    TcpPeer other{on.address()};
    const auto flow = introduce(on, slow);
    const auto otherFlow = introduce(on, other);
    on.vouch(flow);

    // Until the kernel takes no more, and then until the queue does not either.
    std::string sent;
    for (int i = 0; i < 5000; ++i) {
        const auto text = sipMessage(std::to_string(i), 4000);
        if (!on.send(flow, text)) break;
        sent += text;
        on.loop.turn(0ms);
    }
    REQUIRE(on.counters().streams.messagesRefused == 1);
    CHECK_FALSE(on.send(flow, std::string(100'000, 'x')));
    CHECK(on.alive(flow));
    CHECK_FALSE(on.edge().drained());
    CHECK(on.send(otherFlow, "others are served"));
    CHECK(on.until([&] { return other.received() == "others are served"; }));

    SECTION("it reads after all, and misses nothing that was accepted") {
        REQUIRE(on.until([&] { return slow.received().size() == sent.size(); }));
        CHECK((slow.received() == sent));  // not printed
        CHECK(on.send(flow, "again"));
        CHECK(on.until([&] { return slow.received() == sent + "again"; }));
        on.clock.advance(30s);
        on.settle();
        CHECK(on.alive(flow));
    }
    SECTION("it never reads") {
        on.clock.advance(29s);
        on.settle();
        CHECK(on.alive(flow));
        on.clock.advance(2s);
        REQUIRE(on.until([&] { return !on.failed.empty(); }));
        CHECK(on.failed == std::vector{flow});
        CHECK(on.counters().streams.timedOut == 1);
        CHECK(on.alive(otherFlow));
    }
}

TEST_CASE("a connection of ours opens in the background", "[edge]") {
    const auto host = GENERATE(from_range(loopbacks()));
    CAPTURE(host.toString());
    EdgeOnLoopback on{tcpOn(host)};

    SECTION("what was sent meanwhile arrives, and the connection is used again") {
        const TcpServer server{host};
        const auto flow = on.flowTo(Transport::Tcp, server.address());
        REQUIRE(flow);
        CHECK(on.alive(*flow));
        CHECK(on.send(*flow, "first,"));
        CHECK(on.send(*flow, "second"));
        std::optional<TcpPeer> peer;
        REQUIRE(on.until([&] { return (peer = server.accept()).has_value(); }));
        REQUIRE(on.until([&] { return peer->received() == "first,second"; }));
        CHECK(on.flowTo(Transport::Tcp, server.address()) == flow);
        CHECK(on.counters().streams.connected == 1);
        // Others answer where we listen, not at the port of this connection.
        CHECK(on.localAddress(*flow) == on.address().toString());
        // Whom we called has no first message to send in time.
        on.clock.advance(11s);
        peer->send(sipMessage("answer"));
        REQUIRE(on.until([&] { return on.messages.size() == 1; }));
        CHECK(on.messages[0].flow == *flow);
        peer->close();
        REQUIRE(on.until([&] { return on.failed == std::vector{*flow}; }));
        const auto next = on.flowTo(Transport::Tcp, server.address());
        REQUIRE(next);
        CHECK(next->connection != flow->connection);
    }
    SECTION("refused") {
        const auto flow = on.flowTo(Transport::Tcp, vacant<UdpPeer>(host));
        REQUIRE(flow);
        CHECK(on.send(*flow, "never"));
        REQUIRE(on.until([&] { return on.failed == std::vector{*flow}; }));
        CHECK_FALSE(on.alive(*flow));
        CHECK(on.counters().streams.failed == 1);
        CHECK(on.counters().open == 0);
    }
    SECTION("no descriptor left") {
        if (!kDescriptorsMayRunOut) return;
        const auto target = vacant<UdpPeer>(host);
        const NoDescriptorLeft left;
        CHECK_FALSE(on.flowTo(Transport::Tcp, target));
        CHECK(on.counters().streams.failed == 1);
    }
}

TEST_CASE("a connection that a peer opened is used to reach it", "[edge][rfc5923-8]") {
    EdgeOnLoopback on{{"tcp:127.0.0.1:0"}};
    TcpPeer phone{on.address()};
    const auto flow = introduce(on, phone);
    CHECK(on.flowTo(Transport::Tcp, phone.address()) == flow);
    CHECK_FALSE(on.flowTo(Transport::Tls, phone.address()));
    phone.close();
    REQUIRE(on.until([&] { return !on.alive(flow); }));
    const auto next = on.flowTo(Transport::Tcp, flow.remote);
    REQUIRE(next);
    CHECK(next->connection != flow.connection);
}

TEST_CASE("a connect that nobody answers times out", "[edge]") {
    EdgeOnLoopback on{{"tcp:127.0.0.1:0"}};
    // A backlog that is full: the kernel drops what would open one more.
    const edge::Descriptor full{::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)};
    REQUIRE(edge::bindTo(full.get(), kLoopbackV4));
    REQUIRE(listen(full.get(), 0) == 0);
    const auto target = edge::boundAddress(full.get());
    const TcpPeer filling{target};
    const auto flow = on.flowTo(Transport::Tcp, target);
    REQUIRE(flow);
    CHECK(on.send(*flow, "waits"));
    on.settle();
    on.clock.advance(5s - 10ms);
    on.settle();
    CHECK(on.alive(*flow));
    on.clock.advance(20ms);
    REQUIRE(on.until([&] { return on.failed == std::vector{*flow}; }));
    CHECK(on.counters().streams.timedOut == 1);
}

TEST_CASE("where there are too many connections, the oldest stranger gives way", "[edge]") {
    auto settings = EdgeOnLoopback::listeningOn({"tcp:127.0.0.1:0"});
    const bool inTotal = GENERATE(true, false);
    (inTotal ? settings.connections.total : settings.connections.perAddress) = 3;
    EdgeOnLoopback on{settings};
    Told told;
    on.edge().setAdmission(told, told);
    std::vector<TcpPeer> peers;
    const auto caller = [&]() -> TcpPeer& {
        const auto before = on.counters().streams;
        peers.emplace_back(on.address());
        REQUIRE(on.until([&] {
            const auto now = on.counters().streams;
            return now.accepted + now.refused == before.accepted + before.refused + 1;
        }));
        return peers.back();
    };
    peers.reserve(16);
    const auto known = introduce(on, caller());
    on.vouch(known);
    const auto stranger = introduce(on, caller());  // has said something, but has not proven who they are
    caller();
    CHECK(on.counters().strangers == 2);

    caller();
    CHECK(on.until([&] { return peers[1].ended(); }));
    CHECK(on.failed == std::vector{stranger});
    caller();
    CHECK(on.until([&] { return peers[2].ended(); }));
    CHECK(on.counters().open == 3);
    CHECK(on.counters().streams.gaveWay == 2);
    CHECK(told.events == Strings(2, "session-limit gave way to another connection"));
    CHECK(on.counters().streams.refused == 0);
    CHECK(on.alive(known));

    SECTION("those who have proven who they are stay, and the next caller is refused") {
        on.vouch(introduce(on, peers[3]));
        on.vouch(introduce(on, peers[4]));
        CHECK(on.until([&] { return caller().ended(); }));
        CHECK(on.counters().streams.refused == 1);
        CHECK(on.counters().strangers == 0);
        const TcpServer server;
        CHECK_FALSE(on.flowTo(Transport::Tcp, server.address()));  // those that we open count too

        peers[3].close();  // whoever leaves makes room
        REQUIRE(on.until([&] { return on.counters().open == 2; }));
        CHECK_FALSE(caller().ended());
    }
    SECTION("also to a connection of ours, at the end of the turn") {
        if (!inTotal) return;
        const TcpServer server;
        const auto flow = on.flowTo(Transport::Tcp, server.address());
        REQUIRE(flow);
        CHECK(on.until([&] { return peers[3].ended(); }));
        CHECK(on.counters().open == 3);
        CHECK(on.alive(*flow));
        CHECK(on.alive(known));
    }
}

TEST_CASE("an IPv6 network is limited as one address, others are not concerned", "[edge]") {
    if (!hasIpv6()) return;
    auto settings = EdgeOnLoopback::listeningOn({"tcp:127.0.0.1:0", "tcp:[::1]:0"});
    settings.connections.perAddress = 1;
    EdgeOnLoopback on{settings};
    TcpPeer v4{on.address(0)};
    TcpPeer v6{on.address(1)};
    REQUIRE(on.until([&] { return on.counters().open == 2; }));
    TcpPeer next{on.address(1)};
    CHECK(on.until([&] { return v6.ended(); }));
    CHECK_FALSE(v4.ended());
    CHECK(on.counters().open == 2);
}

TEST_CASE("who does not prove who they are has a minute", "[edge]") {
    EdgeOnLoopback on{{"tcp:127.0.0.1:0"}};
    Told told;
    on.edge().setAdmission(told, told);
    TcpPeer phone{on.address()};
    TcpPeer stranger{on.address()};
    on.vouch(introduce(on, phone));
    const auto flow = introduce(on, stranger);
    for (int i = 0; i < 5; ++i) {  // talking does not help
        on.clock.advance(10s);
        introduce(on, stranger);
    }
    on.clock.advance(10s - 10ms);
    on.settle();
    CHECK(on.failed.empty());
    on.clock.advance(20ms);
    CHECK(on.until([&] { return on.failed == std::vector{flow}; }));
    CHECK(on.counters().open == 1);
    CHECK(on.counters().streams.timedOut == 1);
    CHECK(told.events == Strings{"session-limit kept us waiting"});
    introduce(on, phone);
}

TEST_CASE("what all connections keep waiting is bounded, and strangers have a part of it", "[edge]") {
    auto settings = EdgeOnLoopback::listeningOn({"tcp:127.0.0.1:0"});
    settings.connections.queues = 40'000;
    settings.connections.strangersQueues = 10'000;
    EdgeOnLoopback on{settings};
    Told told;
    on.edge().setAdmission(told, told);
    TcpPeer phone{on.address()};
    TcpPeer stranger{on.address()};
    TcpPeer another{on.address()};
    const auto flow = introduce(on, phone);
    const auto strangersFlow = introduce(on, stranger);
    introduce(on, another);
    on.vouch(flow);
    const auto unfinished = [](std::size_t octets) {
        return "OPTIONS sip:x SIP/2.0\r\nl: 60000\r\n\r\n" + std::string(octets, 'b');
    };

    SECTION("messages that are not whole") {
        sendPart(on, stranger, unfinished(8'000));
        CHECK(on.counters().waiting == unfinished(8'000).size());
        another.send(unfinished(4'000));
        CHECK(on.until([&] { return another.ended(); }));
        CHECK(on.counters().streams.crowded == 1);
        CHECK(told.events == Strings{"memory-limit connections keep too much waiting"});
        CHECK(on.counters().waiting == unfinished(8'000).size());  // what the other one had is given back

        sendPart(on, phone, unfinished(15'000));
        phone.send(std::string(14'000, 'b'));
        REQUIRE(on.until([&] { return on.counters().waiting > 37'000; }));
        phone.send(std::string(4'000, 'b'));
        CHECK(on.until([&] { return phone.ended(); }));
        CHECK(on.counters().streams.crowded == 2);
        stranger.close();
        CHECK(on.until([&] { return on.counters().open == 0; }));
        CHECK(on.counters().waiting == 0);
    }
    SECTION("what goes out") {
        CHECK_FALSE(on.send(strangersFlow, std::string(10'001, 'x')));
        CHECK(on.send(strangersFlow, std::string(9'000, 'x')));
        CHECK_FALSE(on.send(flow, std::string(31'001, 'x')));
        CHECK(on.send(flow, std::string(31'000, 'x')));
        CHECK(on.counters().waiting == 40'000);
        CHECK(on.counters().streams.messagesRefused == 2);
        REQUIRE(on.until([&] { return on.counters().waiting == 0; }));  // sent
        CHECK(on.until([&] { return phone.received().size() == 31'000; }));
    }
    SECTION("who is known from now on gives the strangers' part back") {
        CHECK(on.send(strangersFlow, std::string(9'000, 'x')));
        on.vouch(strangersFlow);
        CHECK(on.send(strangersFlow, std::string(20'000, 'x')));
        sendPart(on, another, unfinished(8'000));
        CHECK_FALSE(another.ended());
    }
}

TEST_CASE("a slow reader who has not proven who they are has a short queue", "[edge]") {
    EdgeOnLoopback on{{"tcp:127.0.0.1:0"}};
    TcpPeer peer{on.address()};
    const auto flow = introduce(on, peer);
    CHECK_FALSE(on.send(flow, std::string(16 * 1024 + 1, 'x')));
    on.vouch(flow);
    CHECK(on.send(flow, std::string(16 * 1024 + 1, 'x')));
}

TEST_CASE("thousands of connections come and go and leave nothing behind", "[edge]") {
    auto settings = EdgeOnLoopback::listeningOn({"tcp:127.0.0.1:0"});
    settings.connections.total = 64;
    EdgeOnLoopback on{settings};
    const auto descriptors = [] {
        return std::distance(std::filesystem::directory_iterator{"/proc/self/fd"},
                             std::filesystem::directory_iterator{});
    };
    const auto before = descriptors();
    std::uint64_t callers = 0;
    for (int round = 0; round < 60; ++round) {
        std::vector<TcpPeer> peers;
        for (int i = 0; i < 50; ++i) {
            peers.emplace_back(on.address());
            if (i % 3 == 1) peers.back().send("\r\n\r\nOPTIONS sip:");
            if (i % 3 == 2) peers.back().send(sipMessage("x"));
        }
        callers += peers.size();
        REQUIRE(on.until([&] { return on.counters().streams.accepted == callers; }));
        for (std::size_t i = 0; i < peers.size(); ++i) i % 2 == 0 ? peers[i].reset() : peers[i].close();
        REQUIRE(on.until([&] { return on.counters().open == 0; }));
    }
    CHECK(on.failed.size() == callers);
    CHECK(on.counters().strangers == 0);
    CHECK(on.counters().waiting == 0);
    CHECK(descriptors() == before);
}
