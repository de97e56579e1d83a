// SPDX-License-Identifier: AGPL-3.0-or-later
#include "routing/departments.hpp"

#include "beffroi/announcements.hpp"
#include "routing/forwards.hpp"
#include "routing/groups.hpp"
#include "routing/opening.hpp"
#include "routing/targets.hpp"

namespace beffroi::routing {
namespace {

Ending whileClosed(Decision& decision, const Extension& extension, const Opening& opening, const Way& way) {
    const bool saysSomething = opening.byHand != nullptr && !opening.byHand->announcement.empty();
    if (saysSomething) return leadToAnnouncement(decision, opening.byHand->announcement, way);
    if (const auto forward = forwardOf(decision, extension, Condition::Closed)) {
        if (auto ending = follow(decision, extension, *forward, DiversionReason::TimeOfDay, way)) return *ending;
    }
    const auto names = std::string{announcements::kClosed} + '+' + std::string{announcements::kNextOpening};
    return leadToAnnouncement(decision, names, way);
}

}  // namespace

Ending leadToDepartment(Decision& decision, const Extension& extension, Way way) {
    if (const auto always = forwardOf(decision, extension, Condition::Always)) {
        if (auto ending = follow(decision, extension, *always, DiversionReason::Unconditional, way)) return *ending;
    }
    if (const auto* department = find(decision.world.directory.departments, extension.department)) {
        const auto opening = openingOf(decision, department->id);
        tell(decision, *department, opening, !opening.open);
        if (!opening.open) {
            way.department = department;
            return whileClosed(decision, extension, opening, way);
        }
    }
    return ringMembers(decision, extension, way);
}

}  // namespace beffroi::routing
