// SPDX-License-Identifier: AGPL-3.0-or-later
#include "beffroi/feature_functions.hpp"
#include "routing/feature_codes.hpp"
#include "unit/routing/routing_town.hpp"

#include <catch2/catch.hpp>

using namespace beffroi;
using test::RoutingTown;

namespace {

RoutingTown town() {
    RoutingTown made;
    made.phones({"2001", "2101", "2102", "2103"});
    made.group("2100", {"2001", "2101"});
    made.group("2200", {"2101"});
    made.department("accueil");
    made.extension("2001").department = "accueil";
    made.directory.devices["2001"].hotDesk = true;
    return made;
}

}  // namespace

TEST_CASE("a code asks for what it stands for, for the extension of the telephone", "[routing]") {
    using Verb = FeatureRequest::Verb;
    const auto [dialled, wanted] = GENERATE(table<const char*, FeatureRequest>({
        {"*21*2101#", {"forward-always", Verb::Set, "2001", "2101"}},
        {"*21*06 12 34 56 78#", {"forward-always", Verb::Set, "2001", "0612345678"}},
        {"*61*2101*20#", {"forward-no-answer", Verb::Set, "2001", "2101", 20s}},
        {"#61#", {"forward-no-answer", Verb::Clear, "2001"}},
        {"*#61#", {"forward-no-answer", Verb::Query, "2001"}},
        {"*67*2101#", {"forward-busy", Verb::Set, "2001", "2101"}},
        {"*62*2100#", {"forward-unreachable", Verb::Set, "2001", "2100"}},
        {"#002#", {"forwards", Verb::Clear, "2001"}},
        {"*25", {"do-not-disturb", Verb::Toggle, "2001"}},
        {"*43#", {"call-waiting", Verb::Set, "2001"}},
        {"*502100", {"group", Verb::Toggle, "2001", "2100"}},
        {"*27", {"hours", Verb::Toggle, "2001", "accueil"}},
        {"*70*2101*1234#", {"hot-desk", Verb::Set, "2001", "2101*1234"}},
        {"#70#", {"hot-desk", Verb::Clear, "2001"}},
        {"*33*1234*0041223456789#", {"call-by-pin", Verb::Set, "2001", "1234*0041223456789"}},
        {"*10", {"status", Verb::Query, "2001"}},
    }));
    CAPTURE(dialled);
    const auto plan = town().plan(dialled);
    REQUIRE(plan.feature);
    CHECK(plan.feature->function == wanted.function);
    CHECK(plan.feature->verb == wanted.verb);
    CHECK(plan.feature->extension == wanted.extension);
    CHECK(plan.feature->argument == wanted.argument);
    CHECK(plan.feature->after == wanted.after);
    CHECK(plan.stages.empty());
    CHECK_FALSE(plan.refusal);
    for (const auto& reason : plan.reasons) CHECK(reason.text.find("1234*") == std::string::npos);
}

TEST_CASE("a code that cannot be obeyed is refused with what is wrong", "[routing]") {
    const auto [dialled, way] = GENERATE(table<const char*, const char*>({
        {"*21*", "refused: code incomplete (484)"},
        {"*70*2101#", "refused: code incomplete (484)"},
        {"*502200", "refused: code not allowed (403)"},  // no member
        {"*502101", "refused: code not allowed (403)"},  // no group
        {"*98", "refused: unknown code (404)"},
    }));
    CAPTURE(dialled);
    CHECK(town().dial(dialled) == way);
    CHECK(town().dial("*27", "2101") == "refused: code not allowed (403)");
    CHECK(town().dial("*70*2101*1234#", "2101") == "refused: code not allowed (403)");
}

TEST_CASE("a forward that a telephone asks for is judged at once", "[routing]") {
    auto world = town();
    world.extension("2101").forwards.always = "2102";
    world.extension("2102").forwards.always = "2103";
    world.extension("2103").forwards.always = "2001";
    world.alias("9", "2001");
    world.shortCode("60", "2001");
    world.direct("+33327000001", "2001");
    world.classOfService("agents").forwards.set(static_cast<std::size_t>(NumberClass::Mobile));
    world.extension("2001").classOfService = "agents";
    const auto [number, way] = GENERATE(table<const char*, const char*>({
        {"2001", "refused: loop (403)"},
        {"9", "refused: loop (403)"},
        {"60", "refused: loop (403)"},
        {"0327000001", "refused: loop (403)"},
        {"2101", "refused: loop (403)"},
        {"2999", "refused: unknown number (404)"},
        {"0612345678", "sets forward-always to 0612345678"},
        {"0145678901", "refused: forward not allowed (403)"},
        {"0041223456789", "refused: forward not allowed (403)"},
        {"2100", "sets forward-always to 2100"},
        {"15", "refused: forward not allowed (403)"},
    }));
    CAPTURE(number);
    const auto plan = world.plan("*21*" + std::string{number} + '#');
    CHECK(test::wayOf(plan) == way);
    CHECK_FALSE(plan.emergency);
    CHECK(plan.stages.empty());
}

TEST_CASE("a code wins over an extension that looks like one, as long as it is a code", "[routing]") {
    auto world = town();
    world.extension("*19");
    CHECK(world.dial("*19") == "plays echo");
    world.directory.codes.push_back({"*19", "off"});
    CHECK(world.dial("*19") == "rings *19 60s");
    world.directory.codes.clear();
    world.directory.town.codes = "none";
    CHECK(world.dial("*19") == "rings *19 60s");
    CHECK(world.dial("*21*2101#") == "refused: unknown code (404)");
}

TEST_CASE("no codes from outside, nor in a transfer", "[routing]") {
    auto world = town();
    CHECK(world.fromOutside("*10") == "refused: unknown number (404)");
    CallAttempt attempt{"2001", "2001", "*21*2101#", world.at};
    attempt.payer = "2102";
    CHECK(test::wayOf(world.call(attempt)) == "refused: unknown code (404)");
}

TEST_CASE("a PIN is shown nowhere, though its code was keyed wrongly or is off", "[routing][security]") {
    RoutingTown world;
    world.phones({"2001"});
    const std::string dialled = GENERATE(values<std::string>(
        {"*70*2101#1234#", "*33*1234**0698765432", "*33*1234*0698765432", "*70*2101*1234#", "*33*1234a*06"}));
    if (GENERATE(true, false)) world.directory.town.codes = "none";
    CAPTURE(dialled, world.directory.town.codes);
    const auto shown = routing::withoutPin(dialled, world.directory);
    CHECK(shown.find("*1234") == std::string::npos);
    CHECK(shown.find("#1234") == std::string::npos);
    CHECK(test::reasonsWith(world.plan(dialled), "*1234").empty());
    CHECK(test::reasonsWith(world.plan(dialled), "#1234").empty());
    CHECK(routing::withoutPin("2105", world.directory) == "2105");
}
