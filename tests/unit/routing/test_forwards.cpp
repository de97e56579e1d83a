// SPDX-License-Identifier: AGPL-3.0-or-later
#include "unit/routing/routing_town.hpp"

#include <catch2/catch.hpp>

using namespace beffroi;
using test::diversionsOf;
using test::RoutingTown;

namespace {

RoutingTown town() {
    RoutingTown made;
    made.phones({"2001", "2101", "2102", "2103", "2104", "2105", "2106", "2107"});
    made.settings.ringTime = 30s;
    return made;
}

}  // namespace

TEST_CASE("a forward of each kind goes where it says, and says why", "[routing]") {
    auto world = town();
    auto& forwards = world.extension("2101").forwards;
    SECTION("always") {
        forwards.always = "2102";
        const auto plan = world.plan("2101");
        CHECK(test::wayOf(plan) == "rings 2102 30s");
        CHECK(diversionsOf(plan.stages[0]) == "2101 always");
        const auto reasons = test::reasonsWith(plan, "forwards all calls to 2102");
        REQUIRE(reasons.size() == 1);
        CHECK(reasons[0].entry == "extension 2101");
        CHECK(reasons[0].key == "forward-always");
        CHECK(reasons[0].decided);
    }
    SECTION("while the phone is busy, no answer, unreachable: each its own way") {
        forwards.busy = "2102";
        forwards.noAnswer = "2103";
        forwards.noAnswerAfter = 12s;
        forwards.unreachable = "2104";
        const auto plan = world.plan("2101");
        CHECK(test::wayOf(plan) ==
              "rings 2101 12s [busy: rings 2102 30s] [no answer: rings 2103 30s] [unreachable: rings 2104 30s]");
        CHECK(diversionsOf(plan.stages[plan.stages[0].ifBusy]) == "2101 busy");
        CHECK(diversionsOf(plan.stages[plan.stages[0].ifNoAnswer]) == "2101 no-answer");
        CHECK(diversionsOf(plan.stages[plan.stages[0].ifUnreachable]) == "2101 unreachable");
    }
    SECTION("busy without call waiting is known before anything rings") {
        forwards.busy = "2102";
        world.lines.busy.insert("2101");
        CHECK(world.dial("2101") == "rings 2101 30s [busy: rings 2102 30s]");
        world.lines.settings["2101"].callWaiting = false;
        CHECK(world.dial("2101") == "rings 2102 30s");
        forwards.busy.clear();
        CHECK(world.dial("2101") == "refused: busy (486)");
    }
    SECTION("so is that no telephone is registered") {
        world.lines.unreachable.insert("2101");
        CHECK(world.dial("2101") == "refused: unreachable (480)");
        forwards.unreachable = "2102";
        const auto plan = world.plan("2101");
        CHECK(test::wayOf(plan) == "rings 2102 30s");
        CHECK(diversionsOf(plan.stages[0]) == "2101 unreachable");
    }
    SECTION("do-not-disturb goes where busy goes") {
        world.lines.settings["2101"].doNotDisturb = true;
        CHECK(world.dial("2101") == "refused: not disturbed (486)");
        forwards.busy = "2102";
        const auto plan = world.plan("2101");
        CHECK(test::wayOf(plan) == "rings 2102 30s");
        CHECK(diversionsOf(plan.stages[0]) == "2101 do-not-disturb");
    }
    SECTION("to an announcement") {
        forwards.always = "announcement:moved";
        CHECK(world.dial("2101") == "announces moved");
    }
}

TEST_CASE("the telephone's own forward comes before the extension's, the person's, the department's", "[routing]") {
    auto world = town();
    world.person("anne", "2101").department = "accueil";
    world.department("accueil").forwards.always = "2105";
    CHECK(world.dial("2101") == "rings 2105 30s");
    CHECK(test::reasonsWith(world.plan("2101"), "forwards all")[0].entry == "department accueil");
    world.person("anne", "2101").forwards.always = "2104";
    CHECK(world.dial("2101") == "rings 2104 30s");
    world.extension("2101").forwards.always = "2103";
    CHECK(world.dial("2101") == "rings 2103 30s");
    world.lines.settings["2101"].forwards.always = "2102";
    const auto plan = world.plan("2101");
    CHECK(test::wayOf(plan) == "rings 2102 30s");
    CHECK(test::reasonsWith(plan, "forwards all")[0].entry == "settings of 2101");
}

TEST_CASE("the seconds of a forward are its own, else those of whoever stands behind it", "[routing]") {
    auto world = town();
    world.lines.settings["2101"].forwards.noAnswer = "2102";
    CHECK(world.dial("2101") == "rings 2101 30s [no answer: rings 2102 30s]");
    world.extension("2101").forwards.noAnswerAfter = 18s;
    CHECK(world.dial("2101") == "rings 2101 18s [no answer: rings 2102 30s]");
    world.lines.settings["2101"].forwards.noAnswerAfter = 9s;
    CHECK(world.dial("2101") == "rings 2101 9s [no answer: rings 2102 30s]");
}

TEST_CASE("a forward that leads back is passed over: the last telephone rings", "[routing]") {
    auto world = town();
    world.extension("2101").forwards.always = "2102";
    SECTION("to itself") {
        world.extension("2101").forwards.always = "2101";
        CHECK(world.dial("2101") == "rings 2101 30s");
    }
    SECTION("by two") {
        world.extension("2102").forwards.always = "2101";
        const auto plan = world.plan("2101");
        CHECK(test::wayOf(plan) == "rings 2102 30s");
        const auto reasons = test::reasonsWith(plan, "passed over: the way leads back to 2101");
        REQUIRE(reasons.size() == 1);
        CHECK(reasons[0].entry == "extension 2102");
        CHECK(reasons[0].key == "forward-always");
        CHECK_FALSE(reasons[0].decided);
    }
    SECTION("by an alias and a short code") {
        world.alias("9", "2101");
        world.shortCode("60", "9");
        world.extension("2102").forwards.always = "60";
        CHECK(world.dial("2101") == "rings 2102 30s");
    }
    SECTION("only once nobody has answered") {
        world.extension("2101").forwards = {};
        world.extension("2101").forwards.noAnswer = "2102";
        world.extension("2102").forwards.noAnswer = "2101";
        CHECK(world.dial("2101") == "rings 2101 30s [no answer: rings 2102 30s]");
    }
    SECTION("to the number of nobody") {
        world.extension("2102").forwards.always = "2999";
        const auto plan = world.plan("2101");
        CHECK(test::wayOf(plan) == "rings 2102 30s");
        CHECK(test::reasonsWith(plan, "passed over: nobody has the number 2999").size() == 1);
    }
}

TEST_CASE("a call follows five forwards, and not a sixth", "[routing]") {
    auto world = town();
    for (int i = 1; i <= 6; ++i) {
        world.extension("210" + std::to_string(i)).forwards.always = "210" + std::to_string(i + 1);
    }
    const auto plan = world.plan("2101");
    CHECK(test::wayOf(plan) == "rings 2106 30s");
    CHECK(plan.stages[0].diversions.size() == routing::kMostForwards);
    CHECK(test::reasonsWith(plan, "passed over: 5 forwards have led here already").size() == 1);
}

TEST_CASE("a forward outside is judged for who forwards", "[routing]") {
    auto world = town();
    world.extension("2101").forwards.always = "0612345678";
    const auto mobile = static_cast<std::size_t>(NumberClass::Mobile);
    CHECK(world.dial("2101") == "outside +33612345678 by operateur as +33327000000");
    SECTION("the caller's class gives it no right") {
        world.classOfService("all").allowed.set();
        world.classOfService("all").forwards.set();
        world.classOfService("nothing");
        world.extension("2001").classOfService = "all";
        world.extension("2101").classOfService = "nothing";
        const auto plan = world.plan("2101");
        CHECK(test::wayOf(plan) == "rings 2101 30s");
        CHECK(test::reasonsWith(plan, "passed over: the class nothing does not allow forwards to mobile").size() == 1);
    }
    SECTION("the right to call is none to forward") {
        world.classOfService("calls").allowed.set();
        world.extension("2101").classOfService = "calls";
        CHECK(world.dial("2101") == "rings 2101 30s");
        world.classOfService("calls").forwards.set(mobile);
        CHECK(world.dial("2101") == "outside +33612345678 by operateur as +33327000000");
    }
    SECTION("international and premium numbers are closed without any class") {
        const std::string number = GENERATE(values<std::string>({"0041223456789", "+447700900123", "0899123456"}));
        world.extension("2101").forwards.always = number;
        CHECK(world.dial("2101") == "rings 2101 30s");
    }
    SECTION("nobody forwards to an emergency number") {
        world.extension("2101").forwards.always = "15";
        const auto plan = world.plan("2101");
        CHECK(test::wayOf(plan) == "rings 2101 30s");
        CHECK_FALSE(plan.emergency);
    }
}

TEST_CASE("forward × closed: a closed department's calls go where it says, but for who forwards all", "[routing]") {
    auto world = town();
    world.hours("bureau", {"mon-fri 08:30-12:00"});
    world.department("accueil").hours = "bureau";
    world.extension("2101").department = "accueil";
    world.extension("2101").forwards.closed = "2102";
    const auto [time, always, way] = GENERATE(table<const char*, const char*, const char*>({
        {"2027-05-03 10:00", "", "rings 2101 30s"},
        {"2027-05-03 12:00", "", "rings 2102 30s"},
        {"2027-05-03 10:00", "2103", "rings 2103 30s"},
        {"2027-05-03 12:00", "2103", "rings 2103 30s"},
        {"2027-05-03 12:00", "2101", "rings 2102 30s"},  // a forward that counts for nothing
    }));
    CAPTURE(time, always);
    world.at = world.paris(time);
    world.extension("2101").forwards.always = always;
    CHECK(world.dial("2101") == way);
}

TEST_CASE("a secretary takes the calls of the boss", "[routing]") {
    auto world = town();
    auto& boss = world.person("maire", "2101");
    boss.secretary = "2102";
    boss.reachedBy = {"2103"};
    CHECK(diversionsOf(world.plan("2101").stages[0]) == "2101 always");

    SECTION("and she, and whom the boss names, get through") {
        const auto [caller, way] = GENERATE(table<const char*, const char*>({
            {"2001", "rings 2102 30s"},
            {"2102", "rings 2101 30s"},
            {"2103", "rings 2101 30s"},
        }));
        CAPTURE(caller);
        CHECK(world.dial("2101", caller) == way);
    }
    SECTION("× do-not-disturb: only whom the boss names may disturb") {
        world.lines.settings["2101"].doNotDisturb = true;
        CHECK(world.dial("2101", "2001") == "rings 2102 30s");
        CHECK(world.dial("2101", "2102") == "refused: not disturbed (486)");
        CHECK(world.dial("2101", "2103") == "rings 2101 30s");
    }
    SECTION("× forward of the boss: the secretary first") {
        world.extension("2101").forwards.always = "2104";
        CHECK(world.dial("2101", "2001") == "rings 2102 30s");
        CHECK(world.dial("2101", "2102") == "rings 2104 30s");
    }
    SECTION("× forward of the secretary: also back to the boss") {
        world.extension("2102").forwards.noAnswer = "2101";
        CHECK(world.dial("2101") == "rings 2102 30s [no answer: rings 2101 30s]");
        world.extension("2102").forwards.always = "2101";
        CHECK(world.dial("2101") == "rings 2101 30s");
        world.extension("2102").forwards.always = "2105";
        CHECK(world.dial("2101") == "rings 2105 30s");
    }
    SECTION("× a boss who forwards to the secretary: it ends") {
        world.extension("2101").forwards.always = "2102";
        world.extension("2102").forwards.always = "2101";
        CHECK(world.dial("2101") == "rings 2101 30s");
        CHECK(world.dial("2101", "2102") == "rings 2102 30s");
    }
    SECTION("unless there is no such extension") {
        boss.secretary = "2999";
        CHECK(world.dial("2101") == "rings 2101 30s");
    }
}

TEST_CASE("forwards of forwards share the stages that a call may have, the nearest first", "[routing]") {
    auto world = town();
    const auto number = [](int i) { return std::to_string(3000 + i); };
    for (int i = 0; i < 400; ++i) {
        auto& forwards = world.extension(number(i)).forwards;
        forwards.busy = number(3 * i + 1);
        forwards.noAnswer = number(3 * i + 2);
        forwards.unreachable = number(3 * i + 3);
    }
    const auto plan = world.plan("3000");
    CHECK(plan.stages.size() == routing::kMostStages);
    for (std::size_t i = 0; i < 10; ++i) {
        CHECK(plan.stages[i].ifBusy < routing::kMostStages);
        CHECK(plan.stages[i].ifUnreachable < routing::kMostStages);
    }
    CHECK(plan.stages.back().ifBusy == RouteStage::kEnd);
    CHECK_FALSE(test::reasonsWith(plan, "at most 32 stages").empty());
}
