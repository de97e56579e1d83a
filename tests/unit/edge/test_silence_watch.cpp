// SPDX-License-Identifier: AGPL-3.0-or-later
#include "edge/silence_watch.hpp"

#include "base/timer_wheel.hpp"
#include "support/fake_clock.hpp"
#include "support/wire.hpp"

#include <catch2/catch.hpp>

using namespace beffroi;
using namespace beffroi::test;
using Standing = edge::SilenceWatch::Standing;

TEST_CASE("a flow is silent once nothing has come for so long", "[edge][rfc5626-4.4.1]") {
    FakeClock clock;
    base::TimerWheel wheel{clock};
    std::vector<Flow> silent;
    edge::SilenceWatch watch{wheel, [&](const Flow& flow) { silent.push_back(flow); }};
    const auto pass = [&](Clock::Duration time) {
        clock.advance(time);
        wheel.advance();
    };
    CHECK(watch.heard(udpFlow(10)) == Standing::Unknown);
    watch.expect(udpFlow(10), 70s);
    watch.expect(udpFlow(11), 100s);
    CHECK(watch.heard(udpFlow(12)) == Standing::Unknown);
    CHECK(watch.heard(udpFlow(10, 5061)) == Standing::Unknown);
    pass(50s);
    CHECK(watch.heard(udpFlow(10)) == Standing::Watched);
    pass(69s);
    CHECK(silent == std::vector{udpFlow(11)});
    pass(2s);
    CHECK(silent == std::vector{udpFlow(11), udpFlow(10)});
    CHECK(watch.size() == 0);
    pass(1000s);
    CHECK(silent.size() == 2);
    CHECK(watch.heard(udpFlow(10)) == Standing::Unknown);

    SECTION("one that is expected anew has its time again") {
        watch.expect(udpFlow(10), 70s);
        pass(60s);
        watch.expect(udpFlow(10), 20s);
        pass(19s);
        CHECK(silent.size() == 2);
        pass(2s);
        CHECK(silent.size() == 3);
    }
    SECTION("not one of which nothing is expected any more") {
        watch.expect(udpFlow(10), 70s);
        watch.forget(udpFlow(10));
        CHECK(watch.heard(udpFlow(10)) == Standing::Unknown);
        pass(100s);
        CHECK(silent.size() == 2);
    }
}

TEST_CASE("a flow that was given up is remembered as long as its telephone relies on it", "[edge][rfc5626-4.4.2]") {
    FakeClock clock;
    base::TimerWheel wheel{clock};
    edge::SilenceWatch* giving = nullptr;
    edge::SilenceWatch watch{wheel, [&](const Flow& flow) { giving->giveUp(flow, clock.now() + 600s); }};
    giving = &watch;
    const auto pass = [&](Clock::Duration time) {
        clock.advance(time);
        wheel.advance();
    };
    watch.expect(udpFlow(10), 70s);
    pass(71s);
    CHECK(watch.heard(udpFlow(10)) == Standing::GivenUp);
    CHECK(watch.heard(udpFlow(11)) == Standing::Unknown);
    CHECK(watch.size() == 0);

    SECTION("and no longer") {
        pass(599s);
        CHECK(watch.heard(udpFlow(10)) == Standing::GivenUp);
        pass(2s);
        CHECK(watch.heard(udpFlow(10)) == Standing::Unknown);
        CHECK(watch.givenUp() == 0);
    }
    SECTION("until it registers anew") {
        watch.expect(udpFlow(10), 7200s);
        CHECK(watch.heard(udpFlow(10)) == Standing::Watched);
        pass(700s);
        CHECK(watch.heard(udpFlow(10)) == Standing::Watched);
    }
    SECTION("until it registers anew, without a promise") {
        watch.forget(udpFlow(10));
        CHECK(watch.heard(udpFlow(10)) == Standing::Unknown);
    }
    SECTION("one that is given up while it is watched is not watched any more") {
        watch.expect(udpFlow(11), 70s);
        watch.giveUp(udpFlow(11), clock.now() + 10s);
        CHECK(watch.size() == 0);
        CHECK(watch.heard(udpFlow(11)) == Standing::GivenUp);
    }
    SECTION("as far as there is room") {
        for (std::size_t i = 0; i < edge::SilenceWatch::kMostGivenUp; ++i) {
            auto flow = udpFlow(12, static_cast<std::uint16_t>(i));
            flow.listener = 1;
            watch.giveUp(flow, clock.now() + 600s);
            REQUIRE(watch.heard(flow) == Standing::GivenUp);
        }
        CHECK(watch.givenUp() == edge::SilenceWatch::kMostGivenUp);
    }
}

TEST_CASE("a telephone that is watched is answered so many times a second", "[edge][rfc5626-4.4.2]") {
    FakeClock clock;
    base::TimerWheel wheel{clock};
    edge::SilenceWatch watch{wheel, [](const Flow&) {}};
    watch.expect(udpFlow(10), 70s);
    watch.expect(udpFlow(11), 70s);
    const auto answers = [&watch](const Flow& flow) {
        int count = 0;
        while (count < 100 && watch.mayAnswer(flow)) ++count;
        return count;
    };
    CHECK(answers(udpFlow(10)) == 5);
    CHECK(answers(udpFlow(11)) == 5);
    CHECK(answers(udpFlow(12)) == 0);
    clock.advance(1s);
    CHECK(answers(udpFlow(10)) == 5);
}
