// SPDX-License-Identifier: AGPL-3.0-or-later
#include "routing/emergency.hpp"
#include "unit/routing/routing_town.hpp"

#include <catch2/catch.hpp>

#include <functional>

using namespace beffroi;
using test::RoutingTown;

namespace {

constexpr const char* kMairie =
    "emergency 15 by operateur as +33327000018 [else: emergency 15 by operateur-b as +33327000018]";

RoutingTown town() {
    RoutingTown made;
    made.phones({"2001", "2101"});
    made.site("mairie").emergencyNotify = "2101";
    made.site("ecole").emergencyNumber = "+33327111118";
    made.site("ecole").gateway = "operateur-b";
    made.gateway("operateur-b");
    made.directory.devices["2101"].site = "ecole";
    return made;
}

}  // namespace

TEST_CASE("every emergency number is called from every telephone", "[routing]") {
    auto world = town();
    const std::string number =
        GENERATE(values<std::string>({"15", "17", "18", "112", "114", "115", "116000", "116117", "119", "191", "196"}));
    CAPTURE(number);
    const auto plan = world.plan(number);
    CHECK(plan.emergency);
    CHECK(plan.notify == "2101");
    REQUIRE(plan.stages.size() == 2);
    CHECK(plan.stages[0].targets == std::vector<RouteTarget>{DialOutside{number, "operateur", "+33327000018", true}});
    CHECK(plan.stages[1].targets == std::vector<RouteTarget>{DialOutside{number, "operateur-b", "+33327000018", true}});
    for (const auto& stage : plan.stages) {
        CHECK(stage.timeout == 0s);
        CHECK_FALSE(stage.shared);
        CHECK(stage.diversions.empty());
    }
}

TEST_CASE("with the outside prefix, without it, and by habit", "[routing]") {
    auto world = town();
    CHECK(world.dial("015") == kMairie);
    world.directory.town.outsidePrefix = "9";
    CHECK(world.dial("15") == kMairie);
    CHECK(world.dial("915") == kMairie);
    CHECK(world.dial("015") == kMairie);
    SECTION("but an extension that somebody has is one") {
        world.extension("015");
        CHECK(world.dial("015") == "rings 015 60s");
        CHECK(world.dial("915") == kMairie);
    }
}

TEST_CASE("emergency × everything: nothing stands in the way", "[routing]") {
    auto world = town();
    const std::function<void(RoutingTown&)> spoil = GENERATE(values<std::function<void(RoutingTown&)>>({
        [](RoutingTown& it) { it.extension("15").label = "shadow"; },
        [](RoutingTown& it) { it.alias("15", "2101"); },
        [](RoutingTown& it) { it.shortCode("15", "2101"); },
        [](RoutingTown& it) { it.group("15", {"2101"}); },
        [](RoutingTown& it) {
            it.directory.codes.push_back({"15", "echo-test"});
        },
        [](RoutingTown& it) {
            it.classOfService("nothing");
            it.extension("2001").classOfService = "nothing";
        },
        [](RoutingTown& it) {
            it.hours("never", {});
            it.classOfService("closed").hours = "never";
            it.directory.town.classOfService = "closed";
        },
        [](RoutingTown& it) { it.lines.settings["2001"].forwards.always = "2101"; },
        [](RoutingTown& it) { it.lines.settings["2001"].doNotDisturb = true; },
        [](RoutingTown& it) {
            it.lines.busy = {"2001", "2101"};
        },
        [](RoutingTown& it) {
            it.lines.unreachable = {"2001", "2101"};
        },
        [](RoutingTown& it) { it.person("anne", "2001").secretary = "2101"; },
        [](RoutingTown& it) {
            it.department("accueil", "2100");
            it.extension("2001").department = "accueil";
            it.lines.overrides["accueil"];
        },
        [](RoutingTown& it) {
            it.gateway("operateur").maximumCalls = 1;
            it.lines.gatewayCalls["operateur"] = 1;
        },
        [](RoutingTown& it) { it.gateway("operateur").presents = {"+33327000099"}; },
        [](RoutingTown& it) { it.directory.town.codes = "none"; },
        [](RoutingTown& it) { it.directory.extensions.erase("2001"); },
        [](RoutingTown& it) { it.at = it.paris("2027-01-01 03:00"); },
    }));
    spoil(world);
    const auto plan = world.plan("15");
    CHECK(test::wayOf(plan) == kMairie);
    CHECK(plan.emergency);
}

TEST_CASE("a code before an emergency number does not hide who calls", "[routing]") {
    auto world = town();
    const std::string dialled = GENERATE(values<std::string>({"*31*15", "#31#15", "365115", "*33*1234*15", "*31*15#"}));
    CAPTURE(dialled);
    const auto plan = world.plan(dialled);
    CHECK(test::wayOf(plan) == kMairie);
    CHECK(plan.emergency);
    CHECK_FALSE(plan.withheld);
    CHECK_FALSE(plan.feature);
}

TEST_CASE("help is recognised in whatever form telephones send it", "[routing][rfc3966-5.1.5]") {
    auto world = town();
    const std::string dialled =
        GENERATE(values<std::string>({"15#", "+3315", "15;phone-context=+33", "15;phone-context=other.example",
                                      "*33*15", "*33**15", "*33*1234*015", "3651015", "#31#15#"}));
    if (GENERATE(true, false)) world.directory.town.codes = "none";
    CAPTURE(dialled, world.directory.town.codes);
    CHECK(world.dial(dialled) == kMairie);
    CHECK(routing::helpIn(dialled, world.directory, test::france()) != nullptr);
}

TEST_CASE("what only looks like a call for help is none", "[routing]") {
    auto world = town();
    const std::string dialled = GENERATE(values<std::string>(
        {"*21*15", "*61*2101*15#", "*70*2101*15", "+4115", "+331", "15*", "*15", "#", "150", "+33327000015"}));
    CAPTURE(dialled);
    CHECK_FALSE(world.plan(dialled).emergency);
    CHECK(routing::helpIn(dialled, world.directory, test::france()) == nullptr);
}

TEST_CASE("a short code or an alias for an emergency number calls it", "[routing]") {
    auto world = town();
    world.shortCode("60", "15");
    world.alias("600", "60");
    CHECK(world.dial("60") == kMairie);
    const auto plan = world.plan("600");
    CHECK(test::wayOf(plan) == kMairie);
    CHECK(plan.emergency);
}

TEST_CASE("the place of the telephone says by whom the call goes, and as whom", "[routing]") {
    auto world = town();
    const auto plan = world.plan("18", "2101");
    CHECK(test::wayOf(plan) ==
          "emergency 18 by operateur-b as +33327111118 [else: emergency 18 by operateur as +33327111118]");
    CHECK(plan.notify.empty());

    SECTION("the telephone, not the extension that uses it") {
        CallAttempt attempt{"2001", "2101", "18", world.at};
        CHECK(test::wayOf(world.call(attempt)).starts_with("emergency 18 by operateur-b as +33327111118"));
    }
    SECTION("nor the office of a guest who has logged in there, when the telephone has no site") {
        world.department("ecole").site = "ecole";
        world.extension("2101").department = "ecole";
        world.directory.devices["2101"].site.clear();
        world.site("ecole").emergencyNumber.clear();
        world.direct("+33327000101", "2101");
        world.direct("+33327000001", "2001");
        CallAttempt attempt{"2001", "2101", "18", world.at};
        CHECK(test::wayOf(world.call(attempt)).starts_with("emergency 18 by operateur-b as +33327000101"));
        world.extension("2101").department.clear();
        CHECK(test::wayOf(world.call(attempt)).starts_with("emergency 18 by operateur as +33327000101"));
    }
    SECTION("without an emergency number the site's, the caller's, the gateway's") {
        world.site("ecole").emergencyNumber.clear();
        world.gateway("operateur-b").number = "+33327111100";
        world.directory.directNumberOf["2101"] = "+33327000101";
        world.site("ecole").number = "+33327111111";
        CHECK(world.dial("18", "2101").starts_with("emergency 18 by operateur-b as +33327111111"));
        world.site("ecole").number.clear();
        CHECK(world.dial("18", "2101").starts_with("emergency 18 by operateur-b as +33327000101"));
        world.directory.directNumberOf.clear();
        CHECK(world.dial("18", "2101").starts_with("emergency 18 by operateur-b as +33327111100"));
    }
    SECTION("a telephone of no site goes by the town's gateway") {
        world.directory.devices["2001"].site.clear();
        CHECK(world.dial("18").starts_with("emergency 18 by operateur as +33327000099"));
    }
    SECTION("no gateway is left out: after the site's and the town's come the others, by name") {
        world.gateway("a-other");
        world.gateway("z-other");
        CHECK(world.dial("18", "2101") ==
              "emergency 18 by operateur-b as +33327111118 [else: emergency 18 by operateur as +33327111118 "
              "[else: emergency 18 by a-other as +33327111118 [else: emergency 18 by z-other as +33327111118]]]");
        world.directory.town.gateway.clear();
        world.directory.devices["2001"].site.clear();
        CHECK(world.dial("18").starts_with("emergency 18 by a-other"));
    }
    SECTION("more gateways than a call has stages") {
        for (int i = 0; i < 40; ++i) world.gateway("gateway-" + std::to_string(i));
        const auto far = world.plan("18", "2101");
        CHECK(test::wayOf(far).starts_with("emergency 18 by operateur-b as +33327111118 [else: emergency 18 by "));
        CHECK(far.stages.back().ifBusy == RouteStage::kEnd);
    }
    SECTION("no gateway at all: it is an emergency call that could not be made") {
        world.directory.gateways.clear();
        const auto failed = world.plan("18");
        CHECK(test::wayOf(failed) == "refused: no line (503)");
        CHECK(failed.emergency);
        CHECK(failed.notify == "2101");
    }
}

TEST_CASE("nobody calls an emergency number from outside", "[routing]") {
    CHECK(town().fromOutside("15") == "refused: unknown number (404)");
    CHECK_FALSE(town().planFromOutside("15").emergency);
}
