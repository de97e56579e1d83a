// SPDX-License-Identifier: AGPL-3.0-or-later
#include "routing/opening.hpp"

#include "beffroi/announcements.hpp"
#include "calendar/opening_state.hpp"

namespace beffroi::routing {
namespace {

using std::chrono::sys_seconds;

constexpr std::size_t kDeepest = 64;  // departments above one another; the plan's checks allow no circle

sys_seconds secondOf(Clock::WallTime at) { return std::chrono::floor<std::chrono::seconds>(at); }

const Holidays& holidaysOf(const Decision& decision, std::string_view site) {
    return routing::holidaysOf(decision.world.directory, decision.world.country, site);
}

}  // namespace

const Holidays& holidaysOf(const DirectorySnapshot& directory, const country::Country& country, std::string_view site) {
    static const Holidays kNone;
    const auto* there = find(directory.sites, site);
    const auto& region = there != nullptr && !there->holidays.empty() ? there->holidays : directory.town.holidays;
    const auto* holidays = country.holidays(region);
    return holidays == nullptr ? kNone : *holidays;
}

const TimeZone& zoneOf(const DirectorySnapshot& directory, std::string_view site) {
    static const TimeZone kUtc;
    const auto* there = find(directory.sites, site);
    const auto* zone =
        find(directory.zones, there != nullptr && !there->timeZone.empty() ? there->timeZone : directory.town.timeZone);
    return zone == nullptr ? kUtc : *zone;
}

bool isOpenAt(const Decision& decision, const Hours& hours, std::string_view site) {
    return calendar::isOpen(hours.times, holidaysOf(decision, site), zoneOf(decision.world.directory, site),
                            secondOf(decision.call.at));
}

std::string_view siteOf(const DirectorySnapshot& directory, const Department& department) {
    const auto* each = &department;
    for (std::size_t depth = 0; each != nullptr && depth < kDeepest; ++depth) {
        if (!each->site.empty()) return each->site;
        each = find(directory.departments, each->parent);
    }
    return {};
}

OpeningRule openingRule(const DirectorySnapshot& directory, const LineStates& lines, std::string_view department,
                        Clock::WallTime at) {
    OpeningRule rule;
    const auto* each = find(directory.departments, department);
    if (each != nullptr) rule.site = siteOf(directory, *each);
    for (std::size_t depth = 0; each != nullptr && depth < kDeepest; ++depth) {
        if (rule.decidedBy == nullptr) rule.byHand = lines.overrideOf(each->id, at);
        if (rule.hours == nullptr) rule.hours = find(directory.hours, each->hours);
        const bool says = rule.byHand != nullptr || rule.hours != nullptr;
        if (rule.decidedBy == nullptr && says) rule.decidedBy = each;
        if (rule.hours != nullptr) break;
        each = find(directory.departments, each->parent);
    }
    return rule;
}

Opening openingOf(const Decision& decision, std::string_view department) {
    const auto& world = decision.world;
    Opening opening{openingRule(world.directory, world.lines, department, decision.call.at)};
    if (opening.byHand != nullptr) {
        opening.open = opening.byHand->open;
    } else if (opening.hours != nullptr) {
        opening.open = isOpenAt(decision, *opening.hours, opening.site);
    }
    return opening;
}

void tell(Decision& decision, const Department& department, const Opening& opening, bool decided) {
    std::string text = department.id + (opening.open ? " is open" : " is closed");
    std::string entry = "department " + department.id;
    if (opening.decidedBy == nullptr) {
        text += ": it has no hours";
    } else if (opening.byHand != nullptr) {
        text += " by hand";
        if (opening.decidedBy != &department) text += ", as " + opening.decidedBy->id;
    } else {
        text += " by the hours " + opening.hours->id;
        if (opening.decidedBy != &department) text += " of " + opening.decidedBy->id;
        entry = "hours " + opening.hours->id;
    }
    decided ? decision.decide(std::move(text), std::move(entry)) : decision.consider(std::move(text), std::move(entry));
}

std::optional<sys_seconds> nextOpening(const Decision& decision, const Opening& opening) {
    if (opening.open || opening.decidedBy == nullptr) return std::nullopt;
    auto from = secondOf(decision.call.at);
    if (opening.byHand != nullptr) {
        if (!opening.byHand->until) return std::nullopt;  // until somebody opens
        from = std::chrono::ceil<std::chrono::seconds>(*opening.byHand->until);
        if (opening.hours == nullptr) return from;
    }
    const auto& zone = zoneOf(decision.world.directory, opening.site);
    const auto state = calendar::stateAt(opening.hours->times, holidaysOf(decision, opening.site), zone, from);
    return state.open ? from : state.nextOpening;
}

std::string announcementOf(const Decision& decision, std::string_view names, const Department* department) {
    std::string said;
    const auto add = [&said](std::string_view part) {
        if (!said.empty()) said += '+';
        said += part;
    };
    while (!names.empty()) {
        const auto plus = names.find('+');
        const auto part = names.substr(0, plus);
        names.remove_prefix(plus == std::string_view::npos ? names.size() : plus + 1);
        if (part != announcements::kNextOpening) {
            add(part);
            continue;
        }
        if (department == nullptr) continue;
        const auto opening = openingOf(decision, department->id);
        const auto next = nextOpening(decision, opening);
        if (!next) continue;
        const auto& zone = zoneOf(decision.world.directory, opening.site);
        const auto today = std::chrono::floor<std::chrono::days>(zone.toLocal(secondOf(decision.call.at)));
        add(announcements::kOpens);
        add(announcements::spokenMoment(today, std::chrono::floor<std::chrono::minutes>(zone.toLocal(*next))));
    }
    // Only an opening that nobody knows was to be said.
    return said.empty() ? std::string{department == nullptr ? announcements::kUnreachable : announcements::kClosed}
                        : said;
}

}  // namespace beffroi::routing
