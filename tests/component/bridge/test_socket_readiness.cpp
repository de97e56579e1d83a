// SPDX-License-Identifier: AGPL-3.0-or-later
#include "bridge/socket_readiness.hpp"

#include "loopback_socket.hpp"
#include "support/fake_clock.hpp"

#include <catch2/catch.hpp>

using namespace beffroi;
using namespace beffroi::bridge;
using test::FakeClock;
using test::LoopbackSocket;

TEST_CASE("a read is granted for each tick that finds a socket ready", "[bridge]") {
    FakeClock clock;
    SocketReadiness readiness{clock};
    const LoopbackSocket sender;
    const LoopbackSocket socket;
    const LoopbackSocket other;
    REQUIRE(readiness.add(socket.descriptor()));
    REQUIRE(readiness.add(other.descriptor()));
    const std::vector<std::uint8_t> datagram{1};
    const auto tick = [&] {
        clock.advance(10ms);
        readiness.poll();
    };
    tick();
    CHECK_FALSE(readiness.mayRead(socket.descriptor()));

    sender.send(datagram, socket.address());
    sender.send(datagram, socket.address());
    sender.send(datagram, socket.address());
    tick();
    CHECK_FALSE(readiness.mayRead(other.descriptor()));
    CHECK(readiness.mayRead(socket.descriptor()));
    CHECK_FALSE(readiness.mayRead(socket.descriptor()));
    REQUIRE(socket.receive());
    SECTION("ready twice running is a backlog, read until it is empty") {
        tick();
        CHECK(readiness.mayRead(socket.descriptor()));
        CHECK(readiness.mayRead(socket.descriptor()));
        readiness.foundEmpty(socket.descriptor());
        CHECK_FALSE(readiness.mayRead(socket.descriptor()));
    }
    SECTION("ready again after a pause is not") {
        while (socket.receive()) continue;
        tick();
        sender.send(datagram, socket.address());
        tick();
        CHECK(readiness.mayRead(socket.descriptor()));
        CHECK_FALSE(readiness.mayRead(socket.descriptor()));
    }
    SECTION("not any more when it is removed") {
        readiness.remove(socket.descriptor());
        tick();
        CHECK_FALSE(readiness.mayRead(socket.descriptor()));
    }
    CHECK(readiness.now() == clock.now());
}

TEST_CASE("more ready sockets than one batch holds are all found in one tick", "[bridge]") {
    FakeClock clock;
    SocketReadiness readiness{clock};
    const LoopbackSocket sender;
    std::vector<LoopbackSocket> sockets;
    for (int i = 0; i < 700; ++i) {
        sockets.emplace_back();
        REQUIRE(readiness.add(sockets.back().descriptor()));
        sender.send(std::vector<std::uint8_t>{1}, sockets.back().address());
    }
    readiness.poll();
    std::size_t granted = 0;
    for (const auto& socket : sockets) granted += readiness.mayRead(socket.descriptor()) ? 1 : 0;
    CHECK(granted == sockets.size());
    CHECK(readiness.ticks() == 2);
}

TEST_CASE("what is no descriptor cannot be watched", "[bridge]") {
    FakeClock clock;
    SocketReadiness readiness{clock};
    CHECK_FALSE(readiness.add(-1));
    CHECK_FALSE(readiness.add(1 << 20));
}
