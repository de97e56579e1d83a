// SPDX-License-Identifier: AGPL-3.0-or-later

#include "app/plan_outcome.hpp"

#include "support/plans.hpp"

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include <set>
#include <string>

using namespace beffroi;
using namespace beffroi::app;
using nlohmann::json;

TEST_CASE("an outcome is told as JSON", "[app][plan]") {
    directory::ApplyOutcome outcome;
    CHECK(describeOutcome(outcome) == json::parse(R"({"mistakes": [], "warnings": [], "difference": [], "passwords": [],
                                                      "revision": 0, "applied": false})"));
    outcome.mistakes = {"p:1:1: wrong"};
    outcome.warnings = {"p:2:1: warning: odd"};
    outcome.difference = {"+ site a", "- site b"};
    outcome.passwords = {{"2100-a", "2100", "secret"}};
    outcome.revision = 7;
    outcome.applied = true;
    CHECK(describeOutcome(outcome) == json::parse(R"({"mistakes": ["p:1:1: wrong"], "warnings": ["p:2:1: warning: odd"],
        "difference": ["+ site a", "- site b"], "revision": 7, "applied": true,
        "passwords": [{"account": "2100-a", "extension": "2100", "password": "secret"}]})"));
}

TEST_CASE("a new password is one that a plan accepts and that cannot be misread", "[app][plan]") {
    base::Random random;
    std::set<std::string> passwords;
    std::set<char> letters;
    for (int i = 0; i < 200; ++i) {
        const auto password = newPassword(random);
        CHECK(password.size() == 20);
        letters.insert(password.begin(), password.end());
        passwords.insert(password);
    }
    CHECK(passwords.size() == 200);
    CHECK(std::string(letters.begin(), letters.end()) == "23456789abcdefghjkmnpqrstuvwxyz");  // no 0 O 1 l i
    const auto plan = test::planOf(
        "[town]\nrealm = 'r'\n[[extension]]\nnumber = '21'\n[[device]]\naccount = '21'\n"
        "extension = '21'\npassword = '" +
        *passwords.begin() + '\'');
    CHECK(plan.devices.at("21").ha1Sha256.size() == 64);
}

TEST_CASE("a request travels as JSON and arrives as it was", "[app][plan]") {
    directory::ApplyRequest request;
    request.form = directory::ApplyRequest::Form::Changes;
    request.file = "t.csv";
    request.who = "helene";
    request.dryRun = true;
    request.generatePasswords = true;
    request.pins = {{"helene", "$argon2id$"}};
    request.changes = {{"extension", "2100", {{"label", "A=B"}, {"person", ""}}, false}, {"device", "a", {}, true}};
    const auto arrived = applyRequestFrom(describeRequest(request));
    CHECK(arrived.form == request.form);
    CHECK(arrived.file == "t.csv");
    CHECK(arrived.who == "helene");
    CHECK(arrived.dryRun);
    CHECK(arrived.generatePasswords);
    CHECK(arrived.pins == request.pins);
    REQUIRE(arrived.changes.size() == 2);
    CHECK(arrived.changes[0].table == "extension");
    CHECK(arrived.changes[0].entry == "2100");
    CHECK(arrived.changes[0].values == request.changes[0].values);
    CHECK(arrived.changes[1].remove);

    const auto wrong = GENERATE(as<std::string>{}, R"({"form": "fax"})", R"({"form": 5})", R"({"changes": 5})",
                                R"({"changes": ["x"]})", R"({"changes": [{"values": ["x"]}]})",
                                R"({"changes": [{"values": [["x", 5]]}]})", R"({"pins": []})", R"({"pins": {"x": 5}})",
                                R"({"dry_run": "yes"})");
    CAPTURE(wrong);
    CHECK_THROWS_AS(applyRequestFrom(json::parse(wrong)), std::invalid_argument);
}
