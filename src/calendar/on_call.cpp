// SPDX-License-Identifier: AGPL-3.0-or-later

#include "calendar/on_call.hpp"

#include <algorithm>

namespace beffroi::calendar {
namespace {

using std::chrono::sys_seconds;

class Cycle {
public:
    Cycle(const OnCallTurns& turns, const TimeZone& zone) : turns_{turns}, zone_{zone} {}

    [[nodiscard]] bool hasBegun(sys_seconds at) const {
        return !turns_.cycle.empty() && turns_.period > std::chrono::minutes{0} && beginOf(0) <= at;
    }

    [[nodiscard]] OnCall at(sys_seconds instant) const {
        auto turn = (zone_.toLocal(instant) - turns_.start) / turns_.period;
        // The clocks may have been put forward or back since.
        while (turn > 0 && beginOf(turn) > instant) --turn;
        while (beginOf(turn + 1) <= instant) ++turn;
        OnCall now{targetOf(turn), beginOf(turn), {}, {}};
        if (turns_.cycle.size() == 1) return now;
        now.until = beginOf(turn + 1);
        now.next = targetOf(turn + 1);
        return now;
    }

private:
    [[nodiscard]] sys_seconds beginOf(std::int64_t turn) const {
        return zone_.toInstant(turns_.start + turn * turns_.period);
    }
    [[nodiscard]] std::string_view targetOf(std::int64_t turn) const {
        return turns_.cycle[static_cast<std::size_t>(turn) % turns_.cycle.size()];
    }

    const OnCallTurns& turns_;
    const TimeZone& zone_;
};

}  // namespace

OnCall onCallAt(const OnCallTurns& turns, const TimeZone& zone, sys_seconds at) {
    const auto next = std::upper_bound(
        turns.turns.begin(), turns.turns.end(), at,
        [&zone](sys_seconds instant, const OnCallTurns::Turn& turn) { return instant < zone.toInstant(turn.from); });
    OnCall now;
    const Cycle cycle{turns, zone};
    if (next != turns.turns.begin()) {
        now.target = std::prev(next)->target;
        now.since = zone.toInstant(std::prev(next)->from);
    } else if (cycle.hasBegun(at)) {
        now = cycle.at(at);
    } else if (!turns.cycle.empty() && turns.period > std::chrono::minutes{0}) {
        now.until = zone.toInstant(turns.start);
        now.next = turns.cycle.front();
    }
    if (next == turns.turns.end()) return now;
    const auto begin = zone.toInstant(next->from);
    if (now.until && *now.until < begin) return now;
    now.until = begin;
    now.next = next->target;
    return now;
}

}  // namespace beffroi::calendar
