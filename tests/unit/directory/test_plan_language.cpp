// SPDX-License-Identifier: AGPL-3.0-or-later

#include "directory/plan_language.hpp"

#include "directory/plan_values.hpp"
#include "support/plans.hpp"

#include <catch2/catch.hpp>

#include <algorithm>
#include <set>
#include <string>
#include <vector>

using namespace beffroi;
using namespace beffroi::directory;
using test::kEverything;
using test::planOf;

namespace {

const Plan kNothing;

// The first entry in which something is said of the field; null if there is none.
const void* entryWith(const Plan& plan, const Table& table, const Field& field, std::string& key) {
    const void* found = nullptr;
    table.pairs(kNothing, plan, [&](const std::string& entryKey, const void*, const void* entry) {
        if (found != nullptr || isBlank(table, field, entry)) return;
        found = entry;
        key = entryKey;
    });
    return found;
}

}  // namespace

TEST_CASE("each key of the language is read, kept, written, compared and shown", "[directory][plan]") {
    const auto plan = planOf(kEverything);
    const auto again = planOf(writePlan(plan));
    for (const auto& table : planTables()) {
        for (const auto& field : table.fields) {
            if (field.type == FieldType::InFile) continue;
            CAPTURE(table.name, field.key);
            std::string key;
            const auto* entry = entryWith(plan, table, field, key);
            REQUIRE(entry != nullptr);
            CHECK(field.same(entry, table.find(again, key)));
            CHECK_FALSE(shown(field, field.get(entry)).empty());
            if (!table.isSingle() && &field == &table.keyField()) continue;

            auto without = plan;
            field.set(table.insert(without, key), field.get(table.blank));
            const auto lines = difference(plan, without);
            REQUIRE(lines.size() == 1);
            CHECK(lines[0].rfind("~ " + std::string{table.name}, 0) == 0);
            const auto said =
                field.type == FieldType::Secret ? std::string{" changed"} : ' ' + std::string{field.key} + " \"";
            CHECK(lines[0].find(said) != std::string::npos);
        }
    }
    CHECK(difference(plan, again).empty());
}

TEST_CASE("the declarations are whole: names that differ, a sentence each, and what a value needs",
          "[directory][plan]") {
    std::set<std::string_view> names;
    for (const auto& table : planTables()) {
        CAPTURE(table.name);
        CHECK(names.insert(table.name).second);
        CHECK(&planTable(table.id) == &table);
        CHECK(planTable(table.name) == &table);
        CHECK(table.help.ends_with('.'));
        std::set<std::string_view> keys;
        for (const auto& field : table.fields) {
            CAPTURE(field.key);
            CHECK(keys.insert(field.key).second);
            CHECK(table.field(field.key) == &field);
            CHECK_FALSE(field.help.empty());
            CHECK_FALSE(field.help.ends_with('.'));
            const bool counts = field.type == FieldType::Count || field.type == FieldType::Duration;
            CHECK(counts == (field.least > 0 && field.least < field.most));
            CHECK((field.type == FieldType::Choice || field.type == FieldType::Choices) == !field.words.empty());
            CHECK((field.type == FieldType::InFile) == (field.get == nullptr));
        }
    }
    CHECK(planTable("towns") == nullptr);
}

TEST_CASE("a value is kept in one form, however it was written", "[directory][plan]") {
    struct Case {
        TableId table;
        std::string key;
        std::string written;
        std::string kept;
    };
    const auto each = GENERATE(values<Case>({
        {TableId::Site, "number", "+33 3 27 00 01 00", "+33327000100"},
        {TableId::Site, "number", "+33(3)27.00-01/00", "+33327000100"},
        {TableId::Site, "number", "+33\u00a03\u202f27000100", "+33327000100"},
        {TableId::Person, "forward-busy", "06 12 34 56 78", "0612345678"},
        {TableId::Person, "forward-busy", "announcement:closed", "announcement:closed"},
        {TableId::Person, "forward-busy", "on-call:a.b", "on-call:a.b"},
        {TableId::Device, "certificate", "SEP.Mairie.TEST", "sep.mairie.test"},
        {TableId::Gateway, "presents", "+33 3 27 00 01 00-+33 3 27 00 01 99; +33327000200",
         "+33327000100-+33327000199, +33327000200"},
        {TableId::Extension, "ring-time", "120s", "2min"},
        {TableId::Rota, "period", "168h", "7d"},
        {TableId::Extension, "members", "2101,2102 ; 2103", "2101, 2102, 2103"},
        {TableId::Hours, "open-on-holidays", "true", "true"},
        {TableId::Extension, "maximum-members", "12", "12"},
    }));
    CAPTURE(each.key, each.written);
    const auto& table = planTable(each.table);
    const auto* field = table.field(each.key);
    REQUIRE(field != nullptr);
    auto value = valueFrom(*field, each.written);
    REQUIRE(std::holds_alternative<FieldValue>(value));
    auto& settled = std::get<FieldValue>(value);
    REQUIRE_FALSE(settle(table, *field, settled));
    CHECK(shown(*field, settled) == each.kept);
}

TEST_CASE("a snapshot has everything of the plan, and what decisions look up", "[directory][plan]") {
    const auto snapshot = snapshotOf(planOf(kEverything), 3);
    CHECK(snapshot.town.outsidePrefix == "0");
    CHECK(snapshot.zones.at("Europe/Brussels").name() == "Europe/Brussels");
    CHECK(snapshot.zones.contains("Indian/Reunion"));
    CHECK(snapshot.hours.at("guichets").times.week[5].size() == 1);
    CHECK(snapshot.hours.at("guichets").times.openOnHolidays);
    CHECK(snapshot.rotas.at("technique").times.cycle.size() == 2);
    CHECK(snapshot.rotas.at("technique").times.turns.size() == 1);
    CHECK(snapshot.sites.at("mairie").emergencyNumber == "+33327000101");
    CHECK(snapshot.departments.at("accueil").number == "2199");
    CHECK(snapshot.departments.at("dgs").number.empty());
    CHECK(snapshot.people.at("helene").reachedBy == std::vector<std::string>{"2102", "2109"});
    CHECK(snapshot.classes.at("bureau").allowed[static_cast<std::size_t>(NumberClass::Mobile)]);
    CHECK(snapshot.classes.at("bureau").allowed.count() == 4);
    CHECK(snapshot.gateways.at("operateur").calling == NumberFormat::International00);
    CHECK(snapshot.rotas.at("technique").period == std::chrono::hours{14 * 24});
    CHECK(snapshot.extension("2199")->strategy == Strategy::RoundRobin);
    CHECK(snapshot.extension("2199")->memberRingTime == std::chrono::seconds{12});
    CHECK(snapshot.device("2100")->hotDesk);
    CHECK(snapshot.shortCodes.at("60").target == "0327000017");
    CHECK(snapshot.contacts.at("+33327000200").name == "Préfecture");
    REQUIRE(snapshot.codes.size() == 1);
    CHECK(snapshot.codes[0].function == "off");

    REQUIRE(snapshot.directNumbers.size() == 2);
    CHECK(snapshot.directNumbers[0].last == "+33327000100");
    CHECK(snapshot.directNumbers[1].first == "+33327002100");
    CHECK(snapshot.directNumberOf.at("2100") == "+33327002100");
    CHECK(snapshot.directNumberOf.at("2109") == "+33327002109");
    CHECK(snapshot.directNumberOf.at("2199") == "+33327000100");  // the first of two counts
    CHECK_FALSE(snapshot.directNumberOf.contains("8000"));
}
