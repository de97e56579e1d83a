// SPDX-License-Identifier: AGPL-3.0-or-later
//
// The extension plan of a town as a value: what a plan file says and what the database holds. What an entry consists of
// is declared in plan_language.hpp; reading, writing, checking and comparing plans are pure; applying one is
// plan_store's business.
// Thread: any.
#pragma once

#include "beffroi/directory.hpp"
#include "directory/plan_knowledge.hpp"
#include "directory/plan_notes.hpp"

#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace beffroi::directory {

struct Plan {
    Town town;
    std::string realm;
    std::map<std::string, Site> sites;                   // by id
    std::map<std::string, Department> departments;       // by id
    std::map<std::string, Person> people;                // by id
    std::map<std::string, Extension> extensions;         // by number; their `devices` stay empty here
    std::map<std::string, Device> devices;               // by account; no digest: "as it is in the database"
    std::map<std::string, ClassOfService> classes;       // by id
    std::map<std::string, Hours> hours;                  // by id; their `times` stay empty here
    std::map<std::string, Rota> rotas;                   // by id; likewise
    std::map<std::string, Gateway> gateways;             // by id
    std::map<std::string, DirectNumbers> directNumbers;  // by first
    std::map<std::string, ShortCode> shortCodes;         // by number
    std::map<std::string, Contact> contacts;             // by number
    std::map<std::string, CodeChange> codes;             // by code
    PlanNotes notes;
};

/// One mistake in a plan file, lines and columns from 1. Line 0: in no file, the text says where.
struct PlanMistake {
    std::string file;
    std::size_t line = 0;
    std::size_t column = 0;
    std::string text;
    [[nodiscard]] std::string toString() const;
};

/// Reads a plan file (docs/plan.md). All mistakes are reported together and in their order, those of a single entry and
/// those that plan_checks finds between entries.
[[nodiscard]] std::variant<Plan, std::vector<PlanMistake>> readPlan(std::string_view text, const std::string& file,
                                                                    const PlanKnowledge& knowledge = {});

/// The plan as a file that reads back to the same plan; digests instead of passwords.
[[nodiscard]] std::string writePlan(const Plan& plan);

/// What leads from one plan to another, a line each: "+ extension 2101 …", "- device …", "~ person …: name "A" → "B"".
/// Never shows a digest. Empty if the plans are equal.
[[nodiscard]] std::vector<std::string> difference(const Plan& current, const Plan& wanted);

/// The plan as the call path looks things up. Reads files of time zones: not on the loop.
[[nodiscard]] DirectorySnapshot snapshotOf(const Plan& plan, std::uint64_t revision);

}  // namespace beffroi::directory
