// SPDX-License-Identifier: AGPL-3.0-or-later
#include "app/route_explanation.hpp"

#include "app/stored_lines.hpp"
#include "unit/routing/routing_town.hpp"

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

using namespace beffroi;
using nlohmann::json;
using test::RoutingTown;

namespace {

RoutingTown town() {
    RoutingTown made;
    made.phones({"2001", "2101", "2105"});
    made.extension("2101").forwards.busy = "2105";
    made.site("mairie").emergencyNotify = "2105";
    made.directory.devices["2001-poste"] = made.directory.devices["2001"];
    made.directory.devices["2001-poste"].account = "2001-poste";
    made.direct("+33327000100", "2101");
    return made;
}

json explain(const RoutingTown& town, const app::RouteQuestion& question) {
    return app::explainRoute(question, {town.directory, test::france(), town.lines, town.settings}, town.at);
}

}  // namespace

TEST_CASE("an explanation has every rule, what decided, and its line of the plan", "[app][routing]") {
    auto world = town();
    world.lines.settings["2101"].callWaiting = false;
    world.lines.busy.insert("2101");
    const auto explanation = explain(world, {"2101", "2001", ""});
    CHECK(app::explanationText(explanation) == R"(From 2001 to 2101 at 2027-05-03 10:00:
    no emergency number was dialled
    2101 is no feature code
    2101 is busy and has no call waiting
        [[extension]] number = "2101"
  * 2101 forwards calls while it is busy to 2105
        [[extension]] number = "2101": forward-busy = "2105"
  * 2105 is an extension: its phones ring for 60 s
        [[extension]] number = "2105"

1. rings 2105 for 60 s
)");
    CHECK(explanation["summary"] == "rings 2105");
    CHECK(explanation["status"].is_null());
    CHECK(explanation["stages"][0]["came_from"] == json::array({"2101"}));
}

TEST_CASE("stages are told with what follows them", "[app][routing]") {
    const auto text = app::explanationText(explain(town(), {"2101", "2001", "2027-05-04 18:30"}));
    CHECK(text.starts_with("From 2001 to 2101 at 2027-05-04 18:30:\n"));
    CHECK(text.ends_with("\n1. rings 2101 for 60 s; if busy: 2\n2. rings 2105 for 60 s\n"));
}

TEST_CASE("who asks is an extension, a telephone, or somebody outside", "[app][routing]") {
    const auto world = town();
    CHECK(explain(world, {"2101", "2001-poste", ""})["summary"] == "rings 2101, then rings 2105 if busy");
    CHECK(explain(world, {"+33327000100", "+33145678901", ""})["summary"] == "rings 2101, then rings 2105 if busy");
    CHECK(explain(world, {"2101", "+33145678901", ""})["status"] == 404);
    const auto emergency = explain(world, {"15", "2001-poste", ""});
    CHECK(emergency["emergency"] == true);
    CHECK(app::explanationText(emergency).find("An emergency call, told to 2105.\n1. emergency 15 by operateur") !=
          std::string::npos);
    CHECK_THROWS_WITH(explain(world, {"2101", "2999", ""}), "nobody has the number or the account 2999");
    CHECK_THROWS_WITH(explain(world, {"2101", "2001", "noon"}), "\"noon\" is no moment such as \"2026-12-24 10:00\"");
}

TEST_CASE("a plan that does not do what is expected is told line by line", "[app][routing]") {
    const auto world = town();
    const std::vector<directory::Expectation> expectations{
        {"2001", "2101", "2027-05-03 10:00", {"rings 2101", "then rings 2105 if busy"}, 3},
        {"2001", "2101", "2027-05-03 10:00", {"rings 2101", "rings 2105"}, 8},
        {"2998", "2101", "2027-05-03 10:00", {"rings 2101"}, 13},
    };
    const app::StoredLines idle{world.directory};
    CHECK(
        app::unmetExpectations(expectations, "town.expect.toml",
                               {world.directory, test::france(), idle, world.settings}) ==
        std::vector<std::string>{
            "town.expect.toml:8: from 2001 to 2101 at 2027-05-03 10:00: expected \"rings 2105\", but: rings 2101, then "
            "rings 2105 if busy",
            "town.expect.toml:13: from 2998 to 2101 at 2027-05-03 10:00: nobody has the number or the account 2998"});
}

TEST_CASE("while no exchange runs, what telephones have set counts", "[app][lines]") {
    auto world = town();
    world.extension("2200").devices.clear();
    LineEntries entries;
    entries.lines.emplace_back("2101", LineSettings{});
    entries.lines.back().second.doNotDisturb = true;
    entries.logins.emplace_back("2001-poste", "2200");
    entries.overrides.emplace_back("accueil", HoursOverride{false, world.at, ""});
    const app::StoredLines lines{world.directory, entries};
    REQUIRE(lines.settingsOf("2101") != nullptr);
    CHECK(lines.settingsOf("2101")->doNotDisturb);
    CHECK(lines.settingsOf("2105") == nullptr);
    CHECK(lines.isReachable("2105"));
    CHECK(lines.isReachable("2200"));
    CHECK_FALSE(lines.isReachable("2999"));
    CHECK(lines.extensionAt("2001-poste") == "2200");
    CHECK(lines.extensionAt("2001").empty());
    CHECK(lines.overrideOf("accueil", world.at - 1s) != nullptr);
    CHECK(lines.overrideOf("accueil", world.at) == nullptr);
    CHECK_FALSE(lines.isBusy("2101"));
}
