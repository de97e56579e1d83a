// SPDX-License-Identifier: AGPL-3.0-or-later
#include "routing/expectation.hpp"

#include "routing/plan_words.hpp"

#include <algorithm>
#include <array>
#include <vector>

namespace beffroi::routing {
namespace {

constexpr std::array kEvents{StageEvent::Busy, StageEvent::NoAnswer, StageEvent::Unreachable};
constexpr std::string_view kThen = "then ";

// "2101, 2102" in the order of its parts.
std::string inOrder(std::string_view list) {
    std::vector<std::string_view> parts;
    while (!list.empty()) {
        const auto comma = list.find(", ");
        parts.push_back(list.substr(0, comma));
        list.remove_prefix(comma == std::string_view::npos ? list.size() : comma + 2);
    }
    std::sort(parts.begin(), parts.end());
    std::string text;
    for (const auto part : parts) text.append(text.empty() ? "" : ", ").append(part);
    return text;
}

bool matches(std::string_view is, std::string_view wanted) {
    constexpr std::string_view kRings = "rings ";
    if (is == wanted) return true;
    if (is.starts_with(kRings) && wanted.starts_with(kRings)) {
        return inOrder(is.substr(kRings.size())) == inOrder(wanted.substr(kRings.size()));
    }
    if (wanted.empty() || !is.starts_with(wanted)) return false;
    const char behind = is[wanted.size()];
    if (is.starts_with("announces ")) return behind == '+' && wanted.size() > std::string_view{"announces"}.size();
    return (is.starts_with("outside ") || is.starts_with("emergency ")) && (behind == ' ' || behind == ',') &&
           wanted.find(' ') != std::string_view::npos;
}

bool goesOn(const RoutePlan& plan, std::string_view wanted) {
    for (const auto event : kEvents) {
        std::string_view action = wanted;
        const auto condition = ' ' + std::string{toString(event)};
        const bool named = wanted.ends_with(condition);
        if (named) action.remove_suffix(condition.size());
        if (!named && wanted.find(" if ") != std::string_view::npos) continue;
        const auto leads = [&](const RouteStage& stage) {
            const auto to = next(stage, event);
            return to != RouteStage::kEnd && matches(describe(plan.stages[to]), action);
        };
        if (std::any_of(plan.stages.begin(), plan.stages.end(), leads)) return true;
    }
    return false;
}

}  // namespace

bool isAsExpected(const RoutePlan& plan, std::string_view result) {
    if (plan.refusal) return matches(describe(*plan.refusal), result);
    if (plan.feature) return matches(describe(*plan.feature), result);
    if (result.starts_with(kThen)) return goesOn(plan, result.substr(kThen.size()));
    return matches(describe(plan.stages.front()), result);
}

std::string summaryOf(const RoutePlan& plan) {
    if (plan.refusal) return describe(*plan.refusal);
    if (plan.feature) return describe(*plan.feature);
    auto text = describe(plan.stages.front());
    for (const auto& stage : plan.stages) {
        const bool any =
            stage.ifBusy != RouteStage::kEnd && stage.ifBusy == stage.ifNoAnswer && stage.ifBusy == stage.ifUnreachable;
        for (const auto event : kEvents) {
            const auto to = next(stage, event);
            if (to == RouteStage::kEnd || (any && event != StageEvent::Busy)) continue;
            text += ", then " + describe(plan.stages[to]);
            if (!any) text += ' ' + std::string{toString(event)};
        }
    }
    return text;
}

}  // namespace beffroi::routing
