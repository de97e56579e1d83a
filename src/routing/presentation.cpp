// SPDX-License-Identifier: AGPL-3.0-or-later
#include "routing/presentation.hpp"

#include <algorithm>
#include <array>

namespace beffroi::routing {
namespace {

std::string_view siteOf(const DirectorySnapshot& directory, const Extension& extension) {
    for (const auto& account : extension.devices) {
        const auto* device = directory.device(account);
        if (device != nullptr && !device->site.empty()) return device->site;
    }
    const auto* department = find(directory.departments, departmentOf(directory, extension));
    return department == nullptr ? std::string_view{} : std::string_view{department->site};
}

std::string_view siteOf(const DirectorySnapshot& directory, std::string_view number) {
    const auto* extension = directory.extension(number);
    return extension == nullptr ? std::string_view{} : siteOf(directory, *extension);
}

std::string_view directNumberOf(const DirectorySnapshot& directory, std::string_view extension) {
    const auto* number = find(directory.directNumberOf, extension);
    return number == nullptr ? std::string_view{} : std::string_view{*number};
}

// "+33327000000" or "+33327000000-+33327000099".
bool covers(std::string_view range, std::string_view number) {
    const auto dash = range.find('-');
    if (dash == std::string_view::npos) return range == number;
    const auto first = range.substr(0, dash);
    return number.size() == first.size() && first <= number && number <= range.substr(dash + 1);
}

bool mayPresent(const Gateway& gateway, std::string_view number) {
    if (number.empty()) return false;
    if (gateway.presents.empty() || number == gateway.number) return true;
    return std::any_of(gateway.presents.begin(), gateway.presents.end(),
                       [number](const std::string& range) { return covers(range, number); });
}

std::string_view departmentsNumber(const DirectorySnapshot& directory, std::string_view id) {
    const auto* department = find(directory.departments, id);
    return department == nullptr ? std::string_view{} : directNumberOf(directory, department->number);
}

}  // namespace

std::string_view callersSite(const Decision& decision) {
    const auto& directory = decision.world.directory;
    const auto* device = directory.device(decision.call.callerAccount);
    if (device == nullptr) return siteOf(directory, decision.call.caller);
    // Who has logged in there is a guest: the guest's own office is somewhere else.
    return device->site.empty() ? siteOf(directory, device->extension) : std::string_view{device->site};
}

std::string_view payersSite(const Decision& decision, const Way& way) {
    if (way.payer == decision.call.caller) return callersSite(decision);
    return siteOf(decision.world.directory, way.payer);
}

std::string presentedNumber(const Decision& decision, const Way& way, const Gateway& gateway) {
    const auto& directory = decision.world.directory;
    const bool fromOutside = !decision.call.gateway.empty();
    if (decision.plan.withheld) return {};
    if (fromOutside && gateway.presentsCaller && !decision.call.callerNumber.empty()) return decision.call.callerNumber;
    const auto who = fromOutside ? way.payer : std::string_view{decision.call.caller};
    const auto* extension = directory.extension(who);
    const auto department = extension == nullptr ? std::string_view{} : departmentOf(directory, *extension);
    const auto* site = find(directory.sites, fromOutside ? payersSite(decision, way) : callersSite(decision));
    const std::array<std::string_view, 4> candidates{
        directNumberOf(directory, who), departmentsNumber(directory, department),
        site == nullptr ? std::string_view{} : std::string_view{site->number}, gateway.number};
    for (const auto number : candidates) {
        if (mayPresent(gateway, number)) return std::string{number};
    }
    return {};
}

std::string emergencyNumberOf(const Decision& decision, const Site* site, const Gateway& gateway) {
    const auto& directory = decision.world.directory;
    const auto* device = directory.device(decision.call.callerAccount);
    const auto& caller = device == nullptr ? decision.call.caller : device->extension;  // help goes to the telephone
    if (site != nullptr && !site->emergencyNumber.empty()) return site->emergencyNumber;
    if (site != nullptr && !site->number.empty()) return site->number;
    if (const auto own = directNumberOf(directory, caller); !own.empty()) return std::string{own};
    return gateway.number;
}

}  // namespace beffroi::routing
