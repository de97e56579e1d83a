// SPDX-License-Identifier: AGPL-3.0-or-later
#include "app/department_hours.hpp"

#include "routing/opening.hpp"

namespace beffroi::app {
namespace {

using calendar::OpeningReason;
using std::chrono::sys_seconds;

std::string reasonOf(const calendar::OpeningState& state, const Hours& hours) {
    switch (state.reason) {
        case OpeningReason::Holiday: return "holiday " + (state.holiday == nullptr ? "" : state.holiday->name);
        case OpeningReason::Exception: return "exception of the hours " + hours.id;
        case OpeningReason::Lunch: return "break of the hours " + hours.id;
        case OpeningReason::Weekday: return "no hours on this day, hours " + hours.id;
        case OpeningReason::Hours: break;
    }
    return "hours " + hours.id;
}

}  // namespace

DepartmentHours hoursOf(const DirectorySnapshot& directory, const country::Country& country, const LineStates& lines,
                        const Department& department, Clock::WallTime at) {
    const auto rule = routing::openingRule(directory, lines, department.id, at);
    DepartmentHours result;
    result.zone = &routing::zoneOf(directory, rule.site);
    result.why = "it has no hours";
    result.state.open = true;
    result.byHand = rule.byHand;
    result.any = rule.decidedBy != nullptr;
    if (!result.any) return result;
    auto from = std::chrono::floor<std::chrono::seconds>(at);
    if (result.byHand != nullptr) {
        result.open = result.byHand->open;
        result.why = "by hand";
        if (result.byHand->until) result.until = from = std::chrono::ceil<std::chrono::seconds>(*result.byHand->until);
    }
    if (rule.hours != nullptr) {
        const auto& holidays = routing::holidaysOf(directory, country, rule.site);
        const auto state = calendar::stateAt(rule.hours->times, holidays, *result.zone, from);
        if (result.byHand == nullptr) {
            result.state = state;
            result.open = state.open;
            result.why = reasonOf(state, *rule.hours);
            result.until = state.until;
        }
        const bool reopens = result.byHand == nullptr || result.byHand->until;
        if (!result.open && reopens) result.nextOpening = state.open ? from : state.nextOpening;
    } else if (!result.open) {
        result.nextOpening = result.until;
    }
    if (result.byHand != nullptr) {
        result.state = {result.open, OpeningReason::Exception, nullptr, result.open ? result.until : result.nextOpening,
                        result.nextOpening};
    }
    if (rule.decidedBy != &department) result.why += ", as " + rule.decidedBy->id;
    return result;
}

}  // namespace beffroi::app
