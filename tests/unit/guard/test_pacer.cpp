// SPDX-License-Identifier: AGPL-3.0-or-later
#include "guard/pacer.hpp"

#include "base/timer_wheel.hpp"
#include "support/fake_clock.hpp"

#include <catch2/catch.hpp>

using namespace beffroi;

TEST_CASE("ten thousand changes of the bans in a second are written twice", "[guard]") {
    assertOnLoop();
    test::FakeClock clock;
    base::TimerWheel wheel{clock};
    int done = 0;
    guard::Pacer pacer{wheel, 1s, [&done] { ++done; }};
    const auto pass = [&](Clock::Duration time) {
        clock.advance(time);
        wheel.advance();
    };
    pass(10s);
    CHECK(done == 0);
    pacer.ask();
    CHECK(done == 1);
    for (int i = 0; i < 10'000; ++i) pacer.ask();
    CHECK(done == 1);
    pass(900ms);
    CHECK(done == 1);
    pass(200ms);
    CHECK(done == 2);
    pacer.ask();
    CHECK(done == 2);
    pass(1100ms);
    CHECK(done == 3);
    pass(5s);
    CHECK(done == 3);
    pacer.ask();
    CHECK(done == 4);
}
