// SPDX-License-Identifier: AGPL-3.0-or-later
//
// The extension plan of a town as a value: what a plan file says and what the database holds. Reading, writing and
// comparing plans are pure; applying one is plan_store's business.
// Thread: any.
#pragma once

#include "beffroi/directory.hpp"

#include <cstddef>
#include <functional>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace beffroi::directory {

/// Where something stands in a plan file; counted from 1.
struct PlanPlace {
    std::size_t line = 0;
    std::size_t column = 0;
};

struct Plan {
    /// What only a plan file knows; empty in a plan from the database, and no part of a comparison.
    struct FileNotes {
        PlanPlace realm;
        std::map<std::string, PlanPlace> devices;  // by account
        std::set<std::string> withoutMd5;          // accounts that say md5 = false
        std::set<std::string> withoutPassword;     // accounts that say password = false
    };

    std::string town;
    std::string realm;
    std::map<std::string, Site> sites;              // by id
    std::map<std::string, Department> departments;  // by id
    std::map<std::string, Person> people;           // by id
    std::map<std::string, Extension> extensions;    // by number; their `devices` stay empty here
    std::map<std::string, Device> devices;          // by account; no digest: "as it is in the database"
    FileNotes notes;
};

/// One mistake in a plan file, lines and columns from 1.
struct PlanMistake {
    std::string file;
    std::size_t line = 0;
    std::size_t column = 0;
    std::string text;
    [[nodiscard]] std::string toString() const;
};

/// Reads a plan file (docs/plan.md). All mistakes are reported together: syntax, unknown keys, two owners of a number,
/// references to nothing, a circle of departments, numbers that shadow emergency numbers, weak passwords. In their
/// order.
[[nodiscard]] std::variant<Plan, std::vector<PlanMistake>> readPlan(std::string_view text, const std::string& file);

/// The plan as a file that reads back to the same plan; digests instead of passwords.
[[nodiscard]] std::string writePlan(const Plan& plan);

/// Takes over from `current` what `wanted` left open (digests), except those that it forbids (md5 = false, password =
/// false). Accounts that have none anywhere, and no certificate, are returned.
[[nodiscard]] std::vector<std::string> completeFrom(const Plan& current, Plan& wanted);

struct GeneratedPassword {
    std::string account;
    std::string extension;
    std::string password;
};
/// Gives each of `accounts` a password made of `random`'s text and stores the digests that its device may have.
[[nodiscard]] std::vector<GeneratedPassword> generatePasswords(Plan& plan, const std::vector<std::string>& accounts,
                                                               const std::function<std::string()>& random);

/// What leads from one plan to another, a line each: "+ extension 2101 …", "- device …", "~ person …: name "A" → "B"".
/// Never shows a digest. Empty if the plans are equal.
[[nodiscard]] std::vector<std::string> difference(const Plan& current, const Plan& wanted);

/// The plan as the call path looks things up.
[[nodiscard]] DirectorySnapshot snapshotOf(const Plan& plan, std::uint64_t revision);

[[nodiscard]] std::string_view toString(ExtensionKind kind) noexcept;
[[nodiscard]] bool kindFrom(std::string_view text, ExtensionKind& kind) noexcept;

}  // namespace beffroi::directory
