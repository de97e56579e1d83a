// SPDX-License-Identifier: AGPL-3.0-or-later
#include "unit/routing/routing_town.hpp"

#include <catch2/catch.hpp>

using namespace beffroi;
using test::RoutingTown;

namespace {

RoutingTown town() {
    RoutingTown made;
    made.phones({"2001", "2101"});
    return made;
}

void allow(NumberClasses& classes, std::initializer_list<NumberClass> which) {
    for (const auto each : which) classes.set(static_cast<std::size_t>(each));
}

}  // namespace

TEST_CASE("without any class of service free, national and mobile numbers can be dialled", "[routing]") {
    const auto [dialled, way] = GENERATE(table<const char*, const char*>({
        {"0145678901", "outside +33145678901 by operateur as +33327000000"},
        {"0033145678901", "outside +33145678901 by operateur as +33327000000"},
        {"+33145678901", "outside +33145678901 by operateur as +33327000000"},
        {"01 45 67 89 01", "outside +33145678901 by operateur as +33327000000"},
        {"0612345678", "outside +33612345678 by operateur as +33327000000"},
        {"0800123456", "outside +33800123456 by operateur as +33327000000"},
        {"0899123456", "refused: not allowed (403)"},
        {"0041223456789", "refused: not allowed (403)"},
        {"118008", "refused: not allowed (403)"},
        {"014567890", "refused: unknown number (404)"},
    }));
    CAPTURE(dialled);
    CHECK(town().dial(dialled) == way);
}

TEST_CASE("the outside prefix is not part of the number", "[routing]") {
    auto world = town();
    world.directory.town.outsidePrefix = "9";
    CHECK(world.dial("90145678901") == "outside +33145678901 by operateur as +33327000000");
    CHECK(world.dial("0145678901") == "outside +33145678901 by operateur as +33327000000");
    CHECK(world.dial("+33145678901") == "outside +33145678901 by operateur as +33327000000");
}

TEST_CASE("a class of service says what may be called, when, and with the PIN", "[routing]") {
    auto world = town();
    auto& its = world.classOfService("agents");
    allow(its.allowed, {NumberClass::National, NumberClass::Mobile});
    allow(its.allowedClosed, {NumberClass::National});
    allow(its.allowedByPin, {NumberClass::International});
    its.hours = "bureau";
    world.hours("bureau", {"mon-fri 08:00-18:00"});
    world.extension("2001").classOfService = "agents";
    struct Line {
        const char* dialled;
        const char* time;
        bool byPin;
        const char* way;
    };
    const auto line = GENERATE(values<Line>({
        {"0145678901", "2027-05-03 10:00", false, "outside"},
        {"0612345678", "2027-05-03 10:00", false, "outside"},
        {"0612345678", "2027-05-03 20:00", false, "refused: not allowed (403)"},
        {"0145678901", "2027-05-03 20:00", false, "outside"},
        {"0041223456789", "2027-05-03 10:00", false, "refused: pin needed (403)"},
        {"0041223456789", "2027-05-03 10:00", true, "outside"},
        {"0041223456789", "2027-05-03 20:00", true, "outside"},
        {"0899123456", "2027-05-03 10:00", true, "refused: not allowed (403)"},
        {"0800123456", "2027-05-03 10:00", false, "refused: not allowed (403)"},
        {"15", "2027-05-03 20:00", false, "emergency"},
        {"2101", "2027-05-03 20:00", false, "rings"},
    }));
    CAPTURE(line.dialled, line.time, line.byPin);
    world.at = world.paris(line.time);
    CallAttempt attempt{"2001", "2001", line.dialled, world.at};
    attempt.byPin = line.byPin;
    CHECK(test::wayOf(world.call(attempt)).starts_with(line.way));
}

TEST_CASE("the class is the extension's, else the person's, else the town's", "[routing]") {
    auto world = town();
    allow(world.classOfService("mobile").allowed, {NumberClass::Mobile});
    world.classOfService("nothing");
    const auto may = [&world] { return world.dial("0612345678").starts_with("outside"); };
    CHECK(may());
    world.directory.town.classOfService = "nothing";
    CHECK_FALSE(may());
    world.person("anne", "2001").classOfService = "mobile";
    CHECK(may());
    world.extension("2001").classOfService = "nothing";
    CHECK_FALSE(may());
    const auto reasons = test::reasonsWith(world.plan("0612345678"), "does not allow mobile numbers");
    REQUIRE_FALSE(reasons.empty());
    CHECK(reasons[0].entry == "class-of-service nothing");
    CHECK(reasons[0].key == "allowed");
}

TEST_CASE("a call is judged for who pays: the one who transfers it", "[routing]") {
    auto world = town();
    auto& its = world.classOfService("agents");
    allow(its.allowed, {NumberClass::Mobile});
    world.extension("2101").classOfService = "agents";
    world.classOfService("all").allowed.set();
    world.extension("2001").classOfService = "all";
    CallAttempt attempt{"2001", "2001", "0612345678", world.at};
    CHECK(test::wayOf(world.call(attempt)).starts_with("outside"));
    attempt.payer = "2101";
    CHECK(test::wayOf(world.call(attempt)) == "refused: not allowed (403)");
    allow(its.forwards, {NumberClass::Mobile});
    CHECK(test::wayOf(world.call(attempt)).starts_with("outside"));
}

TEST_CASE("what is presented outside is as near to the caller as the gateway lets it be", "[routing]") {
    auto world = town();
    world.department("accueil").number = "2100";
    world.extension("2001").department = "accueil";
    auto& gateway = world.gateway("operateur");
    const auto presented = [&world] {
        const auto way = world.dial("0612345678");
        return way.substr(way.find(" by operateur") + 13);
    };
    CHECK(presented() == " as +33327000000");
    world.directory.directNumberOf["2100"] = "+33327000100";
    CHECK(presented() == " as +33327000100");
    world.directory.directNumberOf["2001"] = "+33327000101";
    CHECK(presented() == " as +33327000101");
    SECTION("what it may not present is passed over") {
        gateway.presents = {"+33327000000", "+33327000102-+33327000199"};
        CHECK(presented() == " as +33327000000");
        gateway.presents = {"+33327000100-+33327000100"};
        CHECK(presented() == " as +33327000100");
        gateway.presents = {"+33327000200"};
        CHECK(presented() == " as +33327000099");
        gateway.number.clear();
        CHECK(presented() == ", withheld");
    }
    SECTION("and nothing if the caller hides it") {
        const auto plan = world.plan("*31*0612345678");
        CHECK(test::wayOf(plan) == "outside +33612345678 by operateur, withheld");
        CHECK(plan.withheld);
        CHECK(world.dial("36510612345678") == "outside +33612345678 by operateur, withheld");
        CHECK(world.plan("#31#2101").withheld);
        CHECK(world.dial("#31#2101") == "rings 2101 60s");
    }
}

TEST_CASE("a call leaves by the gateway of the place, while it has room", "[routing]") {
    auto world = town();
    world.gateway("ecole").number = "+33327111100";
    world.site("ecole").gateway = "ecole";
    world.directory.devices["2001"].site = "ecole";
    CHECK(world.dial("0612345678") == "outside +33612345678 by ecole as +33327111100");
    world.gateway("ecole").maximumCalls = 2;
    world.lines.gatewayCalls["ecole"] = 1;
    CHECK(world.dial("0612345678") == "outside +33612345678 by ecole as +33327111100");
    world.lines.gatewayCalls["ecole"] = 2;
    CHECK(world.dial("0612345678") == "refused: no line (503)");
    world.directory.gateways.clear();
    CHECK(world.dial("0612345678") == "refused: no line (503)");
}

TEST_CASE("a contact's name is told among the reasons", "[routing]") {
    auto world = town();
    world.directory.contacts["+33612345678"] = {"+33612345678", "Garage Petit"};
    CHECK(test::reasonsWith(world.plan("0612345678"), "+33612345678 (Garage Petit) is a number outside, class mobile")
              .size() == 1);
}
