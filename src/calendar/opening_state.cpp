// SPDX-License-Identifier: AGPL-3.0-or-later
//
// A change can only be where the clocks show the beginning or the end of a span, or where they are put forward or back:
// these instants are tried in their order.

#include "calendar/opening_state.hpp"

#include "calendar/holiday_days.hpp"

#include <algorithm>
#include <vector>

namespace beffroi::calendar {
namespace {

using std::chrono::days;
using std::chrono::local_days;
using std::chrono::local_seconds;
using std::chrono::sys_seconds;

constexpr days kSearched{400};

// What counts on a day, and by which rule.
struct DayHours {
    const OpenDay* spans = nullptr;
    OpeningReason reason = OpeningReason::Hours;
    const Holiday* holiday = nullptr;
};

// The ISO 8601 week of a day is the one of its Thursday's year.
bool isInEvenWeek(local_days day) {
    const auto sinceMonday = std::chrono::weekday{day} - std::chrono::Monday;
    const auto thursday = day - sinceMonday + days{3};
    const local_days newYear{std::chrono::year_month_day{thursday}.year() / std::chrono::January / 1};
    return (thursday - newYear).count() / 7 % 2 == 1;
}

const OpenDay& weeklyHours(const OpeningHours& hours, local_days day) {
    const auto weekday = static_cast<std::size_t>((std::chrono::weekday{day} - std::chrono::Monday).count());
    if (!hours.evenWeek) return hours.week[weekday];
    if (isInEvenWeek(day)) return (*hours.evenWeek)[weekday];
    const bool isAfterOdd = weekday == 0 && hours.mondayAfterWeek53 && !isInEvenWeek(day - days{1});
    return isAfterOdd ? *hours.mondayAfterWeek53 : hours.week[weekday];
}

DayHours hoursOn(const OpeningHours& hours, const Holidays& holidays, local_days day) {
    static const OpenDay kClosed;
    if (const auto found = hours.exceptions.find(day); found != hours.exceptions.end()) {
        return {&found->second, OpeningReason::Exception};
    }
    if (!hours.yearly.empty()) {
        const std::chrono::year_month_day date{day};
        const auto found = hours.yearly.find(date.month() / date.day());
        if (found != hours.yearly.end()) return {&found->second, OpeningReason::Exception};
    }
    const auto* holiday = hours.openOnHolidays ? nullptr : holidayOn(holidays, day);
    if (holiday != nullptr) return {&kClosed, OpeningReason::Holiday, holiday};
    const auto& spans = weeklyHours(hours, day);
    return {&spans, spans.empty() ? OpeningReason::Weekday : OpeningReason::Hours};
}

bool contains(const OpenDay& spans, std::chrono::seconds ofDay) {
    return std::any_of(spans.begin(), spans.end(),
                       [ofDay](const OpenSpan& span) { return span.from <= ofDay && ofDay < span.to; });
}

bool isBetween(const OpenDay& spans, std::chrono::seconds ofDay) {
    return !spans.empty() && spans.front().to <= ofDay && ofDay < spans.back().from;
}

class Search {
public:
    Search(const OpeningHours& hours, const Holidays& holidays, const TimeZone& zone)
        : hours_{hours}, holidays_{holidays}, zone_{zone} {}

    /// The first instant after `at`, within `kSearched`, at which it is no longer as it is at `at`.
    [[nodiscard]] std::optional<sys_seconds> changeAfter(sys_seconds at) {
        const bool open = isOpen(hours_, holidays_, zone_, at);
        const auto today = std::chrono::floor<days>(zone_.toLocal(at));
        for (auto day = today; day <= today + kSearched; day += days{1}) {
            const auto& spans = *hoursOn(hours_, holidays_, day).spans;
            if (open ? isWhole(spans) : spans.empty()) continue;
            gather(day, spans);
            const auto change = std::find_if(instants_.begin(), instants_.end(), [&](sys_seconds instant) {
                return instant > at && isOpen(hours_, holidays_, zone_, instant) != open;
            });
            if (change != instants_.end()) return *change;
        }
        return std::nullopt;
    }

private:
    static bool isWhole(const OpenDay& spans) {
        return spans.size() == 1 && spans[0].from == std::chrono::minutes{0} && spans[0].to == days{1};
    }

    void gather(local_days day, const OpenDay& spans) {
        instants_.clear();
        for (const auto& span : spans) {
            gatherShown(day + span.from);
            gatherShown(day + span.to);
        }
        const auto& periods = zone_.periods();
        const auto first = zone_.toInstant(day);
        const auto next = zone_.toInstant(day + days{1});
        for (auto period = firstAfter(first); period != periods.end() && period->from < next; ++period) {
            instants_.push_back(period->from);
        }
        gatherShown(day);  // midnight: the hours of the day before may have gone on to here
        std::sort(instants_.begin(), instants_.end());
    }

    // Every instant at which the clocks show `local`: none, one or two.
    void gatherShown(local_seconds local) {
        const auto instant = zone_.toInstant(local);
        if (zone_.toLocal(instant) == local) instants_.push_back(instant);
        const auto later = firstAfter(instant);
        if (later == zone_.periods().end()) return;
        const sys_seconds again{local.time_since_epoch() - later->offset};
        if (again >= later->from && zone_.toLocal(again) == local) instants_.push_back(again);
    }

    [[nodiscard]] std::vector<TimeZone::Period>::const_iterator firstAfter(sys_seconds instant) const {
        const auto& periods = zone_.periods();
        return std::upper_bound(periods.begin() + 1, periods.end(), instant,
                                [](sys_seconds at, const TimeZone::Period& period) { return at < period.from; });
    }

    const OpeningHours& hours_;
    const Holidays& holidays_;
    const TimeZone& zone_;
    std::vector<sys_seconds> instants_;
};

}  // namespace

bool isOpen(const OpeningHours& hours, const Holidays& holidays, const TimeZone& zone, sys_seconds at) {
    const auto local = zone.toLocal(at);
    const auto day = std::chrono::floor<days>(local);
    return contains(*hoursOn(hours, holidays, day).spans, local - day);
}

OpeningState stateAt(const OpeningHours& hours, const Holidays& holidays, const TimeZone& zone, sys_seconds at) {
    const auto local = zone.toLocal(at);
    const auto day = std::chrono::floor<days>(local);
    const auto today = hoursOn(hours, holidays, day);
    OpeningState state;
    state.open = contains(*today.spans, local - day);
    state.reason = today.reason;
    state.holiday = today.holiday;
    if (!state.open && state.reason == OpeningReason::Hours && isBetween(*today.spans, local - day)) {
        state.reason = OpeningReason::Lunch;
    }
    Search search{hours, holidays, zone};
    state.until = search.changeAfter(at);
    state.nextOpening = state.open && state.until ? search.changeAfter(*state.until) : state.until;
    return state;
}

}  // namespace beffroi::calendar
