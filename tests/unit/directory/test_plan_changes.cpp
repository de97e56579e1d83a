// SPDX-License-Identifier: AGPL-3.0-or-later

#include "directory/plan_changes.hpp"

#include "directory/plan_secrets.hpp"
#include "support/plans.hpp"

#include <catch2/catch.hpp>

#include <string>
#include <utility>
#include <vector>

using namespace beffroi;
using namespace beffroi::directory;
using test::kVillage;
using test::planOf;
using Strings = std::vector<std::string>;
using Values = std::vector<std::pair<std::string, std::string>>;

namespace {

// What a change of the village leads to: the difference, or the mistakes.
Strings toldOf(const PlanResult& result) {
    const auto village = planOf(kVillage);
    if (const auto* plan = std::get_if<Plan>(&result)) return difference(village, *plan);
    Strings lines;
    for (const auto& mistake : std::get<std::vector<PlanMistake>>(result)) lines.push_back(mistake.toString());
    return lines;
}

PlanKnowledge knowledge() { return PlanKnowledge::of(BEFFROI_SOURCE_DIR "/config/countries"); }

Strings changed(const PlanChange& change) { return toldOf(changePlan(planOf(kVillage), {change}, knowledge())); }
Strings imported(const std::string& text) { return toldOf(importTable(planOf(kVillage), text, "t.csv", knowledge())); }

struct Change {
    std::string table;
    std::string entry;
    Values values;
    Strings told;
};

}  // namespace

TEST_CASE("one entry of the plan in force is changed, made or removed", "[directory][plan]") {
    const auto each = GENERATE(values<Change>({
        {"extension", "2100", {{"label", "Accueil"}}, {"~ extension 2100: label \"\" → \"Accueil\""}},
        {"extension", "2100", {{"department", ""}}, {"~ extension 2100: department \"accueil\" → \"\""}},
        {"extension", "8000", {{"maximum-members", "12"}}, {"~ extension 8000: maximum-members \"30\" → \"12\""}},
        {"town", "", {{"outside-prefix", "0"}}, {"~ town: outside-prefix \"\" → \"0\""}},
        {"site", "annexe", {{"number", "03 27 00 01 00"}}, {"+ site annexe number=\"+33327000100\""}},
        {"contact", "03 27 00 01 00", {{"name", "Préfecture"}}, {"+ contact +33327000100 name=\"Préfecture\""}},
        {"extension", "2100", {}, {}},
        {"extension", "2100", {{"lable", "x"}}, {"unknown key \"lable\" in an extension; did you mean \"label\"?"}},
        {"extension", "2", {}, {"\"2\" is no extension: 2 to 15 digits are expected"}},
        {"extensions", "2100", {}, {"the plan has no \"extensions\"; did you mean \"extension\"?"}},
        {"extension",
         "2100",
         {{"number", "2101"}},
         {"number: the key of an entry cannot be changed; remove it and make another"}},
        {"extension",
         "2100",
         {{"forward-busy", "2107"}},
         {"extension 2100, forward-busy: \"2107\" is neither an extension nor a short code, and as a number outside it "
          "begins "
          "like nobody's number"}},
        {"extension", "2199", {{"kind", "alias"}}, {"extension 2199: alias 2199 needs a target"}},
        {"extension",
         "2100",
         {{"no-answer-after", "1"}},
         {"no-answer-after: a time from 5s to 2min is expected, such as \"20s\""}},
        {"device", "2100-bureau", {{"hot-desk", "yes"}}, {"hot-desk: true or false is expected"}},
        {"device", "2100-bureau", {{"password", "a-new-password-1"}}, {"~ device 2100-bureau: password changed"}},
        {"device", "2100-bureau", {{"password", "short"}}, {"the password has fewer than 12 characters"}},
        {"device", "2100-bureau", {{"password", "false"}}, {"password: a device has a password or a certificate"}},
        {"device", "2100-comptoir", {{"password", "false"}}, {"~ device 2100-comptoir: password changed"}},
        {"device", "2100-comptoir", {{"md5", "false"}}, {"~ device 2100-comptoir: password changed"}},
        {"town", "", {{"country", "belgique"}}, {"nothing is known of a country \"belgique\""}},
        {"person", "helene", {{"pin", "4444"}}, {"the PIN is too easy to guess"}},
    }));
    CAPTURE(each.table, each.entry);
    CHECK(changed({each.table, each.entry, each.values, false}) == each.told);
}

TEST_CASE("what others need cannot be removed", "[directory][plan]") {
    CHECK(changed({"device", "2100-bureau", {}, true}) == Strings{"- device 2100-bureau extension=\"2100\""});
    CHECK(changed({"device", "2100-bureu", {}, true}) == Strings{"there is no device \"2100-bureu\""});
    CHECK(changed({"person", "helene", {}, true}) == Strings{"extension 2100, person: there is no person \"helene\""});
    CHECK(changed({"town", "", {}, true}) == Strings{"there is no town \"\""});
}

TEST_CASE("an entry is removed by its key as it may be written", "[directory][plan]") {
    auto plan = planOf(kVillage);
    plan.contacts["+33327000100"] = {"+33327000100", "Préfecture"};
    const auto without = changePlan(plan, {{"contact", "03 27 00 01 00", {}, true}}, knowledge());
    REQUIRE(std::holds_alternative<Plan>(without));
    CHECK(std::get<Plan>(without).contacts.empty());
}

TEST_CASE("a device without MD5 gets none with a new password, unless it is said", "[directory][plan][security]") {
    auto plan = planOf(kVillage);
    plan.devices.at("2100-comptoir").ha1Md5.clear();
    const auto md5Of = [&plan](const std::string& account, Values values) {
        values.emplace_back("password", "a-new-password-1");
        return std::get<Plan>(changePlan(plan, {{"device", account, values, false}}, knowledge()))
            .devices.at(account)
            .ha1Md5;
    };
    CHECK(md5Of("2100-comptoir", {}).empty());
    CHECK(md5Of("2100-comptoir", {{"md5", "true"}}).size() == 32);
    plan.devices.at("2100-comptoir").ha1Md5 = std::string(32, '0');
    CHECK(md5Of("2100-comptoir", {}).size() == 32);
    CHECK(md5Of("2100-comptoir", {{"md5", "false"}}).empty());
}

TEST_CASE("what was wrong in the plan before is not held against a change of something else", "[directory][plan]") {
    auto plan = planOf(kVillage);
    plan.extensions["2105"].number = "2105";
    plan.extensions["2105"].forwards.busy = "2199";
    const auto other = changePlan(plan, {{"extension", "2100", {{"label", "x"}}, false}}, knowledge());
    REQUIRE(std::holds_alternative<Plan>(other));
    CHECK(std::get<Plan>(other).notes.warnings.empty());
    CHECK(std::holds_alternative<std::vector<PlanMistake>>(
        changePlan(plan, {{"extension", "2105", {{"forward-no-answer", "2198"}}, false}}, knowledge())));
}

TEST_CASE("a PIN becomes a hash, the same PIN keeps its hash, and false takes it away", "[directory][plan]") {
    const Plan none = planOf(kVillage);
    auto first = std::get<Plan>(changePlan(none, {{"person", "helene", {{"pin", "4821"}}, false}}, {}));
    settlePins(none, first, {});
    const auto hash = first.people.at("helene").pin;
    CHECK(hash.rfind("$argon2id$", 0) == 0);
    CHECK(isPin(hash, "4821"));
    CHECK_FALSE(isPin(hash, "4822"));
    CHECK(difference(none, first) == Strings{"~ person helene: PIN changed"});
    CHECK(writePlan(first).find("4821\"") == std::string::npos);

    const auto with = [&](const std::string& pin) {
        std::string text{kVillage};
        text.insert(text.find("name = \"Hélène"), pin);
        auto plan = planOf(text);
        static_cast<void>(completeFrom(first, plan));
        settlePins(first, plan, {});
        return plan.people.at("helene").pin;
    };
    CHECK(with("pin = '4821'\n") == hash);
    CHECK(with("") == hash);
    CHECK(with("pin = false\n").empty());
    CHECK(isPin(with("pin = '7391'\n"), "7391"));
    auto known = planOf(std::string{kVillage});
    known.notes.pins["helene"] = "4821";
    settlePins(none, known, {{"helene", "made by the command"}, {"nobody", "x"}});
    CHECK(known.people.at("helene").pin == "made by the command");
}

TEST_CASE("a spreadsheet is merged into the plan in force", "[directory][plan]") {
    struct Case {
        std::string text;
        Strings told;
    };
    const std::string both = "extension.number,extension.label\n";
    const auto each = GENERATE_COPY(values<Case>({
        {both + "2100,Accueil\n2101,Bureau\n",
         {"~ extension 2100: label \"\" → \"Accueil\"", "+ extension 2101 label=\"Bureau\""}},
        {"\xef\xbb\xbf" + both + "2100,Accueil", {"~ extension 2100: label \"\" → \"Accueil\""}},
        {"extension.number;extension.label\r\n2100;\"Accueil; \"\"A\"\"\"\r\n\r\n",
         {"~ extension 2100: label \"\" → \"Accueil; \\\"A\\\"\""}},
        {both + "2100,\n", {}},
        {"extension.number,extension.person\n2100,-\n", {"~ extension 2100: person \"helene\" → \"\""}},
        {"person.id,person.name,extension.number,device.account,device.certificate\nanne,Anne,2130,2130,x.test\n",
         {"+ person anne name=\"Anne\"", "+ extension 2130 person=\"anne\"",
          "+ device 2130 extension=\"2130\" certificate=\"x.test\""}},
        {"extension.number,extension.kind,extension.members\n2199,group,\"2100, 2100\"\n",
         {"t.csv:2:12: 2100 is a member twice"}},
        {"", {"t.csv:1:1: a table begins with a row of keys, such as extension.number"}},
        {"extension.number,extension.lable\n",
         {"t.csv:1:18: unknown column \"extension.lable\"; did you mean \"extension.label\"?"}},
        {"number\n", {"t.csv:1:1: unknown column \"number\""}},
        {"extension.number,extension.number\n", {"t.csv:1:18: \"extension.number\" stands twice"}},
        {"extension.number,person.name\n", {"t.csv:1:18: the column person.id is missing"}},
        {both + "2100\n", {"t.csv:2:1: 2 cells are expected, as in the first row, not 1"}},
        {both + ",Accueil\n", {"t.csv:2:1: this extension has no number"}},
        {both + "21x,Accueil\n", {"t.csv:2:1: \"21x\" is no extension: 2 to 15 digits are expected"}},
        {"extension.number,extension.person\n2100,nobody\n", {"t.csv:2:6: there is no person \"nobody\""}},
        {"person.id,person.pin\nhelene,12\n", {"t.csv:2:8: pin: 4 to 12 digits are expected"}},
        {both + "2100,Accueil \"A\"\n",
         {"t.csv:2:14: a quotation mark within a cell: put the whole cell in quotes and double the mark"}},
        {both + "2100,\"Accueil\" A\n", {"t.csv:2:15: after the closing quotation mark the cell goes on"}},
        {both + "2100,\"Accueil\n", {"t.csv:2:6: the quotation mark that opens this cell is never closed"}},
        {both + "2100,R\xe9union\n", {"t.csv:2:7: this is not UTF-8: save the table as \"CSV UTF-8\""}},
        {both + "2100,Réunion\x01\n", {"t.csv:2:6: label: one line of at most 200 printable characters is expected"}},
        {both + "2100,\"two\nlines\"\n2101,x,y\n",
         {"t.csv:2:6: label: one line of at most 200 printable characters is expected",
          "t.csv:4:1: 2 cells are expected, as in the first row, not 3"}},
    }));
    CAPTURE(each.text);
    CHECK(imported(each.text) == each.told);
}
