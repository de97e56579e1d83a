// SPDX-License-Identifier: AGPL-3.0-or-later
#include "directory/plan_editor.hpp"

#include "config/nearest.hpp"
#include "directory/plan_checks.hpp"
#include "directory/plan_secrets.hpp"
#include "directory/plan_values.hpp"

#include <algorithm>
#include <set>
#include <tuple>

namespace beffroi::directory {
namespace {

std::shared_ptr<const country::Country> countryOf(const Plan& plan, const PlanKnowledge& knowledge) {
    return knowledge.country ? knowledge.country(plan.town.country) : nullptr;
}

// "extension 2101, forward-busy: ", for what stands in no file.
std::string nameOf(const PlanSpot& spot) {
    const auto& table = planTable(spot.table);
    std::string name{table.words};
    if (!spot.entry.empty()) name += ' ' + spot.entry;
    if (!spot.key.empty() && (table.isSingle() || spot.key != table.keyField().key)) name.append(", ").append(spot.key);
    return name + ": ";
}

using Told = std::tuple<TableId, std::string, std::string>;
Told toldOf(const PlanFinding& finding) { return {finding.spot.table, finding.spot.entry, finding.text}; }

}  // namespace

PlanEditor::PlanEditor(const Plan& current, std::string file, const PlanKnowledge& knowledge)
    : current_{current},
      file_{std::move(file)},
      knowledge_{knowledge},
      country_{countryOf(current, knowledge)},
      plan_{current} {
    plan_.notes = {};
}

void PlanEditor::complain(PlanPlace place, std::string text) {
    mistakes_.push_back({file_, place.line, place.column, std::move(text)});
}

std::string PlanEditor::open(const Table& table, std::string key, PlanPlace place) {
    if (table.isSingle()) return {};
    if (auto wrong = settleKey(table, key, country_.get())) {
        complain(place, std::move(wrong->text));
        return {};
    }
    table.insert(plan_, key);
    plan_.notes.places.add(table.id, key, table.keyField().key, PlanSpot::kWhole, place);
    return key;
}

void PlanEditor::set(const Table& table, const std::string& key, std::string_view name, std::string_view text,
                     PlanPlace place) {
    const auto* field = table.field(name);
    if (field == nullptr) {
        std::vector<std::string_view> known;
        for (const auto& each : table.fields) known.push_back(each.key);
        const std::string near{config::nearest(name, known)};
        return complain(place, "unknown key \"" + std::string{name} + "\" in " + std::string{table.article} + ' ' +
                                   std::string{table.words} + (near.empty() ? "" : "; did you mean \"" + near + "\"?"));
    }
    plan_.notes.places.add(table.id, key, field->key, PlanSpot::kWhole, place);
    if (field->type == FieldType::InFile) return setSecret(key, field->key, text, place);
    if (!table.isSingle() && field == &table.keyField())
        return complain(
            place, std::string{field->key} + ": the key of an entry cannot be changed; remove it and make another");
    void* entry = table.insert(plan_, key);
    if (text.empty()) return field->set(entry, field->get(table.blank));
    auto read = valueFrom(*field, text);
    if (auto* wrong = std::get_if<std::string>(&read)) return complain(place, std::move(*wrong));
    auto& value = std::get<FieldValue>(read);
    if (auto wrong = settle(table, *field, value, country_.get())) return complain(place, std::move(wrong->text));
    field->set(entry, std::move(value));
}

void PlanEditor::setSecret(const std::string& key, std::string_view field, std::string_view text, PlanPlace place) {
    const bool none = text.empty() || text == "false";
    if (field == "pin") {
        plan_.people.at(key).pin.clear();
        if (none) {
            plan_.notes.withoutPin.insert(key);
        } else if (auto wrong = refusesPin(text); !wrong.empty()) {
            complain(place, std::move(wrong));
        } else {
            plan_.notes.pins[key] = text;
        }
    } else if (field == "md5") {
        if (text != "true" && text != "false") return complain(place, "md5: true or false is expected");
        if (text == "true") {
            withMd5_.insert(key);
            return;
        }
        plan_.notes.withoutMd5.insert(key);
        plan_.devices.at(key).ha1Md5.clear();
    } else if (none) {
        auto& device = plan_.devices.at(key);
        plan_.notes.withoutPassword.insert(key);
        device.ha1Sha256.clear();
        device.ha1Md5.clear();
    } else {
        passwords_.push_back({key, std::string{text}, place});
    }
}

void PlanEditor::remove(const Table& table, const std::string& key, PlanPlace place) {
    auto kept = key;
    if (!table.isSingle() && settleKey(table, kept, country_.get())) kept = key;
    if (!table.erase(plan_, kept)) complain(place, "there is no " + std::string{table.words} + " \"" + key + '"');
}

// Known only when all is read: the extension, which a password must not be, and whether MD5 may be used.
void PlanEditor::settlePasswords() {
    for (const auto& [account, password, place] : passwords_) {
        auto& device = plan_.devices.at(account);
        if (auto wrong = refusesPassword(password, device); !wrong.empty()) complain(place, std::move(wrong));
        setPassword(device, plan_.realm, password, usesMd5(account));
    }
    for (const auto& account : plan_.notes.withoutPassword) {
        const auto device = plan_.devices.find(account);
        if (device == plan_.devices.end() || !device->second.certificate.empty() || !device->second.ha1Sha256.empty())
            continue;
        complain(plan_.notes.places.find({TableId::Device, account, "password"}),
                 "password: a device has a password or a certificate");
    }
}

// A device that was made without MD5 stays so until somebody says otherwise.
bool PlanEditor::usesMd5(const std::string& account) const {
    if (plan_.notes.withoutMd5.contains(account)) return false;
    if (withMd5_.contains(account)) return true;
    const auto known = current_.devices.find(account);
    return known == current_.devices.end() || known->second.ha1Sha256.empty() || !known->second.ha1Md5.empty();
}

// What is written from now on is read by the new one.
void PlanEditor::settleCountry() {
    if (plan_.town.country == current_.town.country || !knowledge_.country) return;
    country_ = countryOf(plan_, knowledge_);
    if (country_) return;
    complain(plan_.notes.places.find({TableId::Town, {}, "country"}),
             "nothing is known of a country \"" + plan_.town.country + '"');
}

// What was wrong before this change is somebody else's.
void PlanEditor::check() {
    auto findings = checkPlan(plan_, country_.get());
    if (findings.empty()) return;
    std::set<Told> before;
    for (const auto& finding : checkPlan(current_, country_.get())) before.insert(toldOf(finding));
    for (auto& finding : findings) {
        if (before.contains(toldOf(finding))) continue;
        const auto place = plan_.notes.places.find(finding.spot);
        const bool warns = finding.weight == Weight::Warning;
        auto text =
            (warns ? "warning: " : "") + (place.line == 0 ? nameOf(finding.spot) : std::string{}) + finding.text;
        PlanMistake told{place.line == 0 ? std::string{} : file_, place.line, place.column, std::move(text)};
        if (warns) {
            plan_.notes.warnings.push_back(told.toString());
        } else {
            mistakes_.push_back(std::move(told));
        }
    }
}

PlanResult PlanEditor::finish() {
    settlePasswords();
    settleCountry();
    if (mistakes_.empty()) check();
    if (mistakes_.empty()) return std::move(plan_);
    std::stable_sort(mistakes_.begin(), mistakes_.end(), [](const PlanMistake& a, const PlanMistake& b) {
        return std::tie(a.line, a.column) < std::tie(b.line, b.column);
    });
    return std::move(mistakes_);
}

PlanResult changePlan(const Plan& current, const std::vector<PlanChange>& changes, const PlanKnowledge& knowledge) {
    PlanEditor editor{current, {}, knowledge};
    for (const auto& change : changes) {
        const auto* table = planTable(change.table);
        if (table == nullptr) {
            std::vector<std::string_view> known;
            for (const auto& each : planTables()) known.push_back(each.name);
            const std::string near{config::nearest(change.table, known)};
            editor.complain({}, "the plan has no \"" + change.table + '"' +
                                    (near.empty() ? "" : "; did you mean \"" + near + "\"?"));
        } else if (change.remove) {
            editor.remove(*table, change.entry, {});
        } else {
            const auto key = editor.open(*table, change.entry, {});
            if (key.empty() && !table->isSingle()) continue;
            for (const auto& [field, value] : change.values) editor.set(*table, key, field, value, {});
        }
    }
    return editor.finish();
}

}  // namespace beffroi::directory
