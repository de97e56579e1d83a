// SPDX-License-Identifier: AGPL-3.0-or-later
#include "lines/feature_change.hpp"

#include "beffroi/announcements.hpp"
#include "beffroi/feature_functions.hpp"

#include <algorithm>
#include <array>
#include <string_view>

namespace beffroi::lines {
namespace {

using Verb = FeatureRequest::Verb;

constexpr std::size_t kMostSpokenDigits = 20;
constexpr std::size_t kLongestNumber = 32;

struct ForwardWords {
    std::string_view function;
    std::string Forwards::*target;
    std::string_view to;
    std::string_view off;
};
constexpr std::array kForwards{
    ForwardWords{functions::kForwardAlways, &Forwards::always, announcements::kForwardAlwaysTo,
                 announcements::kForwardAlwaysOff},
    ForwardWords{functions::kForwardBusy, &Forwards::busy, announcements::kForwardBusyTo,
                 announcements::kForwardBusyOff},
    ForwardWords{functions::kForwardNoAnswer, &Forwards::noAnswer, announcements::kForwardNoAnswerTo,
                 announcements::kForwardNoAnswerOff},
    ForwardWords{functions::kForwardUnreachable, &Forwards::unreachable, announcements::kForwardUnreachableTo,
                 announcements::kForwardUnreachableOff},
};

const ForwardWords* forwardOf(std::string_view function) {
    const auto found = std::find_if(kForwards.begin(), kForwards.end(),
                                    [function](const ForwardWords& words) { return words.function == function; });
    return found == kForwards.end() ? nullptr : found;
}

void add(std::string& text, std::string_view part) {
    if (!part.empty()) text.append(text.empty() ? "" : "+").append(part);
}

bool set(Verb verb, bool now) { return verb == Verb::Toggle ? !now : verb == Verb::Set; }

std::string onOff(bool on, std::string_view yes, std::string_view no) { return std::string{on ? yes : no}; }

std::string spokenForward(const ForwardWords& words, const Forwards& forwards) {
    const auto& target = forwards.*words.target;
    if (target.empty()) return std::string{words.off};
    std::string text{words.to};
    add(text, spokenTarget(target));
    const auto seconds = forwards.noAnswerAfter.count();
    if (words.function == functions::kForwardNoAnswer && seconds > 0 && seconds < 60) {
        add(text, announcements::kAfter);
        add(text, "number:" + announcements::twoDigitText(static_cast<unsigned>(seconds)));
        add(text, announcements::kSeconds);
    }
    return text;
}

// The number first, then what is not as it is when nothing is set. Long numbers are left out before the text gets
// longer than can be said.
std::string spokenStatus(const std::string& extension, const LineSettings& settings) {
    std::string text{announcements::kYourNumber};
    add(text, spokenTarget(extension));
    const auto addIfRoom = [&text](const std::string& part) {
        auto longer = text;
        add(longer, part);
        if (announcements::isAnnouncement(longer)) text = std::move(longer);
    };
    const auto before = text;
    for (const auto& words : kForwards) {
        if (!(settings.forwards.*words.target).empty()) addIfRoom(spokenForward(words, settings.forwards));
    }
    if (text == before) addIfRoom(std::string{announcements::kNothingSet});
    if (settings.doNotDisturb) addIfRoom(std::string{announcements::kDoNotDisturbOn});
    if (!settings.callWaiting) addIfRoom(std::string{announcements::kCallWaitingOff});
    for (const auto& group : settings.leftGroups) {
        addIfRoom(std::string{announcements::kGroupLeft} + '+' + spokenTarget(group));
    }
    return text;
}

bool areDigits(std::string_view text) {
    return !text.empty() && text.size() <= kLongestNumber &&
           std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
}

}  // namespace

bool isAboutSettings(const FeatureRequest& request) {
    const auto& function = request.function;
    return forwardOf(function) != nullptr || function == functions::kForwards || function == functions::kDoNotDisturb ||
           function == functions::kCallWaiting || function == functions::kGroup || function == functions::kStatus;
}

bool isQuery(const FeatureRequest& request) {
    return request.verb == Verb::Query || request.function == functions::kStatus;
}

void obey(const FeatureRequest& request, LineSettings& settings) {
    if (isQuery(request)) return;
    const auto& function = request.function;
    const auto verb = request.verb;
    auto& forwards = settings.forwards;
    if (const auto* words = forwardOf(function)) {
        auto& target = forwards.*words->target;
        target = set(verb, !target.empty()) ? request.argument : std::string{};
        if (function == functions::kForwardNoAnswer) forwards.noAnswerAfter = target.empty() ? 0s : request.after;
    } else if (function == functions::kForwards) {
        forwards = {};
    } else if (function == functions::kDoNotDisturb) {
        settings.doNotDisturb = set(verb, settings.doNotDisturb);
    } else if (function == functions::kCallWaiting) {
        settings.callWaiting = set(verb, settings.callWaiting);
    } else if (function == functions::kGroup) {
        const bool rung = settings.leftGroups.count(request.argument) == 0;
        if (set(verb, rung)) {
            settings.leftGroups.erase(request.argument);
        } else {
            settings.leftGroups.insert(request.argument);
        }
    }
}

std::string spoken(const FeatureRequest& request, const LineSettings& settings) {
    const auto& function = request.function;
    if (const auto* words = forwardOf(function)) return spokenForward(*words, settings.forwards);
    if (function == functions::kForwards) return std::string{announcements::kForwardsOff};
    if (function == functions::kDoNotDisturb) {
        return onOff(settings.doNotDisturb, announcements::kDoNotDisturbOn, announcements::kDoNotDisturbOff);
    }
    if (function == functions::kCallWaiting) {
        return onOff(settings.callWaiting, announcements::kCallWaitingOn, announcements::kCallWaitingOff);
    }
    if (function == functions::kGroup) {
        auto text = onOff(settings.leftGroups.count(request.argument) == 0, announcements::kGroupJoined,
                          announcements::kGroupLeft);
        add(text, spokenTarget(request.argument));
        return text;
    }
    return spokenStatus(request.extension, settings);
}

std::string spokenTarget(std::string_view target) {
    std::string digits;
    for (const char c : target.substr(target.starts_with('+') ? 1 : 0)) {
        const bool isKey = (c >= '0' && c <= '9') || c == '*';
        if (!isKey || digits.size() >= kMostSpokenDigits) return {};
        digits += c;
    }
    return digits.empty() ? digits : "say:" + digits;
}

std::optional<PinAndNumber> splitPin(std::string_view argument) {
    const auto star = argument.find('*');
    if (star == std::string_view::npos) return std::nullopt;
    const PinAndNumber parts{argument.substr(0, star), argument.substr(star + 1)};
    return areDigits(parts.first) && areDigits(parts.second) ? std::optional{parts} : std::nullopt;
}

}  // namespace beffroi::lines
