// SPDX-License-Identifier: AGPL-3.0-or-later
#include "edge/silence_watch.hpp"

#include "base/timer_wheel.hpp"
#include "support/fake_clock.hpp"
#include "support/wire.hpp"

#include <catch2/catch.hpp>

using namespace beffroi;
using namespace beffroi::test;

TEST_CASE("a flow is silent once nothing has come for so long", "[edge][rfc5626-4.4.1]") {
    FakeClock clock;
    base::TimerWheel wheel{clock};
    std::vector<Flow> silent;
    edge::SilenceWatch watch{wheel, [&](const Flow& flow) { silent.push_back(flow); }};
    const auto pass = [&](Clock::Duration time) {
        clock.advance(time);
        wheel.advance();
    };
    CHECK_FALSE(watch.heard(udpFlow(10)));
    watch.expect(udpFlow(10), 70s);
    watch.expect(udpFlow(11), 100s);
    CHECK_FALSE(watch.heard(udpFlow(12)));
    CHECK_FALSE(watch.heard(udpFlow(10, 5061)));
    pass(50s);
    CHECK(watch.heard(udpFlow(10)));
    pass(69s);
    CHECK(silent == std::vector{udpFlow(11)});
    pass(2s);
    CHECK(silent == std::vector{udpFlow(11), udpFlow(10)});
    CHECK(watch.size() == 0);
    pass(1000s);
    CHECK(silent.size() == 2);
    CHECK_FALSE(watch.heard(udpFlow(10)));

    SECTION("one that is expected anew has its time again") {
        watch.expect(udpFlow(10), 70s);
        pass(60s);
        watch.expect(udpFlow(10), 20s);
        pass(19s);
        CHECK(silent.size() == 2);
        pass(2s);
        CHECK(silent.size() == 3);
    }
}
