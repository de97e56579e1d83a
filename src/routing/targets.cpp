// SPDX-License-Identifier: AGPL-3.0-or-later
#include "routing/targets.hpp"

#include "beffroi/announcements.hpp"
#include "beffroi/plan_target.hpp"
#include "routing/departments.hpp"
#include "routing/groups.hpp"
#include "routing/on_call.hpp"
#include "routing/opening.hpp"
#include "routing/outside.hpp"
#include "routing/phones.hpp"

#include <algorithm>

namespace beffroi::routing {
namespace {

constexpr std::size_t kMostSteps = 64;  // far more than a plan without a circle needs

bool enter(Way& way, const void* place) {
    if (std::find(way.visited.begin(), way.visited.end(), place) != way.visited.end()) return false;
    way.visited.push_back(place);
    return true;
}

Ending leadToShortCode(Decision& decision, const ShortCode& code, Way way) {
    if (!enter(way, &code)) return decision.leadsBack(code.number);
    decision.decide(code.number + " is a short code for " + code.target, "short-code " + code.number, "target");
    return leadTo(decision, code.target, std::move(way));
}

Ending leadToNumber(Decision& decision, std::string_view number, Way way) {
    const auto& directory = decision.world.directory;
    if (const auto* extension = directory.extension(number))
        return leadToExtension(decision, *extension, std::move(way));
    if (const auto* code = find(directory.shortCodes, number)) return leadToShortCode(decision, *code, std::move(way));
    return leadOutside(decision, number, std::move(way));
}

Ending leadToService(Decision& decision, const Extension& extension, Service service, const Way& way) {
    decision.decide(
        describe(extension) + (service == Service::Room ? " is a room" : " is the echo test") + ": the bridge takes it",
        entryOf(extension), "kind");
    RouteStage stage;
    stage.targets.emplace_back(CallService{service, extension.number, extension.maximumMembers});
    return decision.place(std::move(stage), way);
}

}  // namespace

Way callersWay(const Decision& decision) {
    Way way;
    const auto& call = decision.call;
    way.payer = call.payer.empty() ? call.caller : call.payer;
    way.forwarded = !call.gateway.empty() || (!call.payer.empty() && call.payer != call.caller);
    return way;
}

Ending leadTo(Decision& decision, std::string_view target, Way way) {
    if (++way.steps > kMostSteps) return decision.leadsBack(target);
    const auto where = planTarget(target);
    switch (where.kind) {
        case PlanTarget::Kind::Number: return leadToNumber(decision, where.value, std::move(way));
        case PlanTarget::Kind::Announcement: return leadToAnnouncement(decision, where.value, way);
        case PlanTarget::Kind::OnCall: return leadToOnCall(decision, where.value, std::move(way));
        case PlanTarget::Kind::None: break;
    }
    return Ending::noWay(404, "the plan names no target", announcements::kUnknownNumber);
}

Ending leadToExtension(Decision& decision, const Extension& extension, Way way) {
    if (!enter(way, &extension)) return decision.leadsBack(extension.number);
    switch (extension.kind) {
        case ExtensionKind::Phone: return leadToPhone(decision, extension, std::move(way));
        case ExtensionKind::Group: return leadToGroup(decision, extension, std::move(way));
        case ExtensionKind::Department: return leadToDepartment(decision, extension, std::move(way));
        case ExtensionKind::Room: return leadToService(decision, extension, Service::Room, way);
        case ExtensionKind::EchoTest: return leadToService(decision, extension, Service::Echo, way);
        case ExtensionKind::Alias: break;
    }
    decision.decide(describe(extension) + " stands for " + extension.target, entryOf(extension), "target");
    return leadTo(decision, extension.target, std::move(way));
}

Ending leadToAnnouncement(Decision& decision, std::string_view names, const Way& way) {
    if (way.rota != nullptr) {  // what is said answers the call, and nobody else on call would be rung
        return Ending::refused(480, "an announcement helps nobody who needs who is on call",
                               announcements::kUnreachable);
    }
    auto said = announcementOf(decision, names, way.department);
    decision.decide("the announcement \"" + said + "\" is made");
    RouteStage stage;
    stage.targets.emplace_back(CallService{Service::Announcement, "announcement", 0, std::move(said)});
    return decision.place(std::move(stage), way);
}

}  // namespace beffroi::routing
