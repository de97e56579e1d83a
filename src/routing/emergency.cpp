// SPDX-License-Identifier: AGPL-3.0-or-later
#include "routing/emergency.hpp"

#include "beffroi/announcements.hpp"
#include "beffroi/feature_functions.hpp"
#include "routing/code_table.hpp"
#include "routing/dialled.hpp"
#include "routing/presentation.hpp"

#include <algorithm>
#include <vector>

namespace beffroi::routing {
namespace {

// By the site's gateway, then the town's, then whatever other one there is: to be late there is better than no help.
std::vector<const Gateway*> gatewaysFor(const DirectorySnapshot& directory, const Site* site) {
    std::vector<const Gateway*> all;
    const auto* own = site == nullptr ? nullptr : find(directory.gateways, site->gateway);
    const auto* towns = find(directory.gateways, directory.town.gateway);
    if (own != nullptr) all.push_back(own);
    if (towns != nullptr && towns != own) all.push_back(towns);
    const auto named = static_cast<std::ptrdiff_t>(all.size());
    for (const auto& [id, gateway] : directory.gateways) {
        if (&gateway != own && &gateway != towns) all.push_back(&gateway);
    }
    std::sort(all.begin() + named, all.end(), [](const auto* a, const auto* b) { return a->id < b->id; });
    return all;
}

const country::EmergencyNumber* emergencyNumber(std::string_view keys, const DirectorySnapshot& directory,
                                                const country::Country& country) {
    if (keys.starts_with('+')) {  // "+33112", from an address book: "0112" as it is written here
        const auto match = country.emergency(country.write(keys, NumberFormat::National), {});
        return match ? match->number : nullptr;
    }
    const auto match = country.emergency(keys, directory.town.outsidePrefix);
    const bool extension = match && match->byHabit && directory.extension(keys) != nullptr;
    return match && !extension ? match->number : nullptr;
}

// What stands behind a code that takes a number to call; the codes of the profile count even where they are off.
std::optional<std::string_view> behindCode(std::string_view keys, std::string_view code, std::string_view function) {
    const auto beginning = beginningOf(code);
    const bool byPin = function == functions::kCallByPin;
    if ((!byPin && function != functions::kHideNumber) || !keys.starts_with(beginning)) return std::nullopt;
    keys.remove_prefix(beginning.size());
    if (byPin) return keys.substr(std::min(keys.size(), keys.rfind('*') + 1));
    if (keys.starts_with('*') || keys.starts_with('#')) keys.remove_prefix(1);
    return keys;
}

}  // namespace

Ending callForHelp(Decision& decision, std::string_view number, std::string_view name) {
    const auto& directory = decision.world.directory;
    const auto* site = find(directory.sites, callersSite(decision));
    auto& plan = decision.plan;
    plan.emergency = true;
    plan.withheld = false;
    if (site != nullptr) plan.notify = site->emergencyNotify;
    const auto entry = site == nullptr ? std::string{} : "site " + site->id;
    decision.decide(std::string{number} + " is an emergency number (" + std::string{name} + ")");

    auto first = Ending::refused(503, "no gateway leads to the emergency services", announcements::kNoLine);
    std::size_t before = RouteStage::kEnd;
    for (const auto* gateway : gatewaysFor(directory, site)) {
        const auto presented = emergencyNumberOf(decision, site, *gateway);
        decision.decide("by " + gateway->id + (presented.empty() ? ", under no number" : " as " + presented), entry,
                        "emergency-number");
        RouteStage stage;
        stage.targets.emplace_back(DialOutside{std::string{number}, gateway->id, presented, true});
        const auto ending = decision.place(std::move(stage), Way{});
        if (!ending.hasStage()) break;
        if (before == RouteStage::kEnd) {
            first = ending;
        } else {  // "busy" and "declined" are said by networks that have no line free: no refusal ends it
            auto& failed = plan.stages[before];
            failed.ifBusy = failed.ifNoAnswer = failed.ifUnreachable = ending.stage;
        }
        before = ending.stage;
    }
    return first;
}

const country::EmergencyNumber* helpIn(std::string_view dialled, const DirectorySnapshot& directory,
                                       const country::Country& country) {
    const auto read = readDialled(dialled.substr(0, dialled.find(';')));
    if (!read) return nullptr;
    std::string_view keys = *read;
    if (keys.size() > 1 && keys.ends_with('#')) keys.remove_suffix(1);
    if (const auto* number = emergencyNumber(keys, directory, country)) return number;
    const country::EmergencyNumber* behind = nullptr;
    const auto look = [&](std::string_view code, std::string_view function) {
        const auto number = behind == nullptr ? behindCode(keys, code, function) : std::nullopt;
        if (number) behind = emergencyNumber(*number, directory, country);
    };
    for (const auto& code : franceCodes()) look(code.code, code.function);
    for (const auto& change : directory.codes) look(change.code, change.function);
    return behind;
}

std::optional<Ending> emergencyCall(Decision& decision, std::string_view dialled) {
    const auto* number = helpIn(dialled, decision.world.directory, decision.world.country);
    if (number != nullptr) return callForHelp(decision, number->number, number->name);
    decision.consider("no emergency number was dialled");  // without it: a PIN may be in it
    return std::nullopt;
}

}  // namespace beffroi::routing
