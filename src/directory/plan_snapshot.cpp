// SPDX-License-Identifier: AGPL-3.0-or-later
//
// The plan as the call path looks things up: what a decision needs is one look-up away.

#include "calendar/time_zones.hpp"
#include "directory/plan.hpp"
#include "directory/plan_numbers.hpp"
#include "directory/plan_times.hpp"

#include <algorithm>

namespace beffroi::directory {
namespace {

void addExtensions(DirectorySnapshot& snapshot, const Plan& plan) {
    snapshot.extensions.reserve(plan.extensions.size());
    for (const auto& [number, extension] : plan.extensions) {
        auto& copy = snapshot.extensions.emplace(number, extension).first->second;
        const auto person = plan.people.find(extension.person);
        if (copy.label.empty() && person != plan.people.end()) copy.label = person->second.name;
        if (extension.kind != ExtensionKind::Department) continue;
        const auto department = snapshot.departments.find(extension.department);
        if (department != snapshot.departments.end()) department->second.number = number;
    }
}

void addDevices(DirectorySnapshot& snapshot, const Plan& plan) {
    snapshot.devices.reserve(plan.devices.size());
    for (const auto& [account, device] : plan.devices) {
        snapshot.devices.emplace(account, device);
        if (!device.certificate.empty()) snapshot.accountsByCertificate.emplace(device.certificate, account);
        const auto extension = snapshot.extensions.find(device.extension);
        if (extension != snapshot.extensions.end()) extension->second.devices.push_back(account);
    }
}

// The first number that leads to an extension is the one by which the outside knows it.
void addDirectNumbers(DirectorySnapshot& snapshot, const Plan& plan) {
    for (const auto& [first, numbers] : plan.directNumbers) {
        auto& copy = snapshot.directNumbers.emplace_back(numbers);
        if (copy.last.empty()) copy.last = first;
        forEachDirect(copy, [&snapshot](const std::string& number, const std::string& target) {
            if (snapshot.extensions.contains(target)) snapshot.directNumberOf.emplace(target, number);
        });
    }
    std::sort(snapshot.directNumbers.begin(), snapshot.directNumbers.end(),
              [](const DirectNumbers& a, const DirectNumbers& b) { return a.first < b.first; });
}

void addZones(DirectorySnapshot& snapshot, const Plan& plan) {
    const auto add = [&snapshot](const std::string& name) {
        if (name.empty() || snapshot.zones.contains(name)) return;
        if (auto zone = calendar::readTimeZone(name)) snapshot.zones.emplace(name, std::move(*zone));
    };
    add(plan.town.timeZone);
    for (const auto& [id, site] : plan.sites) add(site.timeZone);
}

template <typename T>
void copyTo(DirectorySnapshot::ByName<T>& to, const std::map<std::string, T>& from) {
    to.reserve(from.size());
    to.insert(from.begin(), from.end());
}

}  // namespace

DirectorySnapshot snapshotOf(const Plan& plan, std::uint64_t revision) {
    DirectorySnapshot snapshot;
    snapshot.revision = revision;
    snapshot.realm = plan.realm;
    snapshot.town = plan.town;
    copyTo(snapshot.sites, plan.sites);
    copyTo(snapshot.departments, plan.departments);
    copyTo(snapshot.people, plan.people);
    copyTo(snapshot.classes, plan.classes);
    copyTo(snapshot.hours, plan.hours);
    copyTo(snapshot.rotas, plan.rotas);
    copyTo(snapshot.gateways, plan.gateways);
    copyTo(snapshot.shortCodes, plan.shortCodes);
    copyTo(snapshot.contacts, plan.contacts);
    for (const auto& [code, change] : plan.codes) snapshot.codes.push_back(change);
    for (auto& [id, hours] : snapshot.hours) hours.times = timesOf(hours);
    for (auto& [id, rota] : snapshot.rotas) rota.times = timesOf(rota);
    addExtensions(snapshot, plan);
    addDevices(snapshot, plan);
    addDirectNumbers(snapshot, plan);
    addZones(snapshot, plan);
    return snapshot;
}

}  // namespace beffroi::directory
