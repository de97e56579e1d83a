// SPDX-License-Identifier: AGPL-3.0-or-later
#include "edge/tcp_listener.hpp"

#include "component/edge/loopback.hpp"

#include <optional>

using namespace beffroi;
using namespace beffroi::test;

namespace {

bool noneToSpare() { return false; }

}  // namespace

TEST_CASE("without descriptors a listener pauses, and its callers wait", "[edge]") {
    if (!kDescriptorsMayRunOut) return;
    EdgeOnLoopback on{{"tcp:127.0.0.1:0"}};
    TcpPeer first{on.address()};
    first.send(sipMessage("known"));
    REQUIRE(on.until([&] { return on.messages.size() == 1; }));
    on.vouch(on.messages[0].flow);  // else it would be closed for the others' sake
    std::vector<TcpPeer> waiting;
    waiting.emplace_back(on.address());
    waiting.emplace_back(on.address());
    {
        const NoDescriptorLeft left;
        REQUIRE(on.until([&] { return on.counters().acceptPauses == 1; }));
        on.settle();
        CHECK(on.counters().acceptPauses == 1);  // it does not ask again and again
        first.send(sipMessage("still served"));
        REQUIRE(on.until([&] { return on.messages.size() == 2; }));
        on.clock.advance(250ms);
        REQUIRE(on.until([&] { return on.counters().acceptPauses == 2; }));
        CHECK(on.counters().open == 1);
    }
    on.clock.advance(250ms);
    REQUIRE(on.until([&] { return on.counters().open == 3; }));
    for (auto& peer : waiting) peer.send(sipMessage("waited"));
    CHECK(on.until([&] { return on.messages.size() == 4; }));
}

TEST_CASE("without descriptors the stranger who has been here longest gives theirs up", "[edge]") {
    if (!kDescriptorsMayRunOut) return;
    EdgeOnLoopback on{{"tcp:127.0.0.1:0"}};
    std::vector<TcpPeer> strangers;
    for (int i = 0; i < 3; ++i) {
        strangers.emplace_back(on.address());
        REQUIRE(on.until([&] { return on.counters().open == strangers.size(); }));
    }
    std::vector<TcpPeer> callers;
    callers.emplace_back(on.address());
    callers.emplace_back(on.address());
    const NoDescriptorLeft left;
    REQUIRE(on.until([&] { return on.counters().streams.accepted == 5; }));
    CHECK(on.until([&] { return strangers[0].ended() && strangers[1].ended(); }));
    CHECK_FALSE(strangers[2].ended());
    CHECK(on.counters().streams.gaveWay == 2);
    CHECK(on.counters().acceptPauses == 0);
    for (auto& caller : callers) caller.send(sipMessage("served"));
    CHECK(on.until([&] { return on.messages.size() == 2; }));
}

TEST_CASE("a closed listener frees its port and accepts no more", "[edge]") {
    TurnedLoop on;
    int accepted = 0;
    edge::TcpListener listener{on.loop, kLoopbackV4, [&](edge::Descriptor, const SocketAddress&) { ++accepted; },
                               noneToSpare};
    const auto address = listener.address();
    CHECK(address.port() != 0);

    SECTION("at any time") {
        const TcpPeer peer{address};
        REQUIRE(on.until([&] { return accepted == 1; }));
        listener.close();
    }
    SECTION("while it is told of a caller") {
        std::optional<edge::TcpListener> own;
        const auto closing = [&](edge::Descriptor, const SocketAddress&) {
            ++accepted;
            own->close();
        };
        own.emplace(on.loop, kLoopbackV4, closing, noneToSpare);
        const TcpPeer peer{own->address()};
        const TcpPeer next{own->address()};
        REQUIRE(on.until([&] { return accepted == 1; }));
        on.settle();
        CHECK(accepted == 1);
        listener.close();
    }
    SECTION("while it pauses") {
        if (!kDescriptorsMayRunOut) return;
        const TcpPeer peer{address};
        {
            const NoDescriptorLeft left;
            REQUIRE(on.until([&] { return listener.pauses() == 1; }));
        }
        listener.close();
        on.clock.advance(1s);
        on.settle();
        CHECK(accepted == 0);
    }
    const edge::TcpListener again{on.loop, address, [](edge::Descriptor, const SocketAddress&) {}, noneToSpare};
    CHECK(again.address() == address);
}
