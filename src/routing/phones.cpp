// SPDX-License-Identifier: AGPL-3.0-or-later
#include "routing/phones.hpp"

#include "beffroi/announcements.hpp"
#include "routing/forwards.hpp"
#include "routing/opening.hpp"

#include <algorithm>

namespace beffroi::routing {
namespace {

// A boss whose calls a secretary takes. The secretary reaches the boss, by a call of its own and by its forwards.
std::optional<Ending> secretary(Decision& decision, const Extension& extension, Way& way) {
    const auto* person = personOf(decision.world.directory, extension);
    if (person == nullptr || person->secretary.empty() || person->secretary == extension.number) return std::nullopt;
    const auto entry = "person " + person->id;
    const bool comesFromThere = !way.diversions.empty() && way.diversions.back().number == person->secretary;
    if (decision.call.caller == person->secretary || comesFromThere) {
        decision.consider(person->secretary + " is the secretary of " + person->id + " and gets through", entry,
                          "secretary");
        return std::nullopt;
    }
    if (mayDisturb(decision, extension)) {
        decision.consider(decision.call.caller + " gets past the secretary " + person->secretary, entry, "reached-by");
        return std::nullopt;
    }
    way.visited.pop_back();  // the boss has not been tried: the secretary's forwards may lead back
    auto ending =
        follow(decision, extension, {person->secretary, {}, entry, "secretary"}, DiversionReason::Unconditional, way);
    way.visited.push_back(&extension);
    return ending;
}

// Who is on call is, whatever the hours.
std::optional<Ending> whileClosed(Decision& decision, const Extension& extension, Way& way) {
    const auto forward = forwardOf(decision, extension, Condition::Closed);
    if (!forward || way.rota != nullptr) return std::nullopt;
    const auto* department =
        find(decision.world.directory.departments, departmentOf(decision.world.directory, extension));
    if (department == nullptr) return std::nullopt;
    const auto opening = openingOf(decision, department->id);
    tell(decision, *department, opening, !opening.open);
    if (opening.open) return std::nullopt;
    way.department = department;
    return follow(decision, extension, *forward, DiversionReason::TimeOfDay, way);
}

Ending ring(Decision& decision, const Extension& extension, const Way& way) {
    RouteStage stage;
    stage.targets.emplace_back(RingExtension{extension.number});
    stage.timeout = way.rota != nullptr && way.rota->ringTime.count() > 0
                        ? way.rota->ringTime
                        : waitBefore(decision, forwardOf(decision, extension, Condition::NoAnswer));
    decision.decide(
        describe(extension) + " is an extension: its phones ring for " + std::to_string(stage.timeout.count()) + " s",
        entryOf(extension));
    auto ending = decision.place(std::move(stage), way);
    if (ending.hasStage()) thenForwards(decision, ending.stage, extension, way);
    return ending;
}

}  // namespace

bool mayDisturb(const Decision& decision, const Extension& extension) {
    const auto* person = personOf(decision.world.directory, extension);
    if (person == nullptr || decision.call.caller.empty()) return false;
    const auto& reachedBy = person->reachedBy;
    return std::find(reachedBy.begin(), reachedBy.end(), decision.call.caller) != reachedBy.end();
}

Ending leadToPhone(Decision& decision, const Extension& extension, Way way) {
    const auto& lines = decision.world.lines;
    if (auto ending = secretary(decision, extension, way)) return *ending;
    if (const auto always = forwardOf(decision, extension, Condition::Always)) {
        if (auto ending = follow(decision, extension, *always, DiversionReason::Unconditional, way)) return *ending;
    }
    if (auto ending = whileClosed(decision, extension, way)) return *ending;

    const auto* settings = lines.settingsOf(extension.number);
    if (settings != nullptr && settings->doNotDisturb) {
        if (!mayDisturb(decision, extension)) {
            return instead(decision, extension, Condition::Busy, DiversionReason::DoNotDisturb, way,
                           {486, describe(extension) + " does not want to be disturbed",
                            std::string{announcements::kNotDisturbed}});
        }
        decision.consider(decision.call.caller + " may disturb " + extension.number, entryOf(extension), "reached-by");
    }
    if (settings != nullptr && !settings->callWaiting && lines.isBusy(extension.number)) {
        return instead(
            decision, extension, Condition::Busy, DiversionReason::UserBusy, way,
            {486, describe(extension) + " is busy and has no call waiting", std::string{announcements::kBusy}});
    }
    if (!lines.isReachable(extension.number)) {
        const bool hasDevice = !extension.devices.empty();
        return instead(
            decision, extension, Condition::Unreachable, DiversionReason::Unreachable, way,
            {480, describe(extension) + (hasDevice ? " has no telephone that is registered" : " has no device"),
             std::string{announcements::kUnreachable}});
    }
    return ring(decision, extension, way);
}

}  // namespace beffroi::routing
