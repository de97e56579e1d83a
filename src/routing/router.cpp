// SPDX-License-Identifier: AGPL-3.0-or-later
//
// The rules of routing, in the order in which they are asked. Each of them is a file of its own.

#include "routing/router.hpp"

#include "beffroi/announcements.hpp"
#include "routing/decision.hpp"
#include "routing/dialled.hpp"
#include "routing/direct_numbers.hpp"
#include "routing/emergency.hpp"
#include "routing/feature_codes.hpp"
#include "routing/forwards.hpp"
#include "routing/on_call.hpp"
#include "routing/targets.hpp"

namespace beffroi::routing {
namespace {

Ending fromOutside(Decision& decision, std::string_view dialled) {
    return leadToDirectNumber(decision, dialled);  // and to nothing else
}

Ending fromInside(Decision& decision, std::string_view dialled) {
    // "*21*2105#": a code wins over an extension that looks like one.
    if (auto code = featureCode(decision, dialled)) return *code;
    // Extensions, aliases, groups, departments; then short codes; then numbers outside.
    return leadTo(decision, dialled, callersWay(decision));
}

void settle(Decision& decision, Decision::Follower follower) {
    auto& stages = decision.plan.stages;
    if (follower.from == nullptr) {
        const auto next = nextOnCall(decision, std::move(follower.way)).stage;
        auto& stage = stages[follower.stage];
        stage.ifBusy = stage.ifNoAnswer = stage.ifUnreachable = next;
        return;
    }
    const auto ending = follow(decision, *follower.from, *follower.forward, follower.reason, follower.way);
    const auto next = ending ? ending->stage : RouteStage::kEnd;
    auto& stage = stages[follower.stage];
    if (follower.reason == DiversionReason::UserBusy) stage.ifBusy = next;
    if (follower.reason == DiversionReason::NoAnswer) stage.ifNoAnswer = next;
    if (follower.alsoBusy) stage.ifBusy = next;
    if (follower.alsoUnreachable) stage.ifUnreachable = next;
    if (follower.reason == DiversionReason::Unreachable) stage.ifUnreachable = next;
}

}  // namespace

RoutePlan route(const CallAttempt& call, const RoutingWorld& world) {
    Decision decision{call, world};
    const auto dialled = readDialled(call.dialled);
    // Help comes first: no right, forward, limit or code is asked before.
    const auto help = call.gateway.empty() ? emergencyCall(decision, call.dialled) : std::nullopt;
    const auto ending = help ? *help
                        : !dialled
                            ? Ending::noWay(404, "what was dialled is not a number", announcements::kUnknownNumber)
                        : call.gateway.empty() ? fromInside(decision, *dialled)
                                               : fromOutside(decision, *dialled);
    if (ending.hasStage()) {
        // What follows each stage, nearest to the caller first.
        while (auto follower = decision.nextFollower()) {
            if (decision.plan.stages.size() == kMostStages) {
                decision.consider("what else would follow is left out: a call has at most " +
                                  std::to_string(kMostStages) + " stages");
                break;
            }
            settle(decision, std::move(*follower));
        }
    } else if (!decision.plan.feature) {
        decision.decide(ending.refusal.reason);
        decision.plan.refusal = ending.refusal;
    }
    return std::move(decision.plan);
}

}  // namespace beffroi::routing
