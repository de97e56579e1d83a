// SPDX-License-Identifier: AGPL-3.0-or-later
#include "unit/routing/routing_town.hpp"

#include <catch2/catch.hpp>

using namespace beffroi;
using test::diversionsOf;
using test::RoutingTown;

namespace {

RoutingTown town() {
    RoutingTown made;
    made.phones({"2001", "2101", "2102", "2103", "2105", "2106"});
    made.group("2100", {"2101", "2102", "2103"});
    return made;
}

}  // namespace

TEST_CASE("each strategy rings the members in its way", "[routing]") {
    auto world = town();
    world.lines.groupCalls["2100"] = 4;
    world.lines.idle = {{"2101", Clock::WallTime{90min}}, {"2103", Clock::WallTime{30min}}};  // 2102 was never called
    world.extension("2100").memberRingTime = 10s;
    world.extension("2100").ringTime = 25s;
    const auto [strategy, way] = GENERATE(table<Strategy, const char*>({
        {Strategy::All, "rings 2101, 2102, 2103 25s"},
        {Strategy::InOrder, "rings 2101 10s [else: rings 2102 10s [else: rings 2103 5s]]"},
        {Strategy::RoundRobin, "rings 2102 10s [else: rings 2103 10s [else: rings 2101 5s]]"},
        {Strategy::LongestIdle, "rings 2102 10s [else: rings 2103 10s [else: rings 2101 5s]]"},
    }));
    world.extension("2100").strategy = strategy;
    const auto plan = world.plan("2100");
    CHECK(test::wayOf(plan) == way);
    for (const auto& stage : plan.stages) {
        CHECK(stage.shared);
        CHECK(diversionsOf(stage) == "2100 group");
    }
}

TEST_CASE("a ring time of a group ends it, whoever has not been rung", "[routing]") {
    auto world = town();
    world.extension("2100").strategy = Strategy::InOrder;
    CHECK(world.dial("2100") == "rings 2101 15s [else: rings 2102 15s [else: rings 2103 15s]]");
    world.extension("2100").ringTime = 20s;
    world.extension("2100").forwards.noAnswer = "2105";
    CHECK(world.dial("2100") == "rings 2101 15s [else: rings 2102 5s [else: rings 2105 60s]]");
}

TEST_CASE("who cannot take a call is not rung, and a reason says why", "[routing]") {
    auto world = town();
    auto& lines = world.lines;
    const auto [spoil, why] = GENERATE_REF(table<std::function<void()>, const char*>({
        {[&] { lines.busy.insert("2102"); }, "it is busy"},
        {[&] { lines.settings["2102"].doNotDisturb = true; }, "it does not want to be disturbed"},
        {[&] { lines.settings["2102"].leftGroups.insert("2100"); }, "it has logged out of the group"},
        {[&] { lines.settings["2102"].forwards.always = "2105"; }, "it forwards all calls"},
        {[&] { lines.unreachable.insert("2102"); }, "no telephone of it is registered"},
        {[&] { world.extension("2102").kind = ExtensionKind::Room; }, "it is no telephone"},
        {[&] { world.directory.extensions.erase("2102"); }, "nobody has the number 2102"},
    }));
    CAPTURE(why);
    spoil();
    const auto strategy = GENERATE(Strategy::All, Strategy::InOrder);
    world.extension("2100").strategy = strategy;
    const auto plan = world.plan("2100");
    CHECK(test::wayOf(plan) ==
          (strategy == Strategy::All ? "rings 2101, 2103 60s" : "rings 2101 15s [else: rings 2103 15s]"));
    const auto reasons = test::reasonsWith(plan, std::string{"2102 is passed over: "} + why);
    REQUIRE(reasons.size() == 1);
    CHECK(reasons[0].entry == "extension 2100");
    CHECK_FALSE(reasons[0].decided);
}

TEST_CASE("a member that calls its own group is not rung, nor one that the call comes from", "[routing]") {
    auto world = town();
    CHECK(world.dial("2100", "2101") == "rings 2102, 2103 60s");
    world.extension("2102").forwards.always = "2100";
    CHECK(world.dial("2102") == "rings 2101, 2103 60s");
}

TEST_CASE("what a group forwards is decided by what became of its members", "[routing]") {
    auto world = town();
    auto& forwards = world.extension("2100").forwards;
    forwards.busy = "2105";
    forwards.noAnswer = "2106";
    SECTION("they ring") {
        CHECK(world.dial("2100") ==
              "rings 2101, 2102, 2103 60s [busy: rings 2105 60s] "
              "[no answer: rings 2106 60s] [unreachable: rings 2106 60s]");
        forwards.noAnswerAfter = 20s;
        CHECK(world.dial("2100") ==
              "rings 2101, 2102, 2103 20s [busy: rings 2105 60s] "
              "[no answer: rings 2106 60s] [unreachable: rings 2106 60s]");
        forwards.busy.clear();
        CHECK(world.dial("2100") == "rings 2101, 2102, 2103 20s [else: rings 2106 60s]");
    }
    SECTION("all are busy") {
        world.lines.busy = {"2101", "2102", "2103"};
        const auto plan = world.plan("2100");
        CHECK(test::wayOf(plan) == "rings 2105 60s");
        CHECK(diversionsOf(plan.stages[0]) == "2100 busy");
        forwards.busy.clear();
        CHECK(world.dial("2100") == "refused: busy (486)");
    }
    SECTION("one is busy and nobody else is there") {
        world.lines.busy = {"2101"};
        world.lines.unreachable = {"2102", "2103"};
        CHECK(world.dial("2100") == "rings 2105 60s");
    }
    SECTION("nobody is there") {
        world.lines.unreachable = {"2101", "2102", "2103"};
        CHECK(world.dial("2100") == "rings 2106 60s");
        forwards.unreachable = "2105";
        CHECK(world.dial("2100") == "rings 2105 60s");
        forwards = {};
        CHECK(world.dial("2100") == "refused: unreachable (480)");
    }
    SECTION("DND × group: all of them do not want to be disturbed") {
        for (const auto* number : {"2101", "2102", "2103"}) world.lines.settings[number].doNotDisturb = true;
        CHECK(world.dial("2100") == "rings 2106 60s");
    }
    SECTION("the forwards of members are not followed") {
        world.extension("2101").forwards.noAnswer = "2001";
        forwards = {};
        CHECK(world.dial("2100") == "rings 2101, 2102, 2103 60s");
    }
    SECTION("always comes before all of it") {
        forwards.always = "2105";
        CHECK(world.dial("2100") == "rings 2105 60s");
    }
}

TEST_CASE("a group by hours is closed with its department", "[routing]") {
    auto world = town();
    world.hours("bureau", {"mon-fri 08:30-12:00"});
    world.department("accueil").hours = "bureau";
    world.extension("2100").department = "accueil";
    world.at = world.paris("2027-05-03 13:00");
    CHECK(world.dial("2100") == "rings 2101, 2102, 2103 60s");
    world.extension("2100").forwards.closed = "announcement:closed+next-opening";
    CHECK(world.dial("2100") == "announces closed+opens+day:tomorrow+time:08:30");
}

TEST_CASE("groups within groups ring once each, and not without end", "[routing]") {
    auto world = town();
    world.group("2110", {"2102", "2105"});
    world.group("2100", {"2101", "2110", "2102"});
    CHECK(world.dial("2100") == "rings 2101, 2102, 2105 60s");
    SECTION("a member has logged out of the inner one") {
        world.lines.settings["2105"].leftGroups.insert("2110");
        CHECK(world.dial("2100") == "rings 2101, 2102 60s");
    }
    SECTION("or of the outer one") {
        world.lines.settings["2105"].leftGroups.insert("2100");
        CHECK(world.dial("2100") == "rings 2101, 2102 60s");
    }
    SECTION("a group in itself") {
        world.extension("2110").members.push_back("2100");
        CHECK(world.dial("2100") == "rings 2101, 2102, 2105 60s");
    }
    SECTION("too deep") {
        world.group("2111", {"2112"});
        world.group("2112", {"2113"});
        world.group("2113", {"2106"});
        world.extension("2110").members.push_back("2111");
        const auto plan = world.plan("2100");
        CHECK(test::wayOf(plan) == "rings 2101, 2102, 2105 60s");
        CHECK(test::reasonsWith(plan, "2113 is passed over").size() == 1);
    }
}

TEST_CASE("a member that stands for another is that one, and for no telephone is nobody", "[routing]") {
    auto world = town();
    world.alias("2198", "2102");
    world.alias("2199", "2198");
    world.alias("2197", "2196");
    world.alias("2196", "2197");
    world.alias("2195", "on-call:technique");
    world.extension("2100").members = {"2101", "2199", "2195", "2197", "2102"};
    const auto plan = world.plan("2100");
    CHECK(test::wayOf(plan) == "rings 2101, 2102 60s");
    CHECK(test::reasonsWith(plan, "2195 is passed over: it leads to no telephone").size() == 1);
    CHECK(test::reasonsWith(plan, "2197 is passed over: it is no telephone").size() == 1);
}

TEST_CASE("groups that stand in many places are asked once", "[routing]") {
    auto world = town();
    constexpr int kWide = 12;
    const auto name = [](int level, int i) { return std::to_string(3000 + 100 * level + i); };
    for (int level = 0; level < 3; ++level) {
        std::vector<std::string> inner;
        for (int i = 0; i < kWide; ++i) inner.push_back(level == 2 ? "2999" : name(level + 1, i));
        for (int i = 0; i < kWide; ++i)
            world.group(name(level, i), level == 2 ? std::vector<std::string>{"2999"} : inner);
    }
    world.extension("2100").members = {"3000", "3001", "3002", "3003", "2105"};
    const auto plan = world.plan("2100");
    CHECK(test::wayOf(plan) == "rings 2105 60s");
    CHECK(plan.reasons.size() < 3 * kWide);
}

TEST_CASE("a member outside rings by the rights of its group", "[routing]") {
    auto world = town();
    world.shortCode("62", "0612345678");
    world.alias("2198", "0612345678");
    world.alias("2199", "2198");
    world.alias("2197", "62");
    const auto member = GENERATE(values<const char*>({"0612345678", "2198", "2199", "2197", "62"}));
    CAPTURE(member);
    world.extension("2100").members = {"2101", member};
    CHECK(world.dial("2100") == "rings 2101, outside +33612345678 by operateur as +33327000000 60s");
    world.classOfService("inside");
    world.extension("2100").classOfService = "inside";
    CHECK(world.dial("2100") == "rings 2101 60s");
}
