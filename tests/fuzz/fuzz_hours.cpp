// SPDX-License-Identifier: AGPL-3.0-or-later
//
// Lines as hours (those that begin with '!' as exceptions, with '*' as turns of duty, with '@' as seconds at which to
// ask): what is read is in order, a mistake stands within its line and changes nothing, and the next change and opening
// are what they claim to be.

#include "base/assert.hpp"
#include "calendar/hours_text.hpp"
#include "calendar/on_call.hpp"
#include "calendar/opening_state.hpp"
#include "calendar/time_zones.hpp"

#include <algorithm>
#include <charconv>
#include <cstddef>
#include <cstdint>
#include <string_view>
#include <utility>

namespace {

using namespace beffroi;
using namespace beffroi::calendar;
using namespace std::chrono_literals;

void checkDay(const OpenDay& spans) {
    auto before = 0min;
    for (const auto& span : spans) {
        BEFFROI_ASSERT(before <= span.from && span.from < span.to && span.to <= 24h);
        before = span.to;
    }
}

void checkHours(const OpeningHours& hours) {
    for (const auto& spans : hours.week) checkDay(spans);
    if (hours.mondayAfterWeek53) checkDay(*hours.mondayAfterWeek53);
    if (hours.evenWeek) std::for_each(hours.evenWeek->begin(), hours.evenWeek->end(), checkDay);
    for (const auto& [day, spans] : hours.exceptions) checkDay(spans);
    for (const auto& [day, spans] : hours.yearly) checkDay(spans);
}

void checkState(const OpeningHours& hours, const TimeZone& zone, std::chrono::sys_seconds at) {
    const Holidays holidays{{std::chrono::May / 1, {}, "Mai", ""}, {{}, std::chrono::days{1}, "Lundi", ""}};
    const auto state = stateAt(hours, holidays, zone, at);
    const auto open = [&](std::chrono::sys_seconds instant) { return isOpen(hours, holidays, zone, instant); };
    BEFFROI_ASSERT(state.open == open(at));
    if (state.until) {
        BEFFROI_ASSERT(*state.until > at && open(*state.until) != state.open && open(*state.until - 1s) == state.open);
    }
    if (state.nextOpening) BEFFROI_ASSERT(open(*state.nextOpening) && !open(*state.nextOpening - 1s));
    if (!state.open) BEFFROI_ASSERT(state.nextOpening == state.until);
}

void checkOnCall(const OnCallTurns& turns, const TimeZone& zone, std::chrono::sys_seconds at) {
    const auto now = onCallAt(turns, zone, at);
    BEFFROI_ASSERT(now.target.empty() == !now.since);
    if (now.since) BEFFROI_ASSERT(*now.since <= at);
    if (!now.until) return;
    BEFFROI_ASSERT(*now.until > at && onCallAt(turns, zone, *now.until).target == now.next);
    BEFFROI_ASSERT(onCallAt(turns, zone, *now.until - 1s).target == now.target);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    static const auto kZone = readTimeZone("Europe/Paris").value();
    std::string_view rest{reinterpret_cast<const char*>(data), size};
    OpeningHours hours;
    OnCallTurns turns;
    std::uint32_t asked = 1'774'746'000;  // the night in which the clocks are put forward
    while (!rest.empty()) {
        const auto end = std::min(rest.find('\n'), rest.size());
        auto line = rest.substr(0, end);
        rest.remove_prefix(std::min(end + 1, rest.size()));
        const char kind = line.empty() ? '\0' : line.front();
        if (kind == '!' || kind == '*' || kind == '@') line.remove_prefix(1);
        if (kind == '@') {
            std::from_chars(line.data(), line.data() + line.size(), asked);
            continue;
        }
        const auto days = hours.exceptions.size() + hours.yearly.size() + turns.turns.size();
        const auto mistake = kind == '!'   ? readException(line, hours)
                             : kind == '*' ? readTurn(line, turns)
                                           : readWeekly(line, hours);
        if (!mistake) continue;
        BEFFROI_ASSERT(mistake->offset <= line.size() && !mistake->text.empty());
        BEFFROI_ASSERT(days == hours.exceptions.size() + hours.yearly.size() + turns.turns.size());
    }
    checkHours(hours);
    const std::chrono::sys_seconds at{std::chrono::seconds{asked}};
    checkState(hours, kZone, at);
    checkOnCall(turns, kZone, at);
    return 0;
}
