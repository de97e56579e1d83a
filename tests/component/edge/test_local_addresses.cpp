// SPDX-License-Identifier: AGPL-3.0-or-later
//
// What is known of every machine: its loopback addresses.

#include "edge/local_addresses.hpp"

#include "component/edge/loopback.hpp"

using namespace beffroi;
using namespace beffroi::test;

TEST_CASE("loopback and interface addresses are this machine's, others are not", "[edge]") {
    const FakeClock clock;
    const edge::LocalAddresses local{clock};
    for (const auto* own : {"127.0.0.1", "127.1.2.3", "::1"}) CHECK(local.has(*SocketAddress::parse(own, 5060)));
    for (const auto* other : {"203.0.113.1", "2001:db8::1", "0.0.0.0", "::", "255.255.255.255"}) {
        CHECK_FALSE(local.has(*SocketAddress::parse(other, 5060)));
    }
    CHECK_FALSE(local.has(SocketAddress{}));
}

TEST_CASE("the address towards a peer is the kernel's choice, with our port", "[edge]") {
    FakeClock clock;
    edge::LocalAddresses local{clock, 4};
    const auto first = *SocketAddress::parseWithPort("127.0.0.1:40000");
    const auto& shown = local.towards(first, 5060);
    CHECK(shown.toString() == "127.0.0.1:5060");
    // Without IPv6 the kernel cannot say, and loopback is what is left.
    CHECK(local.towards(*SocketAddress::parseWithPort("[::1]:40000"), 5070).toString() == "[::1]:5070");

    SECTION("it stays where it is, however many are asked for and however long") {
        for (int i = 2; i < 50; ++i) {
            const auto peer = *SocketAddress::parse(std::string{"127.0.0."}.append(std::to_string(i)), 40000);
            CHECK(local.towards(peer, 5060).port() == 5060);
        }
        clock.advance(61s);
        CHECK(&local.towards(first, 5060) == &shown);
        CHECK(shown.toString() == "127.0.0.1:5060");
    }
    SECTION("what the kernel cannot say any more is remembered for a minute") {
        if (!kDescriptorsMayRunOut) return;
        const NoDescriptorLeft left;
        CHECK(local.towards(first, 5060).toString() == "127.0.0.1:5060");
        // Without an answer it is some address of the machine, never a wildcard.
        const auto& unknown = local.towards(*SocketAddress::parseWithPort("203.0.113.1:5060"), 5060);
        CHECK(local.has(unknown));
        CHECK_FALSE(unknown.isWildcard());
        CHECK(unknown.port() == 5060);
        clock.advance(61s);
        CHECK(local.has(local.towards(first, 5060)));
    }
}
