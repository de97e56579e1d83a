// SPDX-License-Identifier: AGPL-3.0-or-later
#include "routing/outside.hpp"

#include "beffroi/announcements.hpp"
#include "country/number_class.hpp"
#include "routing/direct_numbers.hpp"
#include "routing/emergency.hpp"
#include "routing/feature_codes.hpp"
#include "routing/on_call.hpp"
#include "routing/presentation.hpp"
#include "routing/rights.hpp"
#include "routing/targets.hpp"

namespace beffroi::routing {
namespace {

using country::OutsideNumber;

Ending unknown(const Decision& decision, std::string_view number) {
    const bool isCode = number.starts_with('*') || number.starts_with('#');
    return Ending::noWay(404, "nobody has the number " + withoutPin(number, decision.world.directory),
                         isCode ? announcements::kUnknownCode : announcements::kUnknownNumber);
}

std::string describe(const Decision& decision, const OutsideNumber& outside) {
    auto text = outside.number;
    const auto* contact = find(decision.world.directory.contacts, outside.number);
    if (contact != nullptr) text += " (" + contact->name + ')';
    text += " is a number outside, class " + std::string{country::toString(outside.numberClass)};
    return text;
}

const Gateway* gatewayFor(const Decision& decision, const Way& way) {
    const auto& directory = decision.world.directory;
    const auto* site = find(directory.sites, payersSite(decision, way));
    if (site != nullptr) {
        if (const auto* own = find(directory.gateways, site->gateway)) return own;
    }
    return find(directory.gateways, directory.town.gateway);
}

std::variant<DialOutside, Ending> judge(Decision& decision, const OutsideNumber& outside, const Way& way) {
    if (outside.numberClass == NumberClass::Emergency) {
        return Ending::noWay(403, "no call is sent on to an emergency number", announcements::kNotAllowed);
    }
    decision.consider(describe(decision, outside));
    auto right = rightTo(decision, outside.numberClass, way);
    if (!right.given) {
        decision.consider(right.reason, right.entry, right.key);
        return Ending::noWay(403, right.reason,
                             right.byPinOnly ? announcements::kPinNeeded : announcements::kNotAllowed);
    }
    decision.consider(right.reason, std::move(right.entry), std::move(right.key));
    const auto* gateway = gatewayFor(decision, way);
    if (gateway == nullptr) return Ending::refused(503, "no gateway leads outside", announcements::kNoLine);
    if (gateway->maximumCalls > 0 && decision.world.lines.callsBy(gateway->id) >= gateway->maximumCalls) {
        return Ending::refused(503, "the gateway " + gateway->id + " carries as many calls as it may",
                               announcements::kNoLine);
    }
    return DialOutside{outside.number, gateway->id, presentedNumber(decision, way, *gateway), false};
}

}  // namespace

std::variant<DialOutside, Ending> outsideTarget(Decision& decision, std::string_view number, const Way& way) {
    const auto& world = decision.world;
    const auto read = world.country.normalise(number, world.directory.town.outsidePrefix);
    const auto* outside = std::get_if<OutsideNumber>(&read);
    if (outside == nullptr) return unknown(decision, number);
    if (directTarget(world.directory, outside->number)) {
        return Ending::noWay(404, outside->number + " is a number of the town", announcements::kUnknownNumber);
    }
    return judge(decision, *outside, way);
}

Ending leadOutside(Decision& decision, std::string_view number, Way way) {
    const auto& world = decision.world;
    const auto read = world.country.normalise(number, world.directory.town.outsidePrefix);
    const auto* outside = std::get_if<OutsideNumber>(&read);
    if (outside == nullptr) return unknown(decision, number);
    if (const auto direct = directTarget(world.directory, outside->number)) {
        decision.decide(outside->number + " is the direct number of " + direct->target + ": the call stays inside",
                        "direct-numbers " + direct->entry->first);
        return leadToDirectTarget(decision, *direct, std::move(way));
    }
    if (outside->numberClass == NumberClass::Emergency && !way.forwarded) {
        return callForHelp(decision, outside->number, outside->name);
    }
    auto target = judge(decision, *outside, way);
    if (const auto* ending = std::get_if<Ending>(&target)) return *ending;
    auto& dial = std::get<DialOutside>(target);
    decision.decide(dial.number + " is called by " + dial.gateway +
                        (dial.presented.empty() ? ", the number withheld" : " as " + dial.presented),
                    "gateway " + dial.gateway);
    RouteStage stage;
    stage.targets.emplace_back(std::move(dial));
    if (way.rota != nullptr) {
        stage.timeout = way.rota->ringTime.count() > 0 ? way.rota->ringTime : world.settings.ringTime;
    }
    auto ending = decision.place(std::move(stage), way);
    if (ending.hasStage() && way.rota != nullptr) thenNextOnCall(decision, ending.stage, way);
    return ending;
}

}  // namespace beffroi::routing
