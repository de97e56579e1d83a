// SPDX-License-Identifier: AGPL-3.0-or-later
#include "directory/plan_checks.hpp"

#include "directory/plan_language.hpp"

#include <algorithm>
#include <array>
#include <set>
#include <tuple>
#include <unordered_map>
#include <utility>

namespace beffroi::directory {
namespace {

constexpr std::array<std::string_view, 11> kEmergency{"15",     "17",     "18",  "112", "114", "115",
                                                      "116000", "116117", "119", "191", "196"};

class PlanCheck {
public:
    explicit PlanCheck(const Plan& plan) : plan_{plan} {}

    std::vector<PlanFinding> run() {
        static const Plan kNothing;
        for (const auto& table : planTables()) {
            table.pairs(kNothing, plan_, [this, &table](const std::string& key, const void*, const void* entry) {
                checkEntry(table, key, entry);
            });
        }
        for (const auto& [number, extension] : plan_.extensions) checkExtension(number, extension);
        for (const auto& [account, device] : plan_.devices) checkDevice(account, device);
        for (const auto& [id, department] : plan_.departments) checkCircle(id, department);
        return std::move(findings_);
    }

private:
    void complain(PlanSpot spot, std::string text) { findings_.push_back({std::move(spot), std::move(text)}); }

    void checkEntry(const Table& table, const std::string& key, const void* entry) {
        for (const auto& field : table.fields) {
            if (field.type == FieldType::InFile) continue;
            if (field.required && isBlank(table, field, entry)) {
                const std::string_view vowels{"aeiou"};
                const bool vowel =
                    vowels.find(field.key.front()) != std::string_view::npos && !field.key.starts_with("uri");
                complain({table.id, key, field.key}, std::string{table.words} + " \"" + key + "\" needs " +
                                                         (vowel ? "an " : "a ") + std::string{field.key});
            }
            if (field.type == FieldType::Reference || field.type == FieldType::References)
                checkReferences(table, key, field, entry);
        }
    }

    void checkReferences(const Table& table, const std::string& key, const Field& field, const void* entry) {
        if (isBlank(table, field, entry)) return;
        const auto value = field.get(entry);
        if (const auto* list = std::get_if<std::vector<std::string>>(&value)) {
            for (std::size_t i = 0; i < list->size(); ++i)
                refer({table.id, key, field.key, i}, field.refers, (*list)[i]);
        } else {
            refer({table.id, key, field.key}, field.refers, std::get<std::string>(value));
        }
    }

    void refer(PlanSpot spot, TableId to, const std::string& id) {
        const auto& table = planTable(to);
        if (table.find(plan_, id) != nullptr) return;
        complain(std::move(spot), "there is no " + std::string{table.words} + " \"" + id + '"');
    }

    void checkExtension(const std::string& number, const Extension& extension) {
        const auto& table = planTable(TableId::Extension);
        for (const auto& field : table.fields) {
            if ((field.kinds & (1U << static_cast<unsigned>(extension.kind))) != 0 || isBlank(table, field, &extension))
                continue;
            complain({table.id, number, field.key}, std::string{field.key} + ": " + std::string{field.onlyFor});
        }
        if (std::find(kEmergency.begin(), kEmergency.end(), number) != kEmergency.end())
            complain({table.id, number}, number + " is an emergency number and can be nobody's extension");
    }

    void checkDevice(const std::string& account, const Device& device) {
        const PlanSpot spot{TableId::Device, account};
        const auto extension = plan_.extensions.find(device.extension);
        if (extension != plan_.extensions.end() && extension->second.kind != ExtensionKind::Phone) {
            complain(spot, "device \"" + account + "\" cannot register for " + device.extension + ", which is a " +
                               std::string{wordOf(extension->second.kind)});
        }
        if (account != device.extension && plan_.extensions.contains(account))
            complain(spot, "account \"" + account + "\" is another extension's number");
        if (device.certificate.empty()) return;
        const auto [owner, first] = certificates_.emplace(device.certificate, account);
        if (first) return;
        const auto& [earlier, later] =
            inOrder({TableId::Device, owner->second, "certificate"}, {TableId::Device, account, "certificate"});
        complain(later, "the certificate \"" + device.certificate + "\" is device \"" + earlier.entry + "\"'s already");
    }

    // What stands first in the file was there first.
    [[nodiscard]] std::pair<PlanSpot, PlanSpot> inOrder(PlanSpot one, PlanSpot other) const {
        const auto first = plan_.notes.places.find(one);
        const auto second = plan_.notes.places.find(other);
        if (std::tie(second.line, second.column) < std::tie(first.line, first.column)) std::swap(one, other);
        return {std::move(one), std::move(other)};
    }

    void checkCircle(const std::string& id, const Department& department) {
        std::set<std::string> seen{id};
        for (auto next = plan_.departments.find(department.parent); next != plan_.departments.end();
             next = plan_.departments.find(next->second.parent)) {
            if (next->first == id)
                return complain({TableId::Department, id, "parent"}, "department \"" + id + "\" is above itself");
            if (!seen.insert(next->first).second) return;
        }
    }

    const Plan& plan_;
    std::unordered_map<std::string, std::string> certificates_;  // name → account
    std::vector<PlanFinding> findings_;
};

}  // namespace

std::vector<PlanFinding> checkPlan(const Plan& plan) { return PlanCheck{plan}.run(); }

}  // namespace beffroi::directory
