// SPDX-License-Identifier: AGPL-3.0-or-later
#include "edge/tcp_listener.hpp"

#include "component/edge/loopback.hpp"

#include <optional>

using namespace beffroi;
using namespace beffroi::test;

TEST_CASE("without descriptors a listener pauses, and its callers wait", "[edge]") {
    if (!kDescriptorsMayRunOut) return;
    EdgeOnLoopback on{{"tcp:127.0.0.1:0"}};
    TcpPeer first{on.address()};
    REQUIRE(on.until([&] { return on.counters().open == 1; }));
    std::vector<TcpPeer> waiting;
    waiting.emplace_back(on.address());
    waiting.emplace_back(on.address());
    {
        const NoDescriptorLeft left;
        REQUIRE(on.until([&] { return on.counters().acceptPauses == 1; }));
        on.settle();
        CHECK(on.counters().acceptPauses == 1);  // it does not ask again and again
        first.send(sipMessage("still served"));
        REQUIRE(on.until([&] { return on.messages.size() == 1; }));
        on.clock.advance(250ms);
        REQUIRE(on.until([&] { return on.counters().acceptPauses == 2; }));
        CHECK(on.counters().open == 1);
    }
    on.clock.advance(250ms);
    REQUIRE(on.until([&] { return on.counters().open == 3; }));
    for (auto& peer : waiting) peer.send(sipMessage("waited"));
    CHECK(on.until([&] { return on.messages.size() == 3; }));
}

TEST_CASE("a closed listener frees its port and accepts no more", "[edge]") {
    TurnedLoop on;
    int accepted = 0;
    edge::TcpListener listener{on.loop, kLoopbackV4, [&](edge::Descriptor, const SocketAddress&) { ++accepted; }};
    const auto address = listener.address();
    CHECK(address.port() != 0);

    SECTION("at any time") {
        const TcpPeer peer{address};
        REQUIRE(on.until([&] { return accepted == 1; }));
        listener.close();
    }
    SECTION("while it is told of a caller") {
        std::optional<edge::TcpListener> own;
        own.emplace(on.loop, kLoopbackV4, [&](edge::Descriptor, const SocketAddress&) {
            ++accepted;
            own->close();
        });
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
    const edge::TcpListener again{on.loop, address, [](edge::Descriptor, const SocketAddress&) {}};
    CHECK(again.address() == address);
}
