// SPDX-License-Identifier: AGPL-3.0-or-later
#include "app/emergency_audit.hpp"

#include "routing/router.hpp"

#include <algorithm>
#include <tuple>
#include <variant>
#include <vector>

namespace beffroi::app {
namespace {

using nlohmann::json;

const DialOutside* wayOut(const RoutePlan& plan) {
    for (const auto& stage : plan.stages) {
        for (const auto& target : stage.targets) {
            if (const auto* dial = std::get_if<DialOutside>(&target); dial != nullptr && dial->emergency) return dial;
        }
    }
    return nullptr;
}

void judgeSite(const Site* site, json& faults, json& remarks) {
    if (site == nullptr) {
        faults.push_back("the device has no site");
        return;
    }
    if (site->emergencyNumber.empty()) faults.push_back("the site has no emergency-number");
    if (site->address.empty()) remarks.push_back("the site has no address");
    if (site->emergencyNotify.empty()) remarks.push_back("nobody is told (emergency-notify)");
}

json auditOf(const Device& device, const routing::RoutingWorld& world, const std::string& number, Clock::WallTime at) {
    const auto found = world.directory.sites.find(device.site);
    const auto* site = found == world.directory.sites.end() ? nullptr : &found->second;
    json faults = json::array();
    json remarks = json::array();
    judgeSite(site, faults, remarks);
    const auto plan = routing::route({device.extension, device.account, number, at}, world);
    const auto* way = wayOut(plan);
    if (way == nullptr) {
        faults.push_back("no gateway leads to the emergency services");
    } else if (way->presented.empty()) {
        faults.push_back("no number is presented");
    }
    return {{"account", device.account},
            {"extension", device.extension},
            {"site", device.site},
            {"gateway", way == nullptr ? "" : way->gateway},
            {"presented", way == nullptr ? "" : way->presented},
            {"notify", plan.notify},
            {"faults", std::move(faults)},
            {"remarks", std::move(remarks)}};
}

}  // namespace

json emergencyAudit(const DirectorySnapshot& directory, const country::Country& country, const LineStates& lines,
                    Clock::WallTime at) {
    const routing::RoutingSettings settings;
    const routing::RoutingWorld world{directory, country, lines, settings};
    json numbers = json::array();
    for (const auto& number : country.emergencyNumbers()) numbers.push_back(number.number);
    std::vector<const Device*> devices;
    devices.reserve(directory.devices.size());
    for (const auto& [account, device] : directory.devices) devices.push_back(&device);
    std::sort(devices.begin(), devices.end(), [](const Device* a, const Device* b) {
        return std::tie(a->site, a->account) < std::tie(b->site, b->account);
    });
    json list = json::array();
    std::size_t faults = 0;
    const auto& first = country.emergencyNumbers().front().number;  // all of them go the same way
    for (const auto* device : devices) {
        list.push_back(auditOf(*device, world, first, at));
        faults += list.back()["faults"].size();
    }
    return {{"numbers", std::move(numbers)}, {"devices", std::move(list)}, {"faults", faults}};
}

}  // namespace beffroi::app
