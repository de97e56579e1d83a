// SPDX-License-Identifier: AGPL-3.0-or-later
//
// From a plan file to a Plan or to the list of its mistakes, each with its place. Entries are read one by one; what
// they say of one another is checked when all are known.

#include "directory/plan.hpp"

#include "base/hash.hpp"
#include "base/text.hpp"
#include "config/nearest.hpp"
#include "config/settings.hpp"

#define TOML_HEADER_ONLY 0
#include <toml++/toml.h>

#include <algorithm>
#include <array>
#include <optional>
#include <set>
#include <tuple>

namespace beffroi::directory {
namespace {

constexpr std::size_t kShortestPassword = 12;
constexpr std::size_t kLongestText = 200;  // characters
constexpr std::array<std::string_view, 11> kEmergency{"15",     "17",     "18",  "112", "114", "115",
                                                      "116000", "116117", "119", "191", "196"};

bool isNumber(std::string_view text) {
    return text.size() >= 2 && text.size() <= 15 &&
           std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
}

// Names that stand in SIP URIs and on command lines.
bool isIdentifier(std::string_view text) {
    return !text.empty() && text.size() <= 64 && std::all_of(text.begin(), text.end(), [](char c) {
        return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '.' || c == '-' ||
               c == '_';
    });
}

bool isHex(std::string_view text, std::size_t size) {
    return text.size() == size && std::all_of(text.begin(), text.end(),
                                              [](char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'); });
}

// Names go into SIP headers and onto terminals.
bool isOneLine(std::string_view text) {
    std::size_t characters = 0;
    while (!text.empty()) {
        const auto length = base::printableLength(text);
        if (length == 0 || ++characters > kLongestText) return false;
        text.remove_prefix(length);
    }
    return true;
}

class PlanReader {
public:
    PlanReader(std::string_view text, const std::string& file) : text_{text}, file_{file} {}

    std::variant<Plan, std::vector<PlanMistake>> read() {
        try {
            const auto table = toml::parse(text_, file_);
            readTop(table);
            checkReferences();
        } catch (const toml::parse_error& error) {
            complain(error.source().begin, std::string{error.description()});
        }
        if (mistakes_.empty()) return std::move(plan_);
        std::stable_sort(mistakes_.begin(), mistakes_.end(), [](const PlanMistake& a, const PlanMistake& b) {
            return std::tie(a.line, a.column) < std::tie(b.line, b.column);
        });
        return std::move(mistakes_);
    }

private:
    using Place = toml::source_position;
    using Keys = std::vector<std::string_view>;

    void complain(const Place& place, std::string text) {
        mistakes_.push_back({file_, place.line, place.column, std::move(text)});
    }

    void unknown(const toml::key& key, const Keys& known, std::string_view where) {
        const std::string near{config::nearest(key.str(), known)};
        complain(key.source().begin, "unknown key \"" + std::string{key.str()} + "\" in " + std::string{where} +
                                         (near.empty() ? "" : "; did you mean \"" + near + "\"?"));
    }

    void readTop(const toml::table& table) {
        static const Keys kKnown{"town", "site", "department", "person", "extension", "device"};
        for (const auto& [key, node] : table) {
            if (std::find(kKnown.begin(), kKnown.end(), key.str()) == kKnown.end()) unknown(key, kKnown, "the plan");
        }
        readTown(table);
        readEntries(table, "site", [this](const toml::table& entry) { readSite(entry); });
        readEntries(table, "department", [this](const toml::table& entry) { readDepartment(entry); });
        readEntries(table, "person", [this](const toml::table& entry) { readPerson(entry); });
        readEntries(table, "extension", [this](const toml::table& entry) { readExtension(entry); });
        readEntries(table, "device", [this](const toml::table& entry) { readDevice(entry); });
    }

    template <typename Read>
    void readEntries(const toml::table& table, std::string_view name, Read read) {
        const auto* node = table.get(name);
        if (node == nullptr) return;
        const auto* list = node->as_array();
        if (list == nullptr) {
            complain(node->source().begin, "write [[" + std::string{name} + "]] with two brackets, once for each");
            return;
        }
        for (const auto& entry : *list) {
            if (const auto* fields = entry.as_table()) {
                read(*fields);
            } else {
                complain(entry.source().begin, "a table is expected");
            }
        }
    }

    void checkKeys(const toml::table& entry, const Keys& known, std::string_view where) {
        for (const auto& [key, node] : entry) {
            if (std::find(known.begin(), known.end(), key.str()) == known.end()) unknown(key, known, where);
        }
    }

    static Place placeOf(const toml::table& entry, std::string_view key) {
        const auto* node = entry.get(key);
        return node != nullptr ? node->source().begin : entry.source().begin;
    }

    /// Nothing if it is absent, or wrong and complained about.
    std::optional<std::string> textIfAny(const toml::table& entry, std::string_view key) {
        const auto* node = entry.get(key);
        if (node == nullptr) return std::nullopt;
        const auto* value = node->as_string();
        if (value != nullptr && isOneLine(value->get())) return value->get();
        complain(node->source().begin,
                 std::string{key} + (value == nullptr ? ": a text in quotes is expected"
                                                      : ": one line of at most 200 printable characters is expected"));
        return std::nullopt;
    }

    std::string text(const toml::table& entry, std::string_view key) { return textIfAny(entry, key).value_or(""); }

    /// The identifier of an entry, checked and unique in its list; empty if it cannot be used.
    template <typename T>
    std::string identify(const toml::table& entry, std::string_view key, std::string_view what,
                         const std::map<std::string, T>& known) {
        const auto written = textIfAny(entry, key);
        if (!written && entry.contains(key)) return {};
        const auto id = written.value_or("");
        const auto place = placeOf(entry, key);
        if (id.empty()) {
            complain(place, "this " + std::string{what} + " has no " + std::string{key});
        } else if (key != "number" && !isIdentifier(id)) {
            complain(place, "\"" + id + "\" may only have letters, digits, '.', '-' and '_', 64 at most");
        } else if (known.contains(id)) {
            complain(place, std::string{what} + " \"" + id + "\" stands twice");
        } else {
            return id;
        }
        return {};
    }

    void refer(const toml::table& entry, std::string_view key, std::string_view what, const std::string& id) {
        if (!id.empty()) references_.push_back({placeOf(entry, key), what, id});
    }

    void readTown(const toml::table& table) {
        const auto* town = table["town"].as_table();
        if (town == nullptr) return complain({1, 1}, "a plan starts with [town], its name and its realm");
        checkKeys(*town, {"name", "realm"}, "[town]");
        plan_.town = text(*town, "name");
        const auto realm = textIfAny(*town, "realm");
        const auto place = placeOf(*town, "realm");
        plan_.realm = realm.value_or("");
        plan_.notes.realm = {place.line, place.column};
        if (!realm && town->contains("realm")) return;
        if (plan_.realm.empty() || plan_.realm.find_first_of("\"\\") != std::string::npos) {
            complain(place, "the town needs a realm without quotation marks, such as \"mairie.example\"");
        }
    }

    void readSite(const toml::table& entry) {
        checkKeys(entry, {"id", "name"}, "a site");
        const auto id = identify(entry, "id", "site", plan_.sites);
        if (id.empty()) return;
        Site site;
        site.id = id;
        site.name = text(entry, "name");
        plan_.sites.emplace(id, site);
    }

    void readDepartment(const toml::table& entry) {
        checkKeys(entry, {"id", "name", "parent"}, "a department");
        const auto id = identify(entry, "id", "department", plan_.departments);
        if (id.empty()) return;
        Department department;
        department.id = id;
        department.name = text(entry, "name");
        department.parent = text(entry, "parent");
        refer(entry, "parent", "department", department.parent);
        places_.emplace("department " + id, placeOf(entry, "parent"));
        plan_.departments.emplace(id, department);
    }

    void readPerson(const toml::table& entry) {
        checkKeys(entry, {"id", "name", "department"}, "a person");
        const auto id = identify(entry, "id", "person", plan_.people);
        if (id.empty()) return;
        Person person;
        person.id = id;
        person.name = text(entry, "name");
        person.department = text(entry, "department");
        refer(entry, "department", "department", person.department);
        plan_.people.emplace(id, person);
    }

    void readExtension(const toml::table& entry) {
        checkKeys(entry, {"number", "kind", "label", "person", "department", "maximum-members"}, "an extension");
        const auto number = identify(entry, "number", "extension", plan_.extensions);
        if (number.empty()) return;
        const auto place = placeOf(entry, "number");
        if (!isNumber(number))
            return complain(place, "\"" + number + "\" is no extension: 2 to 15 digits are expected");
        if (std::find(kEmergency.begin(), kEmergency.end(), number) != kEmergency.end()) {
            return complain(place, number + " is an emergency number and can be nobody's extension");
        }
        Extension extension;
        extension.number = number;
        const auto kind = text(entry, "kind");
        if (!kind.empty() && !kindFrom(kind, extension.kind)) {
            complain(placeOf(entry, "kind"), "kind is phone, room or echo-test, not \"" + kind + '"');
        }
        extension.label = text(entry, "label");
        extension.person = text(entry, "person");
        extension.department = text(entry, "department");
        extension.maximumMembers = members(entry, extension.kind);
        refer(entry, "person", "person", extension.person);
        refer(entry, "department", "department", extension.department);
        plan_.extensions.emplace(number, extension);
    }

    std::uint32_t members(const toml::table& entry, ExtensionKind kind) {
        const auto* node = entry.get("maximum-members");
        if (node == nullptr) return 0;
        const auto value = node->value<std::int64_t>();
        if (!node->is_integer() || *value < 1 || *value > 1000) {
            complain(node->source().begin, "maximum-members: a whole number from 1 to 1000 is expected");
            return 0;
        }
        if (kind != ExtensionKind::Room) complain(node->source().begin, "maximum-members: only a room has members");
        return static_cast<std::uint32_t>(*value);
    }

    void readDevice(const toml::table& entry) {
        checkKeys(entry, {"account", "extension", "site", "certificate", "password", "md5", "ha1-md5", "ha1-sha256"},
                  "a device");
        const auto account = identify(entry, "account", "device", plan_.devices);
        if (account.empty()) return;
        const auto place = placeOf(entry, "account");
        plan_.notes.devices.emplace(account, PlanPlace{place.line, place.column});
        Device device;
        device.account = account;
        device.extension = text(entry, "extension");
        device.site = text(entry, "site");
        if (!entry.contains("extension")) complain(place, "device \"" + account + "\" needs an extension");
        refer(entry, "extension", "extension", device.extension);
        refer(entry, "site", "site", device.site);
        readCertificate(entry, device);
        readSecret(entry, device);
        plan_.devices.emplace(account, device);
    }

    // Names of certificates are compared without regard to case (RFC 5280 §7.2, RFC 5922 §7.2).
    void readCertificate(const toml::table& entry, Device& device) {
        const auto name = textIfAny(entry, "certificate");
        if (!name) return;
        device.certificate = base::lowerCase(*name);
        const auto place = placeOf(entry, "certificate");
        if (name->empty() || name->find(' ') != std::string::npos) {
            complain(place, "certificate: a name as it stands in the certificate is expected, without spaces");
        } else if (const auto [owner, first] = certificates_.emplace(device.certificate, device.account); !first) {
            complain(place, "the certificate \"" + *name + "\" is device \"" + owner->second + "\"'s already");
        }
    }

    void readSecret(const toml::table& entry, Device& device) {
        const bool md5 = allowsMd5(entry);
        if (!md5) plan_.notes.withoutMd5.insert(device.account);
        if (!entry.contains("password")) return readDigests(entry, device, md5);
        const auto place = placeOf(entry, "password");
        if (const auto* flag = entry.get("password")->as_boolean(); flag != nullptr && !flag->get()) {
            plan_.notes.withoutPassword.insert(device.account);
            if (device.certificate.empty()) complain(place, "password: a device has a password or a certificate");
            return;
        }
        if (entry.contains("ha1-sha256") || entry.contains("ha1-md5")) {
            complain(place, "a device has a password or digests, not both");
        }
        const auto password = textIfAny(entry, "password");
        if (!password) return;
        checkPassword(place, *password, device);
        device.ha1Sha256 = base::makeHa1(base::HashAlgorithm::Sha256, device.account, plan_.realm, *password);
        if (md5) device.ha1Md5 = base::makeHa1(base::HashAlgorithm::Md5, device.account, plan_.realm, *password);
    }

    bool allowsMd5(const toml::table& entry) {
        const auto* node = entry.get("md5");
        if (node == nullptr) return true;
        const auto* value = node->as_boolean();
        if (value == nullptr) complain(node->source().begin, "md5: true or false is expected");
        return value != nullptr && value->get();
    }

    void readDigests(const toml::table& entry, Device& device, bool md5) {
        device.ha1Sha256 = text(entry, "ha1-sha256");
        device.ha1Md5 = text(entry, "ha1-md5");
        if (entry.contains("ha1-sha256") && !isHex(device.ha1Sha256, 64)) {
            complain(placeOf(entry, "ha1-sha256"), "ha1-sha256: 64 hexadecimal digits in lower case are expected");
        }
        if (!entry.contains("ha1-md5")) return;
        if (!isHex(device.ha1Md5, 32) || !entry.contains("ha1-sha256")) {
            complain(placeOf(entry, "ha1-md5"),
                     "ha1-md5: 32 hexadecimal digits in lower case are expected, beside a ha1-sha256");
        }
        if (!md5) complain(placeOf(entry, "ha1-md5"), "ha1-md5: the device says md5 = false");
    }

    void checkPassword(const Place& place, const std::string& password, const Device& device) {
        const bool distinct = std::set<char>{password.begin(), password.end()}.size() >= 5;
        if (password.size() < kShortestPassword) {
            complain(place, "the password has fewer than " + std::to_string(kShortestPassword) + " characters");
        } else if (!distinct || password == device.account || password == device.extension) {
            complain(place, "the password is too easy to guess");
        }
    }

    [[nodiscard]] bool exists(std::string_view what, const std::string& id) const {
        if (what == "site") return plan_.sites.contains(id);
        if (what == "department") return plan_.departments.contains(id);
        if (what == "person") return plan_.people.contains(id);
        return plan_.extensions.contains(id);
    }

    [[nodiscard]] Place deviceAt(const std::string& account) const {
        const auto& place = plan_.notes.devices.at(account);
        return {static_cast<toml::source_index>(place.line), static_cast<toml::source_index>(place.column)};
    }

    void checkReferences() {
        for (const auto& [place, what, id] : references_) {
            if (!exists(what, id)) complain(place, "there is no " + std::string{what} + " \"" + id + '"');
        }
        for (const auto& [account, device] : plan_.devices) {
            const auto extension = plan_.extensions.find(device.extension);
            if (extension != plan_.extensions.end() && extension->second.kind != ExtensionKind::Phone) {
                complain(deviceAt(account), "device \"" + account + "\" cannot register for " + device.extension +
                                                ", which is a " + std::string{toString(extension->second.kind)});
            }
            const auto shadowed = plan_.extensions.find(account);
            if (shadowed != plan_.extensions.end() && account != device.extension) {
                complain(deviceAt(account), "account \"" + account + "\" is another extension's number");
            }
        }
        checkCircles();
    }

    void checkCircles() {
        for (const auto& [id, department] : plan_.departments) {
            std::set<std::string> seen{id};
            for (auto next = plan_.departments.find(department.parent); next != plan_.departments.end();
                 next = plan_.departments.find(next->second.parent)) {
                if (next->first == id) {
                    complain(places_.at("department " + id), "department \"" + id + "\" is above itself");
                    break;
                }
                if (!seen.insert(next->first).second) break;
            }
        }
    }

    struct Reference {
        Place place;
        std::string_view what;
        std::string id;
    };
    std::string_view text_;
    std::string file_;
    Plan plan_;
    std::vector<Reference> references_;
    std::map<std::string, Place> places_;
    std::map<std::string, std::string> certificates_;  // name → account
    std::vector<PlanMistake> mistakes_;
};

}  // namespace

std::variant<Plan, std::vector<PlanMistake>> readPlan(std::string_view text, const std::string& file) {
    return PlanReader{text, file}.read();
}

}  // namespace beffroi::directory
