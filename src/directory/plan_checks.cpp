// SPDX-License-Identifier: AGPL-3.0-or-later
#include "directory/plan_checks.hpp"

#include "beffroi/feature_functions.hpp"
#include "config/nearest.hpp"
#include "directory/plan_findings.hpp"
#include "directory/plan_language.hpp"

#include <set>
#include <tuple>
#include <unordered_map>

namespace beffroi::directory {
namespace {

using Strings = std::vector<std::string>;

std::string withArticle(std::string_view word) {
    const bool vowel = std::string_view{"aeio"}.find(word.front()) != std::string_view::npos;
    return (vowel ? "an " : "a ") + std::string{word};
}

// What the declaration says of every entry: what it needs, and that what it names exists.
class EntryCheck {
public:
    EntryCheck(const Plan& plan, PlanFindings& findings) : plan_{plan}, findings_{findings} {}

    void check(const Table& table, const std::string& key, const void* entry) {
        for (const auto& field : table.fields) {
            const bool refers = field.type == FieldType::Reference || field.type == FieldType::References;
            if (!refers && !field.required) continue;
            const bool blank = isBlank(table, field, entry);
            if (blank && field.required && !findings_.isWrong({table.id, key, field.key})) {
                findings_.mistake({table.id, key, field.key}, nameOf(table, key) + " needs " + withArticle(field.key));
            } else if (!blank && refers) {
                checkReferences(table, key, field, field.get(entry));
            }
        }
    }

private:
    static std::string nameOf(const Table& table, const std::string& key) {
        return std::string{table.words} + " \"" + key + '"';
    }

    void checkReferences(const Table& table, const std::string& key, const Field& field, const FieldValue& value) {
        if (const auto* list = std::get_if<Strings>(&value)) {
            for (std::size_t i = 0; i < list->size(); ++i) refer(table, key, field, (*list)[i], i);
        } else {
            refer(table, key, field, std::get<std::string>(value), PlanSpot::kWhole);
        }
    }

    void refer(const Table& table, const std::string& key, const Field& field, const std::string& id,
               std::size_t element) {
        const auto& to = planTable(field.refers);
        if (to.find(plan_, id) == nullptr)
            findings_.mistake({table.id, key, field.key, element}, "there is no " + nameOf(to, id));
    }

    const Plan& plan_;
    PlanFindings& findings_;
};

void checkKind(const Extension& extension, PlanFindings& findings) {
    const auto& table = planTable(TableId::Extension);
    for (const auto& field : table.fields) {
        const bool fits = (field.kinds & (1U << static_cast<unsigned>(extension.kind))) != 0;
        if (fits || isBlank(table, field, &extension)) continue;
        findings.mistake({table.id, extension.number, field.key},
                         std::string{field.key} + ": " + std::string{field.onlyFor});
    }
}

void checkDevices(const Plan& plan, PlanFindings& findings) {
    std::unordered_map<std::string_view, std::string> certificates;  // name → account
    for (const auto& [account, device] : plan.devices) {
        const auto extension = plan.extensions.find(device.extension);
        if (extension != plan.extensions.end() && extension->second.kind != ExtensionKind::Phone) {
            findings.mistake({TableId::Device, account}, "device \"" + account + "\" cannot register for " +
                                                             device.extension + ", which is " +
                                                             withArticle(wordOf(extension->second.kind)));
        }
        if (account != device.extension && plan.extensions.contains(account)) {
            findings.mistake({TableId::Device, account}, "account \"" + account + "\" is another extension's number");
        }
        if (device.certificate.empty()) continue;
        const auto [owner, first] = certificates.emplace(device.certificate, account);
        if (first) continue;
        auto [earlier, later] = findings.inOrder({TableId::Device, owner->second, "certificate"},
                                                 {TableId::Device, account, "certificate"});
        findings.mistake(std::move(later), "the certificate \"" + device.certificate + "\" is device \"" +
                                               earlier.entry + "\"'s already");
    }
}

void checkCircle(const Plan& plan, const Department& department, PlanFindings& findings) {
    std::set<std::string_view> seen{department.id};
    for (auto next = plan.departments.find(department.parent); next != plan.departments.end();
         next = plan.departments.find(next->second.parent)) {
        if (next->first == department.id)
            return findings.mistake({TableId::Department, department.id, "parent"},
                                    "department \"" + department.id + "\" is above itself");
        if (!seen.insert(next->first).second) return;
    }
}

void checkPeople(const Plan& plan, PlanFindings& findings) {
    for (const auto& [id, person] : plan.people) {
        const auto secretary = plan.extensions.find(person.secretary);
        if (secretary == plan.extensions.end() || secretary->second.person != id) continue;
        findings.mistake({TableId::Person, id, "secretary"},
                         "extension " + person.secretary + " is the person's own, not a secretary's");
    }
    if (plan.notes.pins.empty()) return;
    for (const auto& [number, extension] : plan.extensions) {
        const auto pin = plan.notes.pins.find(extension.person);
        if (pin != plan.notes.pins.end() && pin->second == number)
            findings.mistake({TableId::Person, extension.person, "pin"},
                             "the PIN is too easy to guess: it is the person's extension");
    }
}

void checkCodes(const Plan& plan, PlanFindings& findings) {
    const std::vector<std::string_view> known{functions::kAll.begin(), functions::kAll.end()};
    for (const auto& [code, change] : plan.codes) {
        if (change.function.empty() || std::find(known.begin(), known.end(), change.function) != known.end()) continue;
        const std::string near{config::nearest(change.function, known)};
        findings.mistake({TableId::Code, code, "function"},
                         "there is no function \"" + change.function + '"' +
                             (near.empty() ? "" : "; did you mean \"" + near + "\"?"));
    }
}

}  // namespace

std::pair<PlanSpot, PlanSpot> PlanFindings::inOrder(PlanSpot one, PlanSpot other) const {
    const auto first = plan_.notes.places.find(one);
    const auto second = plan_.notes.places.find(other);
    if (std::tie(second.line, second.column) < std::tie(first.line, first.column)) std::swap(one, other);
    return {std::move(one), std::move(other)};
}

std::vector<PlanFinding> checkPlan(const Plan& plan, const country::Country* country) {
    static const Plan kNothing;
    PlanFindings findings{plan};
    EntryCheck entries{plan, findings};
    for (const auto& table : planTables()) {
        table.pairs(kNothing, plan, [&entries, &table](const std::string& key, const void*, const void* entry) {
            entries.check(table, key, entry);
        });
    }
    for (const auto& [number, extension] : plan.extensions) checkKind(extension, findings);
    for (const auto& [id, department] : plan.departments) checkCircle(plan, department, findings);
    checkDevices(plan, findings);
    checkPeople(plan, findings);
    checkCodes(plan, findings);
    checkNumbers(plan, country, findings);
    checkWays(plan, country, findings);
    checkTimes(plan, country, findings);
    checkOutside(plan, findings);
    return findings.take();
}

}  // namespace beffroi::directory
