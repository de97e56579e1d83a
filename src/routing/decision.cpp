// SPDX-License-Identifier: AGPL-3.0-or-later
#include "routing/decision.hpp"

#include "beffroi/announcements.hpp"

namespace beffroi::routing {

Ending Decision::place(RouteStage stage, const Way& way) {
    if (plan.stages.size() == kMostStages) {
        consider("a call has at most " + std::to_string(kMostStages) + " stages: what is farther away is left out");
        return Ending::noWay(480, "too many stages", announcements::kLoop);
    }
    stage.diversions = way.diversions;
    plan.stages.push_back(std::move(stage));
    return Ending::at(plan.stages.size() - 1);
}

Ending Decision::leadsBack(std::string_view number) {
    circle = true;
    return Ending::noWay(480, "the way leads back to " + std::string{number}, announcements::kLoop);
}

std::optional<Decision::Follower> Decision::nextFollower() {
    if (followers_.empty()) return std::nullopt;
    auto first = std::move(followers_.front());
    followers_.pop_front();
    return first;
}

std::string describe(const Extension& extension) {
    return extension.label.empty() ? extension.number : extension.number + " (" + extension.label + ')';
}

std::string entryOf(const Extension& extension) { return "extension " + extension.number; }

const Person* personOf(const DirectorySnapshot& directory, const Extension& extension) {
    return find(directory.people, extension.person);
}

std::string_view departmentOf(const DirectorySnapshot& directory, const Extension& extension) {
    if (!extension.department.empty()) return extension.department;
    const auto* person = personOf(directory, extension);
    return person == nullptr ? std::string_view{} : std::string_view{person->department};
}

}  // namespace beffroi::routing
