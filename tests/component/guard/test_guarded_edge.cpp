// SPDX-License-Identifier: AGPL-3.0-or-later
//
// What the edge answers by itself, STUN, with the guard that the daemon asks: on loopback, with real datagrams.

#include "component/edge/loopback.hpp"
#include "guard/guard.hpp"
#include "support/fake_ban_store.hpp"

#include <string>

using namespace beffroi;
using namespace beffroi::test;

namespace {

// A Binding request of RFC 5389.
const std::string kStunRequest{
    "\x00\x01\x00\x00\x21\x12\xa4\x42"
    "0123456789ab",
    20};

struct GuardedEdge {
    GuardedEdge() { on.edge().setAdmission(guard, events); }

    /// The octets that answer so many requests.
    std::vector<std::string> answers(const UdpPeer& peer, int times) {
        for (int i = 0; i < times; ++i) peer.send(on.address(), kStunRequest);
        asked += static_cast<std::uint64_t>(times);
        REQUIRE(on.until([this] { return on.counters().keepAlives >= asked; }));
        on.settle();
        return peer.take();
    }

    EdgeOnLoopback on{{"udp:127.0.0.1:0"}};
    FakeBanStore store;
    NotedEvents events;
    guard::Bans bans{on.loop.scheduler(), store, events};
    guard::Guard guard{on.loop.scheduler(), bans, events, guard::SourceHash{{1}}, {}, [] { return Clock::Duration{}; }};
    std::uint64_t asked = 0;
};

}  // namespace

TEST_CASE("STUN of one noisy stranger silences nobody else, and who is banned gets nothing", "[edge][guard]") {
    GuardedEdge edge;
    const UdpPeer phone{*SocketAddress::parse("127.0.0.9", 0)};
    const UdpPeer noisy{*SocketAddress::parse("127.0.0.66", 0)};
    const UdpPeer stranger{*SocketAddress::parse("127.0.0.77", 0)};
    assertOnLoop();
    edge.guard.authenticated(Flow{Transport::Udp, 0, 0, phone.address()}, "anne");

    std::size_t got = 0;
    for (int i = 0; i < 20; ++i) got += edge.answers(noisy, 50).size();
    CHECK(got == 100);
    const auto answer = edge.answers(stranger, 1);
    REQUIRE(answer.size() == 1);
    CHECK(answer[0].size() == 32);
    CHECK(edge.answers(phone, 1).size() == 1);

    edge.bans.impose(
        {*AddressRange::parse("127.0.0.0/24"), "", edge.on.clock.wallNow(), edge.on.clock.wallNow() + 1h, "", ""});
    edge.on.clock.advance(2s);
    CHECK(edge.answers(noisy, 3).empty());
    CHECK(edge.answers(stranger, 3).empty());
    CHECK(edge.answers(phone, 1).size() == 1);
    CHECK(edge.on.counters().stunAnswers == 103);
}
