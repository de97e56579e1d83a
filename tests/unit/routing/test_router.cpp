// SPDX-License-Identifier: AGPL-3.0-or-later
#include "routing/router.hpp"

#include "unit/routing/routing_town.hpp"

#include <catch2/catch.hpp>

using namespace beffroi;
using beffroi::test::RoutingTown;

namespace {

RoutingTown town() {
    RoutingTown made;
    made.extension("2001").label = "Anne Castelain";
    made.extension("2100").devices = {"2100-comptoir", "2100-bureau"};
    made.extension("2200").devices.clear();
    made.extension("2200").label = "Salle vide";
    made.lines.unreachable.insert("2200");
    made.extension("8000", ExtensionKind::Room).label = "Conseil";
    made.extension("8001", ExtensionKind::Room).maximumMembers = 12;
    made.extension("*99", ExtensionKind::EchoTest);
    made.alias("9", "2100");
    made.alias("90", "8000");
    made.shortCode("60", "2100");
    made.shortCode("61", "0612345678");
    made.settings.ringTime = 25s;
    return made;
}

}  // namespace

TEST_CASE("a number of the directory goes to what the directory says it is", "[routing]") {
    struct Line {
        const char* dialled;
        const char* way;
        const char* reason;  // the last one
        const char* entry;
    };
    const auto line = GENERATE(values<Line>({
        {"2100", "rings 2100 25s", "2100 is an extension: its phones ring for 25 s", "extension 2100"},
        {"2001", "rings 2001 25s", "2001 (Anne Castelain) is an extension: its phones ring for 25 s", "extension 2001"},
        {"8000", "enters room 8000", "8000 (Conseil) is a room: the bridge takes it", "extension 8000"},
        {"*99", "plays echo", "*99 is the echo test: the bridge takes it", "extension *99"},
        {"9", "rings 2100 25s", "2100 is an extension: its phones ring for 25 s", "extension 2100"},
        {"90", "enters room 8000", "8000 (Conseil) is a room: the bridge takes it", "extension 8000"},
        {"60", "rings 2100 25s", "2100 is an extension: its phones ring for 25 s", "extension 2100"},
        {"61", "outside +33612345678 by operateur as +33327000000",
         "+33612345678 is called by operateur as +33327000000", "gateway operateur"},
    }));
    CAPTURE(line.dialled);
    const auto plan = town().plan(line.dialled);
    CHECK_FALSE(plan.refusal);
    CHECK(test::wayOf(plan) == line.way);
    REQUIRE_FALSE(plan.reasons.empty());
    CHECK(plan.reasons.back().text == line.reason);
    CHECK(plan.reasons.back().entry == line.entry);
    CHECK(plan.reasons.back().decided);
}

TEST_CASE("a room tells the bridge how large it is", "[routing]") {
    const auto plan = town().plan("8001");
    REQUIRE(plan.stages.size() == 1);
    CHECK(plan.stages[0].targets == std::vector<RouteTarget>{CallService{Service::Room, "8001", 12}});
    CHECK(plan.stages[0].timeout == 0s);
}

TEST_CASE("what leads nowhere is refused, with the reason", "[routing][rfc3261-21.4.5]") {
    const std::string longest(32, '7');
    struct Line {
        std::string dialled;
        std::string way;
        std::string reason;
    };
    const auto line = GENERATE_COPY(values<Line>({
        {"2999", "refused: unknown number (404)", "nobody has the number 2999"},
        {"200", "refused: unknown number (404)", "nobody has the number 200"},
        {"20011", "refused: unknown number (404)", "nobody has the number 20011"},
        {"*77", "refused: unknown code (404)", "nobody has the number *77"},
        {longest, "refused: unknown number (404)", "nobody has the number " + longest},
        {"2200", "refused: unreachable (480)", "2200 (Salle vide) has no device"},
        {"", "refused: unknown number (404)", "what was dialled is not a number"},
        {longest + "7", "refused: unknown number (404)", "what was dialled is not a number"},
        {"anne.castelain", "refused: unknown number (404)", "what was dialled is not a number"},
        {"2001;phone-context=ville", "refused: unknown number (404)", "what was dialled is not a number"},
    }));
    CAPTURE(line.dialled);
    const auto plan = town().plan(line.dialled);
    CHECK(plan.stages.empty());
    CHECK_FALSE(plan.feature);
    CHECK(test::wayOf(plan) == line.way);
    REQUIRE_FALSE(plan.reasons.empty());
    CHECK(plan.reasons.back().text == line.reason);
    CHECK(plan.reasons.back().decided);
}

TEST_CASE("the same call in the same world goes the same way", "[routing]") {
    auto world = town();
    const auto first = world.plan("2100");
    world.at += 24h;
    const auto second = world.plan("2100", "2200");
    CHECK(test::wayOf(first) == test::wayOf(second));
    CHECK(first.reasons == second.reasons);
}

TEST_CASE("aliases and short codes that lead to one another end", "[routing]") {
    auto world = town();
    world.alias("70", "71");
    world.alias("71", "72");
    world.shortCode("72", "70");
    world.shortCode("73", "73");
    CHECK(world.dial("70") == "refused: loop (480)");
    CHECK(world.dial("73") == "refused: loop (480)");
}
