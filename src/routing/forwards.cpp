// SPDX-License-Identifier: AGPL-3.0-or-later
#include "routing/forwards.hpp"

#include "routing/on_call.hpp"
#include "routing/targets.hpp"

#include <array>

namespace beffroi::routing {
namespace {

struct Field {
    std::string Forwards::*target;
    const char* key;
    const char* words;
};

const Field& fieldOf(Condition condition) {
    static constexpr std::array<Field, 5> kFields{
        {{&Forwards::always, "forward-always", "all calls"},
         {&Forwards::busy, "forward-busy", "calls while it is busy"},
         {&Forwards::noAnswer, "forward-no-answer", "unanswered calls"},
         {&Forwards::unreachable, "forward-unreachable", "calls while no telephone can be reached"},
         {&Forwards::closed, "forward-closed", "calls while it is closed"}}};
    return kFields[static_cast<std::size_t>(condition)];
}

Condition conditionOf(DiversionReason reason) {
    switch (reason) {
        case DiversionReason::UserBusy:
        case DiversionReason::DoNotDisturb: return Condition::Busy;
        case DiversionReason::NoAnswer: return Condition::NoAnswer;
        case DiversionReason::Unreachable: return Condition::Unreachable;
        case DiversionReason::TimeOfDay: return Condition::Closed;
        case DiversionReason::Unconditional:
        case DiversionReason::Group: break;
    }
    return Condition::Always;
}

void passOver(Decision& decision, const Extension& from, const Forward& forward, const std::string& why) {
    decision.consider(
        "the forward of " + from.number + " to " + std::string{forward.target} + " is passed over: " + why,
        forward.entry, forward.key);
}

}  // namespace

std::optional<Forward> forwardOf(const Decision& decision, const Extension& extension, Condition condition) {
    const auto& world = decision.world;
    const auto& field = fieldOf(condition);
    std::optional<Forward> forward;
    const auto ask = [&](const Forwards& forwards, std::string_view kind, std::string_view id) {
        if (forward) {
            if (forward->after.count() == 0) forward->after = forwards.noAnswerAfter;
        } else if (const auto& target = forwards.*field.target; !target.empty()) {
            forward = Forward{target, forwards.noAnswerAfter, std::string{kind} + std::string{id}, field.key};
        }
    };
    if (const auto* settings = world.lines.settingsOf(extension.number)) {
        ask(settings->forwards, "settings of ", extension.number);
    }
    ask(extension.forwards, "extension ", extension.number);
    if (const auto* person = personOf(world.directory, extension)) ask(person->forwards, "person ", person->id);
    if (const auto* department = find(world.directory.departments, departmentOf(world.directory, extension))) {
        ask(department->forwards, "department ", department->id);
    }
    return forward;
}

std::optional<Ending> follow(Decision& decision, const Extension& from, const Forward& forward, DiversionReason reason,
                             const Way& way) {
    if (way.forwards == kMostForwards) {
        passOver(decision, from, forward, std::to_string(kMostForwards) + " forwards have led here already");
        return std::nullopt;
    }
    Way further = way;
    ++further.forwards;
    further.forwarded = true;
    further.payer = from.number;
    further.diversions.push_back({from.number, reason});
    const auto line = decision.plan.reasons.size();
    decision.decide(
        describe(from) + " forwards " + fieldOf(conditionOf(reason)).words + " to " + std::string{forward.target},
        forward.entry, forward.key);
    auto ending = leadTo(decision, forward.target, std::move(further));
    if (ending.followed) return ending;
    decision.plan.reasons[line].decided = false;
    passOver(decision, from, forward, ending.refusal.reason);
    return std::nullopt;
}

std::chrono::seconds waitBefore(const Decision& decision, const std::optional<Forward>& forward) {
    return forward && forward->after.count() > 0 ? forward->after : decision.world.settings.ringTime;
}

void thenForwards(Decision& decision, std::size_t stage, const Extension& from, const Way& way) {
    if (way.rota != nullptr) return thenNextOnCall(decision, stage, way);
    for (const auto reason : {DiversionReason::UserBusy, DiversionReason::NoAnswer, DiversionReason::Unreachable}) {
        if (auto forward = forwardOf(decision, from, conditionOf(reason))) {
            decision.then({stage, &from, std::move(forward), reason, way});
        }
    }
}

Ending instead(Decision& decision, const Extension& from, Condition condition, DiversionReason reason, const Way& way,
               RouteRefusal refusal) {
    const auto forward = way.rota == nullptr ? forwardOf(decision, from, condition) : std::nullopt;  // or the next one
    if (forward) {
        decision.consider(refusal.reason, entryOf(from));
        if (auto ending = follow(decision, from, *forward, reason, way)) return *ending;
    }
    return {RouteStage::kEnd, std::move(refusal), true};
}

}  // namespace beffroi::routing
