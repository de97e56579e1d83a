// SPDX-License-Identifier: AGPL-3.0-or-later
#include "lines/pin_attempts.hpp"

#include "support/fake_clock.hpp"

#include <catch2/catch.hpp>

using namespace beffroi;
using namespace beffroi::lines;
using namespace beffroi::test;

namespace {

struct Door {
    /// How many of so many tries are looked at.
    int tries(int count, const std::string& extension = "2101", const std::string& account = "guichet") {
        assertOnLoop();
        int looked = 0;
        for (int i = 0; i < count; ++i) looked += attempts.begin(account, extension) ? 1 : 0;
        return looked;
    }
    FakeClock clock;
    PinAttempts attempts{clock};
};

}  // namespace

TEST_CASE("after five wrong PINs of an extension none is looked at for a while, wherever it is tried",
          "[lines][hot-desk][security]") {
    Door door;
    CHECK(door.tries(9) == 5);
    CHECK(door.tries(1, "2101", "another") == 0);
    CHECK(door.tries(1, "2102") == 1);  // others may go on
    door.clock.advance(15min - 1ms);
    CHECK(door.tries(1) == 0);
    door.clock.advance(1ms);

    SECTION("then as often again, and twice as long") {
        CHECK(door.tries(9, "2101", "another") == 5);
        door.clock.advance(30min - 1ms);
        CHECK(door.tries(1, "2101", "third") == 0);
        door.clock.advance(1ms);
        CHECK(door.tries(1, "2101", "third") == 1);
    }
    SECTION("a day without a wrong one is forgiven") {
        door.clock.advance(24h);
        CHECK(door.tries(9) == 5);
        door.clock.advance(15min);
        CHECK(door.tries(1) == 1);
    }
}

TEST_CASE("a telephone at which many wrong PINs were given is not listened to", "[lines][hot-desk][security]") {
    Door door;
    int looked = 0;
    for (int extension = 2101; extension < 2121; ++extension) looked += door.tries(1, std::to_string(extension));
    CHECK(looked == 10);
    CHECK(door.tries(1, "2130") == 0);
    CHECK(door.tries(1, "2130", "another") == 1);
}

TEST_CASE("a right PIN forgives its extension, and the telephone no more than itself", "[lines][hot-desk][security]") {
    assertOnLoop();
    Door door;
    CHECK(door.tries(4) == 4);
    CHECK(door.tries(1) == 1);  // the fifth: locked, unless it is right
    door.attempts.right("guichet", "2101");
    CHECK(door.tries(5) == 5);  // nine wrong ones at the telephone
    CHECK(door.tries(1, "2102") == 1);
    door.attempts.right("guichet", "2102");
    for (int i = 0; i < 50; ++i) {  // one's own PIN in between gains nothing
        REQUIRE(door.tries(1, "2102") == 1);
        door.attempts.right("guichet", "2102");
    }
    CHECK(door.tries(5, "2103") == 1);
}

TEST_CASE("a lock is at most a day", "[lines][hot-desk][security]") {
    Door door;
    for (int i = 0; i < 20; ++i) {
        CHECK(door.tries(9, "2101", std::to_string(i)) == 5);
        door.clock.advance(24h - 1s);  // not yet forgiven
        if (i < 7) continue;           // 15 min, doubled seven times, are more than a day
        CHECK(door.tries(1, "2101", std::to_string(i)) == 0);
        door.clock.advance(1s);
    }
}
