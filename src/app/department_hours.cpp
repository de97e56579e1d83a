// SPDX-License-Identifier: AGPL-3.0-or-later
#include "app/department_hours.hpp"

namespace beffroi::app {
namespace {

using calendar::OpeningReason;
using std::chrono::sys_seconds;

constexpr int kDeepest = 64;  // departments above one another; the plan's checks allow no circle

template <typename T>
const T* find(const DirectorySnapshot::ByName<T>& map, std::string_view name) {
    const auto found = name.empty() ? map.end() : map.find(name);
    return found == map.end() ? nullptr : &found->second;
}

const Holidays& holidaysOf(const DirectorySnapshot& directory, const country::Country& country, std::string_view site) {
    static const Holidays kNone;
    const auto* there = find(directory.sites, site);
    const auto& region = there != nullptr && !there->holidays.empty() ? there->holidays : directory.town.holidays;
    const auto* holidays = country.holidays(region);
    return holidays == nullptr ? kNone : *holidays;
}

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

const TimeZone& zoneOf(const DirectorySnapshot& directory, std::string_view site) {
    static const TimeZone kUtc;
    const auto* there = find(directory.sites, site);
    const auto* zone =
        find(directory.zones, there != nullptr && !there->timeZone.empty() ? there->timeZone : directory.town.timeZone);
    return zone == nullptr ? kUtc : *zone;
}

DepartmentHours hoursOf(const DirectorySnapshot& directory, const country::Country& country, const LineStates& lines,
                        const Department& department, Clock::WallTime at) {
    DepartmentHours result;
    result.zone = &zoneOf(directory, department.site);
    result.why = "it has no hours";
    result.state.open = true;
    const Department* decides = nullptr;  // by hand or by its hours, whichever is nearer
    const Department* opens = nullptr;    // by its hours: also after what was done by hand has passed
    const auto* each = &department;
    for (int depth = 0; each != nullptr && opens == nullptr && depth < kDeepest; ++depth) {
        if (decides == nullptr) result.byHand = lines.overrideOf(each->id, at);
        if (!each->hours.empty()) opens = each;
        if (decides == nullptr && (result.byHand != nullptr || opens != nullptr)) decides = each;
        each = find(directory.departments, each->parent);
    }
    if (decides == nullptr) return result;
    const auto* hours = opens == nullptr ? nullptr : find(directory.hours, opens->hours);
    result.any = true;
    result.zone = &zoneOf(directory, (opens == nullptr ? decides : opens)->site);
    auto from = std::chrono::floor<std::chrono::seconds>(at);
    if (result.byHand != nullptr) {
        result.open = result.byHand->open;
        result.why = "by hand";
        if (result.byHand->until) result.until = from = std::chrono::ceil<std::chrono::seconds>(*result.byHand->until);
    }
    if (hours != nullptr) {
        const auto& holidays = holidaysOf(directory, country, opens->site);
        const auto state = calendar::stateAt(hours->times, holidays, *result.zone, from);
        if (result.byHand == nullptr) {
            result.state = state;
            result.open = state.open;
            result.why = reasonOf(state, *hours);
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
    if (decides != &department) result.why += ", as " + decides->id;
    return result;
}

}  // namespace beffroi::app
