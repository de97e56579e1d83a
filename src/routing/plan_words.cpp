// SPDX-License-Identifier: AGPL-3.0-or-later
#include "routing/plan_words.hpp"

#include <algorithm>

namespace beffroi::routing {
namespace {

std::string wordsOf(std::string_view name) {
    std::string words{name};
    std::replace(words.begin(), words.end(), '-', ' ');
    return words;
}

std::string describeOutside(const DialOutside& outside) {
    return (outside.emergency ? "emergency " : "outside ") + outside.number + " by " + outside.gateway +
           (outside.presented.empty() ? std::string{", withheld"} : " as " + outside.presented);
}

std::string describeService(const CallService& service) {
    switch (service.service) {
        case Service::Room: return "enters room " + service.number;
        case Service::Echo: return "plays echo";
        case Service::Announcement: break;
    }
    return "announces " + service.announcement;
}

}  // namespace

std::string_view toString(StageEvent event) noexcept {
    switch (event) {
        case StageEvent::Busy: return "if busy";
        case StageEvent::NoAnswer: return "if no answer";
        case StageEvent::Unreachable: return "if unreachable";
    }
    return "";
}

std::size_t next(const RouteStage& stage, StageEvent event) noexcept {
    switch (event) {
        case StageEvent::Busy: return stage.ifBusy;
        case StageEvent::NoAnswer: return stage.ifNoAnswer;
        case StageEvent::Unreachable: return stage.ifUnreachable;
    }
    return RouteStage::kEnd;
}

std::string describe(const RouteTarget& target) {
    if (const auto* phones = std::get_if<RingExtension>(&target)) return "rings " + phones->number;
    if (const auto* service = std::get_if<CallService>(&target)) return describeService(*service);
    return describeOutside(std::get<DialOutside>(target));
}

std::string describe(const RouteStage& stage) {
    std::string text;
    bool ringing = false;
    for (const auto& target : stage.targets) {
        const auto* phones = std::get_if<RingExtension>(&target);
        if (!text.empty()) text += ", ";
        text += phones != nullptr && ringing ? phones->number : describe(target);
        ringing = phones != nullptr;
    }
    return text;
}

std::string describe(const RouteRefusal& refusal) {
    return "refused: " +
           (refusal.announcement.empty() ? std::to_string(refusal.status) : wordsOf(refusal.announcement));
}

std::string describe(const FeatureRequest& feature) {
    switch (feature.verb) {
        case FeatureRequest::Verb::Set: break;
        case FeatureRequest::Verb::Clear: return "clears " + feature.function;
        case FeatureRequest::Verb::Toggle:
            return "toggles " + feature.function + (feature.argument.empty() ? "" : ' ' + feature.argument);
        case FeatureRequest::Verb::Query: return "asks for " + feature.function;
    }
    const bool secret = feature.argument.find('*') != std::string::npos;  // a PIN is in it
    auto text = "sets " + feature.function;
    if (!feature.argument.empty() && !secret) text += " to " + feature.argument;
    if (feature.after.count() > 0) text += " after " + std::to_string(feature.after.count()) + " s";
    return text;
}

}  // namespace beffroi::routing
