// SPDX-License-Identifier: AGPL-3.0-or-later
#include "proxy/line_usage.hpp"

#include "support/fake_clock.hpp"

#include <catch2/catch.hpp>

#include <vector>

using namespace beffroi;
using namespace beffroi::proxy;
using namespace beffroi::test;

TEST_CASE("a line is busy for as long as somebody holds it, and idle since the last let go", "[proxy][usage]") {
    assertOnLoop();
    FakeClock clock;
    LineUsage usage{clock};
    CHECK_FALSE(usage.isBusy("2101"));
    CHECK(usage.idleSince("2101") == Clock::WallTime{});
    {
        auto first = usage.hold("2101", "2101-bureau");
        const auto second = usage.hold("2101", "2101-atelier");
        const auto other = usage.hold("2102", "2102-bureau");
        CHECK(usage.callsAt("2101") == 2);
        CHECK(usage.callsAt("2102") == 1);
        clock.advance(5s);
        first = {};
        CHECK(usage.callsAt("2101") == 1);
        CHECK(usage.isBusy("2101"));
        CHECK(usage.idleSince("2101") == clock.wallNow());
        clock.advance(5s);
    }
    CHECK_FALSE(usage.isBusy("2101"));
    CHECK_FALSE(usage.isBusy("2102"));
    CHECK(usage.idleSince("2101") == clock.wallNow());
    const auto ended = clock.wallNow();
    clock.advance(1h);
    CHECK(usage.idleSince("2101") == ended);
}

TEST_CASE("a hold that is moved is held once", "[proxy][usage]") {
    assertOnLoop();
    FakeClock clock;
    LineUsage usage{clock};
    std::vector<LineUsage::Hold> holds;
    for (int i = 0; i < 9; ++i) holds.push_back(usage.hold("2101", i % 2 == 0 ? "even" : "odd"));
    CHECK(usage.callsAt("2101") == 9);
    const auto moved = std::move(holds.back());
    holds.pop_back();
    CHECK(usage.callsAt("2101") == 9);
    holds.clear();
    CHECK(usage.callsAt("2101") == 1);
}

TEST_CASE("nobody's line is not held", "[proxy][usage]") {
    assertOnLoop();
    FakeClock clock;
    LineUsage usage{clock};
    const auto line = usage.hold("", "");
    const auto gateway = usage.holdGateway("");
    CHECK(usage.callsAt("") == 0);
    CHECK(usage.callsBy("") == 0);
}

TEST_CASE("a telephone that starts again holds no line, whatever ends later", "[proxy][usage]") {
    assertOnLoop();
    FakeClock clock;
    LineUsage usage{clock};
    std::vector<LineUsage::Hold> before;
    before.push_back(usage.hold("2101", "2101-bureau"));
    before.push_back(usage.hold("2101", "2101-bureau"));
    before.push_back(usage.hold("2150", "2101-bureau"));  // it is logged in there as somebody else
    const auto elsewhere = usage.hold("2101", "2101-atelier");
    usage.telephoneStarted("2101-bureau");
    CHECK(usage.callsAt("2101") == 1);
    CHECK(usage.callsAt("2150") == 0);

    const auto after = usage.hold("2101", "2101-bureau");
    CHECK(usage.callsAt("2101") == 2);
    before.clear();  // the other sides have hung up
    CHECK(usage.callsAt("2101") == 2);
    CHECK(usage.callsAt("2150") == 0);
    usage.telephoneStarted("nobody");
    CHECK(usage.callsAt("2101") == 2);
}

TEST_CASE("calls of gateways and groups are counted for themselves", "[proxy][usage]") {
    assertOnLoop();
    FakeClock clock;
    LineUsage usage{clock};
    {
        const auto first = usage.holdGateway("operator");
        const auto second = usage.holdGateway("operator");
        CHECK(usage.callsBy("operator") == 2);
        CHECK(usage.callsBy("other") == 0);
        CHECK_FALSE(usage.isBusy("operator"));
    }
    CHECK(usage.callsBy("operator") == 0);
    usage.groupCalled("2500");
    usage.groupCalled("2500");
    CHECK(usage.callsOf("2500") == 2);
    CHECK(usage.callsOf("2600") == 0);
}
