// SPDX-License-Identifier: AGPL-3.0-or-later
#include "guard/known_flows.hpp"

#include "support/fake_clock.hpp"
#include "support/wire.hpp"

#include <catch2/catch.hpp>

#include <string>

using namespace beffroi;
using namespace beffroi::guard;
using namespace beffroi::test;

using Budget = KnownFlows::Budget;

TEST_CASE("a flow is known until its time is over, and only for the accounts that it showed", "[guard]") {
    FakeClock clock;
    KnownFlows flows{{}, Rate{10, 10}, Rate{5, 5}};
    flows.know(udpFlow(10), "anne", clock.now() + 60s);
    flows.know(udpFlow(10), "anne", clock.now() + 10s);  // never shorter
    flows.know(udpFlow(10), "pierre", clock.now() + 30s);
    CHECK(flows.size() == 1);
    CHECK(flows.isOf(udpFlow(10), "anne", clock.now()));
    CHECK(flows.isOf(udpFlow(10), "pierre", clock.now()));
    CHECK_FALSE(flows.isOf(udpFlow(10), "mallory", clock.now()));
    CHECK_FALSE(flows.isOf(udpFlow(11), "anne", clock.now()));
    CHECK(flows.isHome(udpFlow(10).remote.withPort(1)));
    CHECK_FALSE(flows.isHome(udpFlow(11).remote));

    clock.advance(60s - 1ms);
    CHECK(flows.take(udpFlow(10), clock.now()) == Budget::Within);
    clock.advance(1ms);
    CHECK_FALSE(flows.knows(udpFlow(10), clock.now()));
    CHECK_FALSE(flows.isOf(udpFlow(10), "anne", clock.now()));
    SECTION("it is forgotten when it is asked for") { CHECK(flows.take(udpFlow(10), clock.now()) == Budget::Unknown); }
    SECTION("or swept, if it is not") { flows.sweep(clock.now()); }
    CHECK(flows.size() == 0);
    CHECK_FALSE(flows.isHome(udpFlow(10).remote));
}

TEST_CASE("a telephone that runs wild exhausts its own budget alone", "[guard]") {
    FakeClock clock;
    KnownFlows flows{{}, Rate{10, 40}, Rate{5, 5}};
    flows.know(udpFlow(10), "anne", clock.now() + 1h);
    flows.know(udpFlow(11), "pierre", clock.now() + 1h);
    int within = 0;
    for (int i = 0; i < 1000; ++i) within += flows.take(udpFlow(10), clock.now()) == Budget::Within ? 1 : 0;
    CHECK(within == 40);
    CHECK(flows.take(udpFlow(10), clock.now()) == Budget::Over);
    CHECK(flows.take(udpFlow(11), clock.now()) == Budget::Within);
    CHECK(flows.takeProbe(udpFlow(10), clock.now()) == Budget::Within);  // counted for itself
    clock.advance(1s);
    CHECK(flows.take(udpFlow(10), clock.now()) == Budget::Within);
}

TEST_CASE("known flows are bounded, in all and for each account", "[guard]") {
    FakeClock clock;
    KnownFlows flows{{8, 3, 2}, Rate{10, 10}, Rate{5, 5}};
    const auto until = clock.now() + 1h;

    SECTION("a stolen password fills no table: the account's oldest flow makes room") {
        for (int i = 10; i < 30; ++i) flows.know(udpFlow(i), "stolen", until);
        CHECK(flows.size() == 3);
        CHECK(flows.knows(udpFlow(29), clock.now()));
        CHECK_FALSE(flows.knows(udpFlow(26), clock.now()));
    }
    SECTION("the one that is heard of again and again is not the oldest") {
        for (int i = 10; i < 30; ++i) {
            flows.know(udpFlow(9), "stolen", until);
            flows.know(udpFlow(i), "stolen", until);
        }
        CHECK(flows.size() == 3);
        CHECK(flows.isOf(udpFlow(9), "stolen", clock.now()));
        CHECK(flows.isOf(udpFlow(29), "stolen", clock.now()));
        CHECK_FALSE(flows.knows(udpFlow(27), clock.now()));
    }
    SECTION("in all, the one of which nothing new was heard for longest makes room") {
        for (int i = 10; i < 18; ++i) flows.know(udpFlow(i), std::to_string(i), until);
        flows.know(udpFlow(10), "10", until);
        flows.know(udpFlow(20), "20", until);
        CHECK(flows.size() == 8);
        CHECK(flows.knows(udpFlow(10), clock.now()));
        CHECK_FALSE(flows.knows(udpFlow(11), clock.now()));
    }
    SECTION("also when a part of them was swept meanwhile") {
        KnownFlows many{{600, 3, 2}, Rate{10, 10}, Rate{5, 5}};
        const auto flowOf = [](int i) { return udpFlow(10, static_cast<std::uint16_t>(1000 + i)); };
        for (int i = 0; i < 600; ++i) many.know(flowOf(i), std::to_string(i), until);
        many.sweep(clock.now());
        many.know(flowOf(600), "600", until);
        CHECK(many.size() == 600);
        CHECK_FALSE(many.knows(flowOf(0), clock.now()));
        CHECK(many.knows(flowOf(599), clock.now()));
        clock.advance(1h);
        many.sweep(clock.now());
        many.sweep(clock.now());  // all have had their turn
        CHECK(many.size() == 0);
    }
    SECTION("a flow belongs to its last accounts") {
        for (const auto* account : {"1", "2", "1", "3"}) flows.know(udpFlow(10), account, until);
        CHECK_FALSE(flows.isOf(udpFlow(10), "2", clock.now()));
        CHECK(flows.isOf(udpFlow(10), "1", clock.now()));
        CHECK(flows.isOf(udpFlow(10), "3", clock.now()));
    }
    SECTION("an account that is gone takes with it what was its own") {
        flows.know(udpFlow(10), "gone", until);
        flows.know(udpFlow(11), "gone", until);
        flows.know(udpFlow(11), "stays", until);
        flows.keepOnly([](const std::string& account) { return account == "stays"; });
        CHECK_FALSE(flows.knows(udpFlow(10), clock.now()));
        CHECK(flows.isOf(udpFlow(11), "stays", clock.now()));
        CHECK_FALSE(flows.isOf(udpFlow(11), "gone", clock.now()));
    }
    SECTION("a connection that closed is forgotten") {
        flows.know(tcpFlow(10, 7), "anne", until);
        flows.forget(tcpFlow(10, 7));
        flows.forget(tcpFlow(10, 8));
        CHECK(flows.size() == 0);
        CHECK_FALSE(flows.isHome(tcpFlow(10, 7).remote));
    }
}
