// SPDX-License-Identifier: AGPL-3.0-or-later
//
// UDP as the SIP layer sees it, through the edge and real sockets on loopback.

#include "edge/udp_socket.hpp"

#include "component/edge/loopback.hpp"

#include <algorithm>
#include <cerrno>
#include <set>
#include <system_error>

using namespace beffroi;
using namespace beffroi::test;

namespace {

std::string listenerOn(const SocketAddress& host) { return "udp:" + host.withPort(0).toString(); }

}  // namespace

TEST_CASE("datagrams come in batches, each with the flow that leads back", "[edge][rfc3581-4]") {
    const auto host = GENERATE(from_range(loopbacks()));
    CAPTURE(host.toString());
    EdgeOnLoopback on{std::vector{listenerOn(host)}};
    const UdpPeer alice{host};
    const UdpPeer bob{host};
    std::multiset<std::string> sent;
    for (int i = 0; i < 100; ++i) {
        const auto text = "message " + std::to_string(i);
        (i % 2 == 0 ? alice : bob).send(on.address(), text);
        sent.insert(text);
    }
    REQUIRE(on.until([&] { return on.messages.size() == sent.size(); }));
    std::multiset<std::string> heard;
    for (const auto& [flow, bytes] : on.messages) {
        heard.insert(bytes);
        CHECK(flow.transport == Transport::Udp);
        CHECK(flow.remote == (std::stoi(bytes.substr(8)) % 2 == 0 ? alice : bob).address());
        CHECK(on.alive(flow));
        CHECK(on.localAddress(flow) == on.address().toString());
    }
    CHECK(heard == sent);
    CHECK(on.counters().udp.received == 100);
    CHECK(on.counters().udp.batchesIn == 2);  // of 64

    REQUIRE(on.send(on.messages[0].flow, "answer"));
    REQUIRE(on.until([&] { return on.counters().udp.sent == 1; }));
    CHECK(alice.take() == std::vector<std::string>{"answer"});
    CHECK(bob.take().empty());
}

TEST_CASE("what a turn sends leaves at its end, together", "[edge]") {
    EdgeOnLoopback on{{"udp:127.0.0.1:0"}};
    const UdpPeer alice;
    const UdpPeer bob;
    on.onHeard = [&](const EdgeOnLoopback::Heard& heard) {
        for (int i = 0; i < 10; ++i) CHECK(on.send(heard.flow, heard.bytes + std::to_string(i)));
        CHECK(on.counters().udp.sent == 0);
    };
    alice.send(on.address(), "alice");
    bob.send(on.address(), "bob's");
    on.loop.turn(1s);
    CHECK(on.counters().udp.sent == 20);
    CHECK(on.counters().udp.batchesOut == 1);
    std::vector<std::string> toAlice;
    std::vector<std::string> toBob;
    for (int i = 0; i < 10; ++i) {
        toAlice.push_back("alice" + std::to_string(i));
        toBob.push_back("bob's" + std::to_string(i));
    }
    CHECK(alice.take() == toAlice);
    CHECK(bob.take() == toBob);
    CHECK(on.edge().drained());

    // More than a batch does not wait for the end of the turn.
    for (int i = 0; i < 65; ++i) REQUIRE(on.send(on.messages[0].flow, "many"));
    CHECK(on.counters().udp.sent == 84);
    on.settle();
    CHECK(alice.take().size() == 65);
}

TEST_CASE("keep-alives and what is no SIP go no further than the edge", "[edge][rfc5626-3.5.2][rfc7983-7]") {
    using namespace std::string_literals;
    EdgeOnLoopback on{{"udp:127.0.0.1:0"}};
    const UdpPeer phone;
    const std::vector<std::string> nothing{"",
                                           "\0"s,
                                           "\r\n\r\n",
                                           "\r\n",
                                           "jaK",
                                           "    ",
                                           "\0\1\0\0\x21\x12\xa4\x43"s + std::string(12, 'x'),
                                           std::string(16, ' ')};
    for (const auto& bytes : nothing) phone.send(on.address(), bytes);
    phone.send(on.address(), "BYE sip:x");
    phone.send(on.address(), std::string(17, ' '));  // whatever it is, the reader is to say so
    REQUIRE(on.until([&] { return on.messages.size() == 2; }));
    CHECK(on.messages[0].bytes == "BYE sip:x");
    CHECK(on.counters().keepAlives == nothing.size());
    CHECK(phone.take().empty());
}

TEST_CASE("a datagram beyond the limit is dropped whole", "[edge]") {
    auto settings = EdgeOnLoopback::listeningOn({"udp:127.0.0.1:0"});
    settings.udp.datagram = 2000;
    EdgeOnLoopback on{settings};
    const UdpPeer phone;
    const std::string longest(2000, 'a');
    phone.send(on.address(), longest);
    phone.send(on.address(), longest + 'a');
    phone.send(on.address(), std::string(60000, 'a'));
    phone.send(on.address(), "last");
    REQUIRE(on.until([&] { return on.messages.size() == 2; }));
    CHECK(on.messages[0].bytes == longest);
    CHECK(on.messages[1].bytes == "last");
    CHECK(on.counters().udp.tooLong == 2);
}

TEST_CASE("what can never be sent is refused, and costs nobody anything", "[edge]") {
    const auto host = GENERATE(from_range(loopbacks()));
    auto settings = EdgeOnLoopback::listeningOn({listenerOn(host)});
    settings.udp.queueDatagrams = 10;
    settings.udp.queueOctets = 100'000;
    EdgeOnLoopback on{settings};
    const UdpPeer phone{host};
    const auto flow = on.flowTo(Transport::Udp, phone.address());
    REQUIRE(flow);

    SECTION("longer than a datagram can be") {
        const std::string longest(65507, 'a');
        CHECK_FALSE(on.send(*flow, longest + 'a'));
        CHECK(on.send(*flow, longest));
        REQUIRE(on.until([&] { return on.counters().udp.sent == 1; }));
        CHECK((phone.take() == std::vector{longest}));  // not printed
        CHECK(on.failed.empty());
    }
    SECTION("more than the queue holds") {
        for (int i = 0; i < 10; ++i) CHECK(on.send(*flow, "a"));
        CHECK_FALSE(on.send(*flow, "one more"));
        on.settle();
        CHECK(phone.take().size() == 10);
        CHECK(on.send(*flow, std::string(60'000, 'a')));
        CHECK_FALSE(on.send(*flow, std::string(60'000, 'a')));
        on.settle();
        CHECK(phone.take().size() == 1);
        CHECK(on.counters().udp.notSent == 2);
    }
    SECTION("to where no datagram goes") {
        CHECK_FALSE(on.send({Transport::Udp, 0, 0, phone.address().withPort(0)}, "a"));
        CHECK_FALSE(on.send({Transport::Udp, 0, 0, SocketAddress{}}, "a"));
        CHECK_FALSE(on.send({Transport::Udp, 7, 0, phone.address()}, "a"));
        CHECK_FALSE(on.alive({Transport::Udp, 7, 0, phone.address()}));
        CHECK_FALSE(on.flowTo(Transport::Udp, SocketAddress::parse(host.isV4() ? "0.0.0.0" : "::", 5060).value()));
        CHECK_FALSE(on.flowTo(Transport::Udp, (host.isV4() ? kLoopbackV6 : kLoopbackV4).withPort(5060)));
    }
}

TEST_CASE("a port on which nobody listens fails its flow, and no other", "[edge][rfc3261-18.4]") {
    const auto host = GENERATE(from_range(loopbacks()));
    CAPTURE(host.toString());
    EdgeOnLoopback on{std::vector{listenerOn(host)}};
    const UdpPeer phone{host};
    const auto gone = on.flowTo(Transport::Udp, vacant<UdpPeer>(host));
    const auto there = on.flowTo(Transport::Udp, phone.address());
    REQUIRE((gone && there));
    // The kernel tells of the first datagram's failure instead of sending what follows it.
    CHECK(on.send(*there, "before"));
    CHECK(on.send(*gone, "nobody"));
    CHECK(on.send(*there, "between"));
    CHECK(on.send(*there, "after"));
    REQUIRE(on.until([&] { return !on.undelivered.empty(); }));
    on.settle();
    const auto lost = [&](std::size_t count, const std::string& what) {
        return on.undelivered.size() == count && on.undelivered.back().flow == *gone &&
               on.undelivered.back().how == Undelivered::PortClosed && on.undelivered.back().quoted == what;
    };
    CHECK(lost(1, "nobody"));
    CHECK(phone.take() == std::vector<std::string>{"before", "between", "after"});
    CHECK(on.counters().udp.unreachable == 1);
    CHECK(on.alive(*gone));

    // And it is told again, should the sink try again while it is told.
    on.onFailed = [&](const Flow& flow) {
        if (on.undelivered.size() == 2) CHECK(on.send(flow, "again"));
        if (on.undelivered.size() == 3) CHECK(on.send(*there, "elsewhere"));
    };
    CHECK(on.send(*gone, "nobody"));
    REQUIRE(on.until([&] { return on.undelivered.size() == 3; }));
    on.settle();
    CHECK(lost(3, "again"));
    CHECK(on.failed.empty());  // who knows who sent the ICMP
    CHECK(phone.take() == std::vector<std::string>{"elsewhere"});
}

TEST_CASE("a destination that the kernel refuses fails, the others get theirs", "[edge]") {
    EdgeOnLoopback on{{"udp:127.0.0.1:0"}};
    const UdpPeer phone;
    const auto broadcast = *SocketAddress::parseWithPort("255.255.255.255:5060");
    const auto there = on.flowTo(Transport::Udp, phone.address());
    REQUIRE(there);
    CHECK(on.send({Transport::Udp, 0, 0, broadcast}, "to all"));
    CHECK(on.send(*there, "to one"));
    REQUIRE(on.until([&] { return !on.undelivered.empty(); }));
    CHECK(on.undelivered.front().flow.remote == broadcast);
    CHECK(on.undelivered.front().how == Undelivered::NotSent);
    CHECK(on.undelivered.size() == 1);
    CHECK(phone.take() == std::vector<std::string>{"to one"});
    CHECK(on.counters().udp.notSent == 1);
}

TEST_CASE("a listener that cannot be opened is named, with the reason", "[edge]") {
    TurnedLoop on;
    const auto reasonNotTo = [&on](const std::string& listener) {
        try {
            const edge::Edge edge{on.loop, EdgeOnLoopback::listeningOn({listener})};
        } catch (const std::system_error& error) {
            CHECK_THAT(error.what(), Catch::Contains(listener));
            return error.code().value();
        }
        return 0;
    };
    EdgeOnLoopback first{{"udp:127.0.0.1:0", "tcp:127.0.0.1:0"}};
    CHECK(reasonNotTo("udp:" + first.address(0).toString()) == EADDRINUSE);
    CHECK(reasonNotTo("tcp:" + first.address(1).toString()) == EADDRINUSE);
    if (!kDescriptorsMayRunOut) return;
    const NoDescriptorLeft left;
    CHECK(reasonNotTo("udp:127.0.0.1:0") == EMFILE);
    CHECK(reasonNotTo("tcp:127.0.0.1:0") == EMFILE);
}
