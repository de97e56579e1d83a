// SPDX-License-Identifier: AGPL-3.0-or-later
#include "routing/emergency.hpp"

#include "beffroi/announcements.hpp"
#include "routing/presentation.hpp"

#include <array>

namespace beffroi::routing {
namespace {

// By the site's gateway, and by the town's if that cannot be reached or has no line free.
std::array<const Gateway*, 2> gatewaysFor(const DirectorySnapshot& directory, const Site* site) {
    const auto* own = site == nullptr ? nullptr : find(directory.gateways, site->gateway);
    const auto* towns = find(directory.gateways, directory.town.gateway);
    if (own == nullptr) return {towns, nullptr};
    return {own, towns == own ? nullptr : towns};
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
        if (gateway == nullptr) continue;
        const auto presented = emergencyNumberOf(decision, site, *gateway);
        decision.decide("by " + gateway->id + (presented.empty() ? ", under no number" : " as " + presented), entry,
                        "emergency-number");
        RouteStage stage;
        stage.targets.emplace_back(DialOutside{std::string{number}, gateway->id, presented, true});
        const auto ending = decision.place(std::move(stage), Way{});
        if (before == RouteStage::kEnd) {
            first = ending;
        } else {
            plan.stages[before].ifBusy = plan.stages[before].ifUnreachable = ending.stage;
        }
        before = ending.stage;
    }
    return first;
}

std::optional<Ending> emergencyCall(Decision& decision, std::string_view dialled) {
    const auto& directory = decision.world.directory;
    const auto match = decision.world.country.emergency(dialled, directory.town.outsidePrefix);
    if (!match) {
        decision.consider("no emergency number was dialled");  // without it: a PIN may be in it
        return std::nullopt;
    }
    if (match->byHabit && directory.extension(dialled) != nullptr) {
        decision.consider(std::string{dialled} + " is an extension, not " + match->number->number);
        return std::nullopt;
    }
    return callForHelp(decision, match->number->number, match->number->name);
}

}  // namespace beffroi::routing
