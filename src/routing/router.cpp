// SPDX-License-Identifier: AGPL-3.0-or-later
//
// The rules of routing in the order in which route() asks them. The one that decides leaves its line among the reasons.

#include "routing/router.hpp"

#include <algorithm>
#include <string_view>

namespace beffroi::routing {
namespace {

constexpr std::size_t kLongestNumber = 32;

bool isDialKey(char c) noexcept { return (c >= '0' && c <= '9') || c == '*' || c == '#' || c == '+'; }

RoutePlan refuse(RoutePlan plan, std::uint16_t status, std::string reason) {
    plan.reasons.push_back({reason, {}, {}, true});
    plan.refusal = RouteRefusal{status, std::move(reason)};
    return plan;
}

bool canBeDialled(std::string_view number) {
    return !number.empty() && number.size() <= kLongestNumber && std::all_of(number.begin(), number.end(), isDialKey);
}

std::string describe(const Extension& extension) {
    return extension.label.empty() ? extension.number : extension.number + " (" + extension.label + ')';
}

RoutePlan toPhones(RoutePlan plan, const Extension& extension, const RoutingSettings& settings) {
    if (extension.devices.empty()) {
        return refuse(std::move(plan), 480, describe(extension) + " has no device");
    }
    plan.reasons.push_back({describe(extension) + " is an extension: its phones ring for " +
                                std::to_string(settings.ringTime.count()) + " s",
                            "extension " + extension.number,
                            {},
                            true});
    plan.stages.push_back({{RingExtension{extension.number}}, settings.ringTime});
    return plan;
}

RoutePlan toService(RoutePlan plan, const Extension& extension, Service service) {
    plan.reasons.push_back({describe(extension) + (service == Service::Room ? " is a room" : " is the echo test") +
                                ": the bridge takes it",
                            "extension " + extension.number,
                            {},
                            true});
    plan.stages.push_back(
        {{CallService{service, extension.number, extension.maximumMembers}}, std::chrono::seconds{0}});
    return plan;
}

}  // namespace

RoutePlan route(const CallAttempt& call, const DirectorySnapshot& directory, const RoutingSettings& settings) {
    RoutePlan plan;
    if (!canBeDialled(call.dialled)) return refuse(std::move(plan), 404, "what was dialled is not a number");
    const auto* extension = directory.extension(call.dialled);
    if (extension == nullptr) return refuse(std::move(plan), 404, "nobody has the number " + call.dialled);
    switch (extension->kind) {
        case ExtensionKind::Phone: return toPhones(std::move(plan), *extension, settings);
        case ExtensionKind::Room: return toService(std::move(plan), *extension, Service::Room);
        case ExtensionKind::EchoTest: return toService(std::move(plan), *extension, Service::Echo);
        case ExtensionKind::Group:
        case ExtensionKind::Department:
        case ExtensionKind::Alias: break;
    }
    return refuse(std::move(plan), 404, "the directory names no way to " + call.dialled);
}

}  // namespace beffroi::routing
