// SPDX-License-Identifier: AGPL-3.0-or-later
//
// From a plan file to a Plan or to the list of its mistakes, each with its place. What may stand in it is declared in
// plan_language; entries are read one by one, and what they say of one another is checked when all are known.

#include "directory/plan_reader.hpp"

#include "config/nearest.hpp"
#include "directory/plan.hpp"
#include "directory/plan_checks.hpp"
#include "directory/plan_formats.hpp"
#include "directory/plan_language.hpp"
#include "directory/plan_secrets.hpp"
#include "directory/plan_values.hpp"

#define TOML_HEADER_ONLY 0
#include <toml++/toml.h>

#include <algorithm>
#include <optional>
#include <tuple>

namespace beffroi::directory {
namespace {

class PlanReader {
public:
    PlanReader(std::string_view text, const std::string& file, const PlanKnowledge& knowledge)
        : text_{text}, file_{file}, knowledge_{knowledge} {}

    std::variant<Plan, std::vector<PlanMistake>> read() {
        try {
            readTop(toml::parse(text_, file_));
            check();
        } catch (const toml::parse_error& error) {
            complain(error.source().begin, std::string{error.description()});
        }
        sort(mistakes_);
        if (!mistakes_.empty()) return std::move(mistakes_);
        sort(warnings_);
        for (const auto& warning : warnings_) plan_.notes.warnings.push_back(warning.toString());
        return std::move(plan_);
    }

    Plan readAnyhow() {
        auto result = read();
        auto* right = std::get_if<Plan>(&result);
        return std::move(right == nullptr ? plan_ : *right);
    }

private:
    using Place = toml::source_position;

    static void sort(std::vector<PlanMistake>& mistakes) {
        std::stable_sort(mistakes.begin(), mistakes.end(), [](const PlanMistake& a, const PlanMistake& b) {
            return std::tie(a.line, a.column) < std::tie(b.line, b.column);
        });
    }

    void complain(const Place& place, std::string text) {
        mistakes_.push_back({file_, place.line, place.column, std::move(text)});
    }

    static std::string inWords(const Table& table) {
        if (table.isSingle()) return '[' + std::string{table.name} + ']';
        return std::string{table.article} + ' ' + std::string{table.words};
    }

    void unknown(const toml::key& key, const std::vector<std::string_view>& known, const std::string& where) {
        const std::string near{config::nearest(key.str(), known)};
        complain(key.source().begin, "unknown key \"" + std::string{key.str()} + "\" in " + where +
                                         (near.empty() ? "" : "; did you mean \"" + near + "\"?"));
    }

    void readTop(const toml::table& file) {
        std::vector<std::string_view> known;
        for (const auto& table : planTables()) known.push_back(table.name);
        for (const auto& [key, node] : file) {
            if (planTable(key.str()) == nullptr) unknown(key, known, "the plan");
        }
        for (const auto& table : planTables()) {
            if (table.isSingle()) {
                readTown(table, file);
            } else {
                readEntries(table, file);
            }
        }
    }

    void readTown(const Table& table, const toml::table& file) {
        const auto* town = file[table.name].as_table();
        if (town == nullptr) return complain({1, 1}, "a plan starts with [town], its name and its realm");
        remember(table, {}, {}, *town);
        readFields(table, {}, *town);
        findCountry({TableId::Town, {}, "country"});
        const auto* realm = town->get("realm");
        if (realm != nullptr && !realm->is_string()) return;
        if (plan_.realm.empty() || plan_.realm.find_first_of("\"\\") != std::string::npos) {
            complain((realm == nullptr ? *town : *realm).source().begin,
                     "the town needs a realm without quotation marks, such as \"mairie.example\"");
        }
    }

    void findCountry(const PlanSpot& spot) {
        if (!knowledge_.country) return;
        country_ = knowledge_.country(plan_.town.country);
        const auto place = plan_.notes.places.find(spot);
        if (country_) return;
        mistakes_.push_back(
            {file_, place.line, place.column, "nothing is known of a country \"" + plan_.town.country + '"'});
    }

    void readEntries(const Table& table, const toml::table& file) {
        const auto* node = file.get(table.name);
        if (node == nullptr) return;
        const auto* list = node->as_array();
        if (list == nullptr) {
            return complain(node->source().begin,
                            "write [[" + std::string{table.name} + "]] with two brackets, once for each");
        }
        for (const auto& entry : *list) {
            if (const auto* fields = entry.as_table()) {
                readEntry(table, *fields);
            } else {
                complain(entry.source().begin, "a table is expected");
            }
        }
    }

    void readEntry(const Table& table, const toml::table& written) {
        const auto key = identify(table, written);
        if (!key) return tellUnknown(table, written);
        table.insert(plan_, *key);
        remember(table, *key, table.keyField().key, *written.get(table.keyField().key));
        readFields(table, *key, written);
    }

    void tellUnknown(const Table& table, const toml::table& written) {
        for (const auto& [key, node] : written) {
            if (table.field(key.str()) == nullptr) unknownIn(table, key);
        }
    }

    void unknownIn(const Table& table, const toml::key& key) {
        std::vector<std::string_view> known;
        for (const auto& field : table.fields) known.push_back(field.key);
        unknown(key, known, inWords(table));
    }

    /// The entry's own key, good and unique in its table; nothing if it cannot be used.
    std::optional<std::string> identify(const Table& table, const toml::table& written) {
        const auto& field = table.keyField();
        const auto* node = written.get(field.key);
        if (node != nullptr && !node->is_string()) {
            complain(node->source().begin, expectedType(field));
            return std::nullopt;
        }
        auto key = node == nullptr ? std::string{} : node->as_string()->get();
        const auto place = (node == nullptr ? written : *node).source().begin;
        const std::string what{table.words};
        if (key.empty()) {
            complain(place, "this " + what + " has no " + std::string{field.key});
        } else if (auto wrong = settleKey(table, key, country_.get())) {
            complain(placeIn(*node, *wrong), std::move(wrong->text));
        } else if (table.find(plan_, key) != nullptr) {
            complain(place, what + " \"" + key + "\" stands twice");
        } else {
            return key;
        }
        return std::nullopt;
    }

    void remember(const Table& table, const std::string& entry, std::string_view key, const toml::node& node,
                  std::size_t element = PlanSpot::kWhole) {
        const auto place = node.source().begin;
        plan_.notes.places.add(table.id, entry, key, element, {place.line, place.column});
    }

    void readFields(const Table& table, const std::string& key, const toml::table& written) {
        void* entry = table.insert(plan_, key);
        for (const auto& [name, node] : written) {
            const auto* field = table.field(name.str());
            if (field == nullptr) {
                unknownIn(table, name);
            } else if (field->type == FieldType::InFile) {
                remember(table, key, field->key, node);
            } else if (table.isSingle() || field != &table.keyField()) {
                remember(table, key, field->key, node);
                readField(table, key, *field, node, entry);
            }
        }
        if (table.id == TableId::Device) readPassword(plan_.devices.at(key), written);
        if (table.id == TableId::Person) readPin(plan_.people.at(key), written);
    }

    void readField(const Table& table, const std::string& key, const Field& field, const toml::node& node,
                   void* entry) {
        const auto before = mistakes_.size();
        if (auto value = valueOf(table, key, field, node)) keep(table, field, node, std::move(*value), entry);
        if (mistakes_.size() != before) plan_.notes.wrong.emplace(table.id, key, field.key);
    }

    void keep(const Table& table, const Field& field, const toml::node& node, FieldValue value, void* entry) {
        auto mistake = settle(table, field, value, country_.get());
        if (!mistake) return field.set(entry, std::move(value));
        complain(placeIn(node, *mistake), std::move(mistake->text));
    }

    // Of what is wrong within a text: behind the quotation mark, as texts without escapes are written.
    static Place placeIn(const toml::node& node, const ValueMistake& mistake) {
        const auto* list = node.as_array();
        const bool one = list != nullptr && mistake.element != PlanSpot::kWhole;
        auto place = (one ? *list->get(mistake.element) : node).source().begin;
        if (mistake.offset > 0) place.column += static_cast<toml::source_index>(mistake.offset + 1);
        return place;
    }

    /// Nothing if the node is of another type, and complained about.
    std::optional<FieldValue> valueOf(const Table& table, const std::string& key, const Field& field,
                                      const toml::node& node) {
        std::optional<FieldValue> value;
        switch (field.type) {
            case FieldType::Count:
                if (const auto* number = node.as_integer()) value = number->get();
                break;
            case FieldType::Flag:
                if (const auto* flag = node.as_boolean()) value = flag->get();
                break;
            case FieldType::Duration:
                if (const auto* text = node.as_string()) {
                    if (const auto seconds = secondsFrom(text->get())) value = *seconds;
                }
                break;
            case FieldType::Outsides:
            case FieldType::Choices:
            case FieldType::Texts:
            case FieldType::References:
            case FieldType::Targets: return listOf(table, key, field, node);
            default:
                if (const auto* text = node.as_string()) value = text->get();
        }
        if (!value) complain(node.source().begin, expectedType(field));
        return value;
    }

    std::optional<FieldValue> listOf(const Table& table, const std::string& key, const Field& field,
                                     const toml::node& node) {
        const auto* list = node.as_array();
        if (list == nullptr) {
            complain(node.source().begin, expectedType(field));
            return std::nullopt;
        }
        std::vector<std::string> texts;
        for (const auto& element : *list) {
            const auto* text = element.as_string();
            if (text == nullptr) {
                complain(element.source().begin, std::string{field.key} + ": a text in quotes is expected");
                return std::nullopt;
            }
            remember(table, key, field.key, element, texts.size());
            texts.push_back(text->get());
        }
        return texts;
    }

    // false: there shall be none.
    static bool forbids(const toml::node& node) {
        const auto* flag = node.as_boolean();
        return flag != nullptr && !flag->get();
    }

    std::optional<std::string> secretText(const toml::node& node, std::string_view key) {
        const auto* text = node.as_string();
        if (text != nullptr && isOneLine(text->get())) return text->get();
        complain(node.source().begin,
                 std::string{key} + (text == nullptr ? ": a text in quotes is expected"
                                                     : ": one line of at most 200 printable characters is expected"));
        return std::nullopt;
    }

    void readPassword(Device& device, const toml::table& written) {
        const bool md5 = allowsMd5(written);
        if (!md5) plan_.notes.withoutMd5.insert(device.account);
        const auto* node = written.get("password");
        if (node == nullptr) return checkDigests(device, written, md5);
        const auto place = node->source().begin;
        if (forbids(*node)) {
            plan_.notes.withoutPassword.insert(device.account);
            if (device.certificate.empty()) complain(place, "password: a device has a password or a certificate");
            return;
        }
        if (written.contains("ha1-sha256") || written.contains("ha1-md5")) {
            complain(place, "a device has a password or digests, not both");
        }
        const auto password = secretText(*node, "password");
        if (!password) return;
        if (auto wrong = refusesPassword(*password, device); !wrong.empty()) complain(place, std::move(wrong));
        setPassword(device, plan_.realm, *password, md5);
    }

    bool allowsMd5(const toml::table& written) {
        const auto* node = written.get("md5");
        if (node == nullptr) return true;
        const auto* value = node->as_boolean();
        if (value == nullptr) complain(node->source().begin, "md5: true or false is expected");
        return value != nullptr && value->get();
    }

    void checkDigests(const Device& device, const toml::table& written, bool md5) {
        const auto* node = written.get("ha1-md5");
        if (node == nullptr) return;
        if (!device.ha1Md5.empty() && !written.contains("ha1-sha256")) {
            complain(node->source().begin, "ha1-md5: " + refusesMd5({}));
        }
        if (!md5) complain(node->source().begin, "ha1-md5: the device says md5 = false");
    }

    void readPin(const Person& person, const toml::table& written) {
        const auto* node = written.get("pin");
        if (node == nullptr) return;
        if (written.contains("pin-hash")) {
            complain(node->source().begin, "a person has a pin or its pin-hash, not both");
        } else if (forbids(*node)) {
            plan_.notes.withoutPin.insert(person.id);
        } else if (const auto pin = secretText(*node, "pin")) {
            if (auto wrong = refusesPin(*pin); !wrong.empty()) complain(node->source().begin, std::move(wrong));
            plan_.notes.pins.emplace(person.id, *pin);
        }
    }

    void check() {
        for (auto& finding : checkPlan(plan_, country_.get())) {
            const auto place = plan_.notes.places.find(finding.spot);
            auto& list = finding.weight == Weight::Warning ? warnings_ : mistakes_;
            if (finding.weight == Weight::Warning) finding.text = "warning: " + finding.text;
            list.push_back({file_, place.line, place.column, std::move(finding.text)});
        }
    }

    std::string_view text_;
    std::string file_;
    const PlanKnowledge& knowledge_;
    std::shared_ptr<const country::Country> country_;
    Plan plan_;
    std::vector<PlanMistake> mistakes_;
    std::vector<PlanMistake> warnings_;
};

}  // namespace

std::variant<Plan, std::vector<PlanMistake>> readPlan(std::string_view text, const std::string& file,
                                                      const PlanKnowledge& knowledge) {
    return PlanReader{text, file, knowledge}.read();
}

Plan readExport(std::string_view text) { return PlanReader{text, "plan in force", {}}.readAnyhow(); }

}  // namespace beffroi::directory
