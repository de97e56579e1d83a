// SPDX-License-Identifier: AGPL-3.0-or-later
#include "unit/routing/routing_town.hpp"

#include <catch2/catch.hpp>

using namespace beffroi;
using test::RoutingTown;

namespace {

RoutingTown town() {
    RoutingTown made;
    made.phones({"2001", "2101", "2102", "2103"});
    auto& rota = made.rota("technique", {"2027-04-30 12:00 2101", "2027-05-07 12:00 0612345678"});
    rota.escalation = {"2102", "0698765432"};
    rota.ringTime = 20s;
    made.department("technique", "2300");
    made.extension("2300").forwards.always = "on-call:technique";
    return made;
}

}  // namespace

TEST_CASE("who is on call rings, then the escalation, whatever became of the one before", "[routing]") {
    auto world = town();
    const auto [time, first] = GENERATE(table<const char*, const char*>({
        {"2027-05-03 10:00", "rings 2101 20s"},
        {"2027-05-07 11:59", "rings 2101 20s"},
        {"2027-05-07 12:00", "outside +33612345678 by operateur as +33327000000 20s"},
        {"2027-05-31 03:00", "outside +33612345678 by operateur as +33327000000 20s"},
    }));
    CAPTURE(time);
    world.at = world.paris(time);
    CHECK(test::wayOf(world.plan("2300")).starts_with(first));
    CHECK(test::reasonsWith(world.plan("2300"), "is on call by the rota technique").size() == 1);
}

TEST_CASE("an escalation goes on past who cannot be rung", "[routing]") {
    auto world = town();
    SECTION("nothing is in the way") {
        CHECK(world.dial("2300") ==
              "rings 2101 20s [else: rings 2102 20s [else: outside +33698765432 by operateur as +33327000000 20s]]");
    }
    SECTION("the first is busy without call waiting, or does not want to be disturbed, or is not there") {
        const auto how = GENERATE(0, 1, 2);
        world.lines.busy.insert("2101");
        if (how == 0) world.lines.settings["2101"].callWaiting = false;
        if (how == 1) world.lines.settings["2101"].doNotDisturb = true;
        if (how == 2) world.lines.unreachable.insert("2101");
        world.extension("2101").forwards.busy = "2103";  // the next on call comes before it
        CHECK(world.dial("2300").starts_with("rings 2102 20s"));
    }
    SECTION("before the first turn") {
        world.at = world.paris("2027-04-01 00:00");
        const auto plan = world.plan("2300");
        CHECK(test::wayOf(plan).starts_with("rings 2102 20s"));
        CHECK(test::reasonsWith(plan, "nobody's turn is written down").size() == 1);
    }
    SECTION("a forward of all calls is followed, and the next one follows it") {
        world.extension("2101").forwards.always = "2103";
        CHECK(world.dial("2300").starts_with("rings 2103 20s [else: rings 2102 20s"));
    }
    SECTION("the rights are those of who forwards to it") {
        world.classOfService("inside");
        world.extension("2300").classOfService = "inside";
        CHECK(world.dial("2300") == "rings 2101 20s [else: rings 2102 20s]");
    }
    SECTION("nobody is left: that is said") {
        world.lines.unreachable = {"2101", "2102"};
        world.classOfService("inside");
        world.extension("2300").classOfService = "inside";
        CHECK(world.dial("2300") == "announces unreachable");
    }
}

TEST_CASE("a rota that leads to itself, or that is not there", "[routing]") {
    auto world = town();
    world.directory.rotas["technique"].escalation = {"2300", "on-call:technique", "on-call:police"};
    CHECK(world.dial("2300") == "rings 2101 20s");
    world.alias("9", "on-call:police");
    CHECK(world.dial("9") == "refused: unreachable (404)");
}

TEST_CASE("a group that is on call goes on to the escalation", "[routing]") {
    auto world = town();
    world.group("2200", {"2101", "2103"});
    world.extension("2200").forwards.noAnswer = "2001";
    world.directory.rotas["technique"] = {};
    auto& rota = world.rota("technique", {"2027-04-30 12:00 2200"});
    rota.escalation = {"2102"};
    CHECK(world.dial("2300") == "rings 2101, 2103 60s [else: rings 2102 60s]");
}
