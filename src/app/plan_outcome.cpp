// SPDX-License-Identifier: AGPL-3.0-or-later
#include "app/plan_outcome.hpp"

#include "app/request_fields.hpp"

#include <nlohmann/json.hpp>

#include <chrono>
#include <iterator>
#include <stdexcept>
#include <string_view>

namespace beffroi::app {
namespace {

constexpr std::string_view kLetters = "23456789abcdefghjkmnpqrstuvwxyz";  // no 0 O 1 l i
constexpr std::size_t kPasswordLength = 20;
constexpr std::string_view kForms[] = {"file", "table", "changes"};

using Form = directory::ApplyRequest::Form;
using nlohmann::json;

[[noreturn]] void refuse(const char* what) { throw std::invalid_argument{what}; }

Form formFrom(const std::string& name) {
    for (std::size_t i = 0; i < std::size(kForms); ++i) {
        if (kForms[i] == name) return static_cast<Form>(i);
    }
    refuse("\"form\" is file, table or changes");
}

directory::PlanChange changeFrom(const json& change) {
    if (!change.is_object()) refuse("\"changes\" is no list of changes");
    directory::PlanChange made;
    made.table = fieldOr<std::string>(change, "table", "");
    made.entry = fieldOr<std::string>(change, "entry", "");
    made.remove = fieldOr(change, "remove", false);
    for (const auto& value : change.value("values", json::array())) {
        if (!value.is_array() || value.size() != 2 || !value[0].is_string() || !value[1].is_string())
            refuse("\"values\" is no list of pairs");
        made.values.emplace_back(value[0], value[1]);
    }
    return made;
}

}  // namespace

nlohmann::json describeOutcome(const directory::ApplyOutcome& outcome) {
    auto passwords = nlohmann::json::array();
    for (const auto& made : outcome.passwords) {
        passwords.push_back({{"account", made.account}, {"extension", made.extension}, {"password", made.password}});
    }
    return {{"mistakes", outcome.mistakes},      {"warnings", outcome.warnings}, {"difference", outcome.difference},
            {"passwords", std::move(passwords)}, {"revision", outcome.revision}, {"applied", outcome.applied}};
}

json describeRequest(const directory::ApplyRequest& request) {
    auto changes = json::array();
    for (const auto& change : request.changes) {
        auto values = json::array();
        for (const auto& [key, value] : change.values) values.push_back(json::array({key, value}));
        changes.push_back(
            {{"table", change.table}, {"entry", change.entry}, {"values", values}, {"remove", change.remove}});
    }
    return {{"command", "plan-apply"},
            {"form", kForms[static_cast<std::size_t>(request.form)]},
            {"text", request.text},
            {"file", request.file},
            {"who", request.who},
            {"dry_run", request.dryRun},
            {"generate_passwords", request.generatePasswords},
            {"changes", changes},
            {"pins", request.pins}};
}

directory::ApplyRequest applyRequestFrom(const json& request) {
    directory::ApplyRequest made;
    made.form = formFrom(fieldOr<std::string>(request, "form", "file"));
    made.text = fieldOr<std::string>(request, "text", "");
    made.file = fieldOr<std::string>(request, "file", "plan");
    made.who = fieldOr<std::string>(request, "who", "");
    made.dryRun = fieldOr(request, "dry_run", false);
    made.generatePasswords = fieldOr(request, "generate_passwords", false);
    const auto changes = request.value("changes", json::array());
    if (!changes.is_array()) refuse("\"changes\" is no list of changes");
    for (const auto& change : changes) made.changes.push_back(changeFrom(change));
    const auto pins = request.value("pins", json::object());
    if (!pins.is_object()) refuse("\"pins\" is no table of hashes");
    for (const auto& [person, hash] : pins.items()) {
        if (!hash.is_string()) refuse("\"pins\" is no table of hashes");
        made.pins.emplace(person, hash);
    }
    return made;
}

json describeAudit(const std::vector<directory::AuditEntry>& entries) {
    auto list = json::array();
    for (const auto& entry : entries) {
        const auto at = std::chrono::duration_cast<std::chrono::milliseconds>(entry.at.time_since_epoch()).count();
        list.push_back({{"revision", entry.revision}, {"at_ms", at}, {"who", entry.who}, {"summary", entry.summary}});
    }
    return {{"audit", std::move(list)}};
}

std::string newPassword(base::Random& random) {
    std::string password;
    while (password.size() < kPasswordLength) password += kLetters[random.below(kLetters.size())];
    return password;
}

}  // namespace beffroi::app
