// SPDX-License-Identifier: AGPL-3.0-or-later
#include "directory/plan.hpp"

#include "base/hash.hpp"
#include "config/value.hpp"

namespace beffroi::directory {
namespace {

constexpr std::string_view kKinds[] = {"phone", "room", "echo-test"};

// "key = value" pairs of one entry, in the order of the file. The same list serves file, comparison and description.
using Fields = std::vector<std::pair<std::string_view, std::string>>;

Fields fieldsOf(const Site& site) { return {{"name", site.name}}; }
Fields fieldsOf(const Department& department) { return {{"name", department.name}, {"parent", department.parent}}; }
Fields fieldsOf(const Person& person) { return {{"name", person.name}, {"department", person.department}}; }
Fields fieldsOf(const Extension& extension) {
    return {{"kind", std::string{toString(extension.kind)}},
            {"label", extension.label},
            {"person", extension.person},
            {"department", extension.department},
            {"maximum-members", extension.maximumMembers == 0 ? "" : std::to_string(extension.maximumMembers)}};
}
Fields fieldsOf(const Device& device) {
    return {{"extension", device.extension},
            {"site", device.site},
            {"certificate", device.certificate},
            {"ha1-sha256", device.ha1Sha256},
            {"ha1-md5", device.ha1Md5}};
}

bool isSecret(std::string_view field) { return field.starts_with("ha1-"); }

std::string describe(const Fields& fields) {
    std::string text;
    for (const auto& [name, value] : fields) {
        if (!value.empty() && !isSecret(name))
            text.append(" ").append(name).append("=").append(config::inQuotes(value));
    }
    return text;
}

std::string changes(const Fields& before, const Fields& after) {
    std::string text;
    bool password = false;
    for (std::size_t i = 0; i < before.size(); ++i) {
        if (before[i].second == after[i].second) continue;
        if (isSecret(before[i].first)) {
            password = true;
            continue;
        }
        text.append(text.empty() ? " " : ", ").append(before[i].first).append(" ");
        text.append(config::inQuotes(before[i].second)).append(" → ").append(config::inQuotes(after[i].second));
    }
    if (password) text.append(text.empty() ? " " : ", ").append("password changed");
    return text;
}

template <typename T>
void compare(std::vector<std::string>& lines, std::string_view what, const std::map<std::string, T>& current,
             const std::map<std::string, T>& wanted) {
    for (const auto& [key, entry] : current) {
        if (!wanted.contains(key)) lines.push_back("- " + std::string{what} + ' ' + key + describe(fieldsOf(entry)));
    }
    for (const auto& [key, entry] : wanted) {
        const auto old = current.find(key);
        if (old == current.end()) {
            lines.push_back("+ " + std::string{what} + ' ' + key + describe(fieldsOf(entry)));
        } else if (const auto changed = changes(fieldsOf(old->second), fieldsOf(entry)); !changed.empty()) {
            lines.push_back("~ " + std::string{what} + ' ' + key + ':' + changed);
        }
    }
}

template <typename T>
void write(std::string& text, std::string_view table, std::string_view key, const std::map<std::string, T>& entries) {
    for (const auto& [id, entry] : entries) {
        text.append("\n[[")
            .append(table)
            .append("]]\n")
            .append(key)
            .append(" = ")
            .append(config::inQuotes(id))
            .append("\n");
        for (const auto& [name, value] : fieldsOf(entry)) {
            if (value.empty() || (name == "kind" && value == "phone")) continue;
            text.append(name)
                .append(" = ")
                .append(name == "maximum-members" ? value : config::inQuotes(value))
                .append("\n");
        }
    }
}

}  // namespace

std::string_view toString(ExtensionKind kind) noexcept { return kKinds[static_cast<std::size_t>(kind)]; }

bool kindFrom(std::string_view text, ExtensionKind& kind) noexcept {
    for (std::size_t i = 0; i < std::size(kKinds); ++i) {
        if (kKinds[i] != text) continue;
        kind = static_cast<ExtensionKind>(i);
        return true;
    }
    return false;
}

std::string PlanMistake::toString() const {
    return file + ':' + std::to_string(line) + ':' + std::to_string(column) + ": " + text;
}

std::string writePlan(const Plan& plan) {
    std::string text{
        "# The extension plan, as exported. Digests stand for passwords (docs/plan.md).\n\n[town]\nname = "};
    text.append(config::inQuotes(plan.town)).append("\nrealm = ").append(config::inQuotes(plan.realm)).append("\n");
    write(text, "site", "id", plan.sites);
    write(text, "department", "id", plan.departments);
    write(text, "person", "id", plan.people);
    write(text, "extension", "number", plan.extensions);
    write(text, "device", "account", plan.devices);
    return text;
}

std::vector<std::string> difference(const Plan& current, const Plan& wanted) {
    std::vector<std::string> lines;
    const auto town =
        changes({{"name", current.town}, {"realm", current.realm}}, {{"name", wanted.town}, {"realm", wanted.realm}});
    if (!town.empty()) lines.push_back("~ town:" + town);
    compare(lines, "site", current.sites, wanted.sites);
    compare(lines, "department", current.departments, wanted.departments);
    compare(lines, "person", current.people, wanted.people);
    compare(lines, "extension", current.extensions, wanted.extensions);
    compare(lines, "device", current.devices, wanted.devices);
    return lines;
}

std::vector<std::string> completeFrom(const Plan& current, Plan& wanted) {
    std::vector<std::string> without;
    for (auto& [account, device] : wanted.devices) {
        if (!device.ha1Sha256.empty() || wanted.notes.withoutPassword.contains(account)) continue;
        const auto known = current.devices.find(account);
        // Digests of another realm are worth nothing: the passwords must be given again.
        if (known == current.devices.end() || current.realm != wanted.realm || known->second.ha1Sha256.empty()) {
            if (device.certificate.empty()) without.push_back(account);
        } else {
            device.ha1Sha256 = known->second.ha1Sha256;
            if (!wanted.notes.withoutMd5.contains(account)) device.ha1Md5 = known->second.ha1Md5;
        }
    }
    return without;
}

std::vector<GeneratedPassword> generatePasswords(Plan& plan, const std::vector<std::string>& accounts,
                                                 const std::function<std::string()>& random) {
    std::vector<GeneratedPassword> made;
    for (const auto& account : accounts) {
        auto& device = plan.devices.at(account);
        const auto password = random();
        device.ha1Sha256 = base::makeHa1(base::HashAlgorithm::Sha256, account, plan.realm, password);
        if (!plan.notes.withoutMd5.contains(account)) {
            device.ha1Md5 = base::makeHa1(base::HashAlgorithm::Md5, account, plan.realm, password);
        }
        made.push_back({account, device.extension, password});
    }
    return made;
}

DirectorySnapshot snapshotOf(const Plan& plan, std::uint64_t revision) {
    DirectorySnapshot snapshot;
    snapshot.revision = revision;
    snapshot.realm = plan.realm;
    snapshot.sites.insert(plan.sites.begin(), plan.sites.end());
    snapshot.departments.insert(plan.departments.begin(), plan.departments.end());
    snapshot.people.insert(plan.people.begin(), plan.people.end());
    for (const auto& [number, extension] : plan.extensions) {
        auto& copy = snapshot.extensions.emplace(number, extension).first->second;
        const auto person = plan.people.find(extension.person);
        if (copy.label.empty() && person != plan.people.end()) copy.label = person->second.name;
        if (copy.kind != ExtensionKind::Department) continue;
        const auto department = snapshot.departments.find(copy.department);
        if (department != snapshot.departments.end()) department->second.number = number;
    }
    for (const auto& [account, device] : plan.devices) {
        snapshot.devices.emplace(account, device);
        if (!device.certificate.empty()) snapshot.accountsByCertificate.emplace(device.certificate, account);
        const auto extension = snapshot.extensions.find(device.extension);
        if (extension != snapshot.extensions.end()) extension->second.devices.push_back(account);
    }
    return snapshot;
}

}  // namespace beffroi::directory
