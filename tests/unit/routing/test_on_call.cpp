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

TEST_CASE("an escalation goes on past what is closed, or only says something", "[routing]") {
    auto world = town();
    world.hours("bureau", {"mon-fri 08:30-12:00"});
    world.directory.rotas["technique"].escalation = {"2400", "announcement:closed", "2102"};
    world.department("accueil", "2400", {"2103"});
    world.department("accueil").hours = "bureau";
    SECTION("a department that is open rings") {
        CHECK(world.dial("2300") == "rings 2101 20s [else: rings 2103 60s [else: rings 2102 20s]]");
    }
    SECTION("at night it does not, and who is on call rings whatever the hours") {
        world.at = world.paris("2027-05-03 03:00");
        world.department("accueil").forwards.closed = "announcement:closed";
        world.extension("2101").department = "accueil";
        CHECK(world.dial("2300") == "rings 2101 20s [else: rings 2102 20s]");
    }
}

TEST_CASE("a rota within a rota: all of it rings, then the rest of the outer one", "[routing]") {
    auto world = town();
    world.phones({"2104", "2105"});
    world.directory.rotas["technique"].escalation = {"on-call:police", "2102"};
    auto& police = world.rota("police", {"2027-04-30 12:00 2103"});
    police.escalation = {"2104"};
    police.ringTime = 10s;
    CHECK(world.dial("2300") == "rings 2101 20s [else: rings 2103 10s [else: rings 2104 10s [else: rings 2102 20s]]]");
    world.lines.unreachable = {"2103", "2104"};
    CHECK(world.dial("2300") == "rings 2101 20s [else: rings 2102 20s]");
    world.lines.unreachable = {"2101", "2102", "2103", "2104"};
    CHECK(world.dial("2300") == "announces unreachable");
}

TEST_CASE("for a rota that nobody forwards to the town answers, not who dials it", "[routing]") {
    auto world = town();
    world.at = world.paris("2027-05-08 03:00");
    world.shortCode("60", "on-call:technique");
    world.alias("2900", "60");
    world.classOfService("inside");
    world.extension("2001").classOfService = "inside";
    const auto dialled = GENERATE("60", "2900");
    CHECK(world.dial(dialled).starts_with("outside +33612345678 by operateur as +33327000000 20s"));
    world.directory.town.classOfService = "inside";
    CHECK(world.dial(dialled) == "rings 2102 20s");
    world.classOfService("inside").forwards.set(static_cast<std::size_t>(NumberClass::Mobile));
    CHECK(world.dial(dialled).starts_with("outside +33612345678"));
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
