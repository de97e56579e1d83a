// SPDX-License-Identifier: AGPL-3.0-or-later
#include "guard/bans.hpp"

#include "base/timer_wheel.hpp"
#include "support/fake_ban_store.hpp"
#include "support/fake_clock.hpp"

#include <catch2/catch.hpp>

#include <optional>
#include <string>

using namespace beffroi;
using namespace beffroi::guard;
using namespace beffroi::test;
using Lines = std::vector<std::string>;

namespace {

struct Stage {
    Stage() {
        assertOnLoop();
        bans.setOnChange([this] { ++changes; });
    }
    [[nodiscard]] Ban ban(const char* range, Clock::Duration time, const char* by = "",
                          const char* account = "") const {
        const auto until = clock.wallNow() + std::chrono::duration_cast<Clock::WallTime::duration>(time);
        return {*AddressRange::parse(range), account, clock.wallNow(), until, "because", by};
    }
    [[nodiscard]] bool covers(const char* host) const { return bans.list().covers(*SocketAddress::parse(host, 1)); }
    void pass(Clock::Duration time) {
        for (Clock::Duration gone{}; gone < time; gone += 1s) {
            clock.advance(1s);
            wheel.advance();
        }
    }

    FakeClock clock;
    base::TimerWheel wheel{clock};
    FakeBanStore store;
    NotedEvents events;
    int changes = 0;
    Bans bans{wheel, store, events, 2};
};

}  // namespace

TEST_CASE("a ban of our own is in force at once, written, and ends by itself", "[guard]") {
    assertOnLoop();
    Stage stage;
    stage.bans.restore({});
    stage.bans.impose(stage.ban("203.0.113.5", 10s));
    CHECK(stage.covers("203.0.113.5"));
    CHECK(stage.store.written == Lines{"+203.0.113.5"});
    CHECK(stage.events.all == Lines{"banned 203.0.113.5"});
    stage.pass(9s);
    CHECK(stage.covers("203.0.113.5"));
    stage.pass(2s);
    CHECK_FALSE(stage.covers("203.0.113.5"));
    CHECK(stage.store.written == Lines{"+203.0.113.5", "-203.0.113.5"});
    CHECK(stage.events.all == Lines{"banned 203.0.113.5", "unbanned 203.0.113.5"});
    CHECK(stage.changes == 2);

    SECTION("one that has to make room for it is gone from the disk too") {
        stage.bans.impose(stage.ban("203.0.113.1", 1h));
        stage.bans.impose(stage.ban("203.0.113.2", 2h));
        stage.bans.impose(stage.ban("203.0.113.3", 2h));
        CHECK(stage.store.written.back() == "-203.0.113.1");
        CHECK_FALSE(stage.covers("203.0.113.1"));
    }
}

TEST_CASE("an administrator is answered when it is on disk", "[guard]") {
    assertOnLoop();
    Stage stage;
    std::optional<bool> added;
    stage.bans.add(stage.ban("203.0.113.0/24", 1h, "root"), [&](bool done) { added = done; });
    CHECK_FALSE(added);
    CHECK_FALSE(stage.covers("203.0.113.5"));

    SECTION("a disk that refuses: nothing was done") {
        stage.store.finish(false);
        CHECK(added == false);
        CHECK_FALSE(stage.covers("203.0.113.5"));
        CHECK(stage.changes == 0);
    }
    SECTION("and in force, until it is removed on disk") {
        stage.store.finish(true);
        CHECK(added == true);
        CHECK(stage.covers("203.0.113.5"));
        stage.bans.impose(stage.ban("203.0.113.7", 1h, "", "anne"));

        std::optional<std::size_t> removed;
        bool answered = false;
        stage.bans.remove(*AddressRange::parse("203.0.113.0/24"), [&](std::optional<std::size_t> count) {
            answered = true;
            removed = count;
        });
        CHECK_FALSE(answered);
        SECTION("which succeeds") {
            stage.store.finish(true);
            CHECK(removed == 2U);
            CHECK_FALSE(stage.covers("203.0.113.5"));
            CHECK(stage.bans.list().size() == 0);
            CHECK(stage.events.count("unbanned 203.0.113.7 anne") == 1);
        }
        SECTION("or fails: then they stay") {
            stage.store.finish(false);
            CHECK(answered);
            CHECK_FALSE(removed);
            CHECK(stage.covers("203.0.113.5"));
            CHECK(stage.bans.list().size() == 2);
        }
    }
    SECTION("what is not there is removed at once") {
        stage.store.finish(true);
        std::optional<std::size_t> removed;
        stage.bans.remove(*AddressRange::parse("192.0.2.1"),
                          [&](std::optional<std::size_t> count) { removed = count; });
        CHECK(removed == 0U);
    }
}

TEST_CASE("what is told of a ban names the whole network", "[guard]") {
    assertOnLoop();
    Stage stage;
    stage.bans.impose(stage.ban("2001:db8:5:6::/64", 10s));
    stage.bans.remove(*AddressRange::parse("2001:db8:5:6::7"), [](std::optional<std::size_t>) {});
    stage.store.finish(true);
    CHECK(stage.events.all == Lines{"banned 2001:db8:5:6::/64", "unbanned 2001:db8:5:6::/64"});
}

TEST_CASE("an administrator is told when there is no room for a ban", "[guard]") {
    assertOnLoop();
    Stage stage;
    std::optional<bool> added;
    const auto add = [&](const char* range) {
        assertOnLoop();
        stage.bans.add(stage.ban(range, 1h, "root"), [&](bool done) { added = done; });
        stage.store.finish(true);
        return added;
    };
    CHECK(add("192.0.2.1") == true);
    CHECK(add("192.0.2.2") == true);
    CHECK(add("192.0.2.3") == false);
    CHECK(stage.store.written.back() == "-192.0.2.3");
    CHECK_FALSE(stage.covers("192.0.2.3"));
}

TEST_CASE("bans of before a restart go on, but for those that ended meanwhile", "[guard]") {
    assertOnLoop();
    Stage stage;
    auto over = stage.ban("203.0.113.5", 1s);
    const auto lasting = stage.ban("203.0.113.6", 1h);
    stage.clock.advance(2s);
    stage.bans.restore({over, lasting});
    CHECK_FALSE(stage.covers("203.0.113.5"));
    CHECK(stage.covers("203.0.113.6"));
    CHECK(stage.store.written == Lines{"-203.0.113.5"});
    CHECK(stage.bans.list().all().at(0).reason == "because");
}
