// SPDX-License-Identifier: AGPL-3.0-or-later
#include "unit/routing/routing_town.hpp"

#include <catch2/catch.hpp>

using namespace beffroi;
using test::RoutingTown;

namespace {

RoutingTown town() {
    RoutingTown made;
    made.phones({"2001", "2100", "2101", "2102", "0099", "0100"});
    made.direct("+33327000100", "2100");
    made.directRange("+33327000200", "+33327000209", "", "2100");
    made.directRange("+33327000300", "+33327000309", "2101", "");
    made.directRange("+33327000400", "+33327000409", "", "0099");
    made.directRange("+33327000500", "+33327000500", "on-call:technique", "");
    made.shortCode("60", "2101");
    return made;
}

}  // namespace

TEST_CASE("a number of a range that no extension has leads nowhere", "[routing]") {
    RoutingTown world;
    world.phones({"2001", "3001"});
    world.directRange("+33327000200", "+33327000299", "", "3000");
    world.shortCode("3020", "2001");
    CHECK(world.fromOutside("+33327000201") == "rings 3001 60s");
    const auto number = GENERATE("+33327000210", "+33327000220");  // 3010 would be a free number, 3020 is a short code
    CHECK(world.fromOutside(number) == "refused: unknown number (404)");
    CHECK(world.dial(number) == "refused: unknown number (404)");
}

TEST_CASE("a call from outside gets to whom a direct number leads, and to nobody else", "[routing]") {
    const auto [dialled, way] = GENERATE(table<const char*, const char*>({
        {"+33327000100", "rings 2100 60s"},
        {"0327000100", "rings 2100 60s"},
        {"+33327000200", "rings 2100 60s"},
        {"+33327000201", "rings 2101 60s"},
        {"+33327000209", "refused: unknown number (404)"},  // a range goes past the extensions that there are
        {"+33327000210", "refused: unknown number (404)"},
        {"+33327000199", "refused: unknown number (404)"},
        {"+33327000305", "rings 2101 60s"},
        {"+33327000401", "rings 0100 60s"},
        {"2100", "refused: unknown number (404)"},
        {"60", "refused: unknown number (404)"},
        {"0612345678", "refused: unknown number (404)"},
        {"+41223456789", "refused: unknown number (404)"},
        {"*21*2100#", "refused: unknown number (404)"},
        {"15", "refused: unknown number (404)"},
        {"+3332700010", "refused: unknown number (404)"},
        {"+333270001000", "refused: unknown number (404)"},
    }));
    CAPTURE(dialled);
    const auto plan = town().planFromOutside(dialled);
    CHECK(test::wayOf(plan) == way);
    CHECK_FALSE(plan.emergency);
}

TEST_CASE("a direct number that is dialled inside stays inside", "[routing]") {
    const auto world = town();
    const std::string dialled = GENERATE(values<std::string>({"0327000201", "+33327000201", "0033327000201"}));
    CHECK(world.dial(dialled) == "rings 2101 60s");
    CHECK(test::reasonsWith(world.plan(dialled), "stays inside").size() == 1);
}

TEST_CASE("outside to outside goes by a forward that is allowed, and not otherwise", "[routing]") {
    auto world = town();
    const auto mobile = static_cast<std::size_t>(NumberClass::Mobile);
    world.extension("2100").forwards.always = "0612345678";
    SECTION("under the number of who forwards") {
        CHECK(world.fromOutside("+33327000100") == "outside +33612345678 by operateur as +33327000100");
        world.directory.directNumberOf.erase("2100");
        CHECK(world.fromOutside("+33327000100") == "outside +33612345678 by operateur as +33327000000");
    }
    SECTION("under the caller's, if the gateway presents it") {
        world.gateway("operateur").presentsCaller = true;
        CHECK(world.fromOutside("+33327000100") == "outside +33612345678 by operateur as +33145678901");
        CHECK(test::wayOf(world.planFromOutside("+33327000100", "")) ==
              "outside +33612345678 by operateur as +33327000100");
    }
    SECTION("by the class of who forwards") {
        world.classOfService("none").allowed.set();
        world.extension("2100").classOfService = "none";
        CHECK(world.fromOutside("+33327000100") == "rings 2100 60s");
        world.classOfService("none").forwards.set(mobile);
        CHECK(world.fromOutside("+33327000100") == "outside +33612345678 by operateur as +33327000100");
    }
    SECTION("a direct number for a number outside is a forward of the town") {
        world.direct("+33327000600", "0612345678");
        CHECK(world.fromOutside("+33327000600") == "outside +33612345678 by operateur as +33327000099");
        world.classOfService("none").allowed.set();
        world.directory.town.classOfService = "none";
        CHECK(world.fromOutside("+33327000600") == "refused: not allowed (403)");
        world.direct("+33327000700", "0041223456789");
        CHECK(world.fromOutside("+33327000700") == "refused: not allowed (403)");
    }
    SECTION("a direct number that is its own target") {
        world.direct("+33327000800", "+33327000800");
        CHECK(world.fromOutside("+33327000800") == "refused: loop (480)");
    }
}
