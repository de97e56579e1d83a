// SPDX-License-Identifier: AGPL-3.0-or-later

#include "calendar/on_call.hpp"

#include "calendar/hours_text.hpp"
#include "calendar/time_zones.hpp"
#include "support/instants.hpp"

#include <catch2/catch.hpp>

#include <string>
#include <vector>

using namespace beffroi;
using namespace beffroi::calendar;
using test::utc;
using namespace std::chrono_literals;

namespace {

const TimeZone& paris() {
    static const auto kParis = readTimeZone("Europe/Paris").value();
    return kParis;
}

/// "alice since 2026-11-27 12:00 until 2026-12-04 12:00, then bob"; in local time.
std::string onCall(const OnCallTurns& turns, const std::string& atUtc) {
    const auto now = onCallAt(turns, paris(), utc(atUtc));
    const auto shown = [](const auto& instant) { return instant ? test::text(paris().toLocal(*instant)) : "ever"; };
    return (now.target.empty() ? "nobody" : std::string{now.target}) + " since " + shown(now.since) + " until " +
           shown(now.until) + ", then " + (now.next.empty() ? "nobody" : std::string{now.next});
}

struct Asked {
    std::string at;
    std::string answer;
};

void checkEach(const OnCallTurns& turns, const std::vector<Asked>& cases) {
    for (const auto& [at, answer] : cases) {
        CAPTURE(at);
        CHECK(onCall(turns, at) == answer);
    }
}

OnCallTurns written(const std::vector<std::string>& texts) {
    OnCallTurns turns;
    for (const auto& text : texts) REQUIRE_FALSE(readTurn(text, turns));
    return turns;
}

OnCallTurns cycle(const std::string& start, std::vector<std::string> targets, std::chrono::minutes period) {
    OnCallTurns turns;
    REQUIRE_FALSE(readStart(start, turns));
    turns.cycle = std::move(targets);
    turns.period = period;
    return turns;
}

}  // namespace

TEST_CASE("a turn that is written down lasts until the next", "[calendar][rota]") {
    checkEach(written({"2026-11-27 12:00 alice", "2026-12-04 12:00 bob"}),
              {{"2026-11-27 10:59:59", "nobody since ever until 2026-11-27 12:00, then alice"},
               {"2026-11-27 11:00", "alice since 2026-11-27 12:00 until 2026-12-04 12:00, then bob"},
               {"2026-12-04 10:59:59", "alice since 2026-11-27 12:00 until 2026-12-04 12:00, then bob"},
               {"2026-12-04 11:00", "bob since 2026-12-04 12:00 until ever, then nobody"},
               {"2030-01-01 00:00", "bob since 2026-12-04 12:00 until ever, then nobody"}});
    checkEach({}, {{"2026-11-27 11:00", "nobody since ever until ever, then nobody"}});
}

TEST_CASE("a cycle goes round, at the same hour in summer and in winter", "[calendar][rota]") {
    checkEach(cycle("2026-01-02 12:00", {"alice", "bob", "carol"}, 168h),
              {{"2026-01-02 10:59:59", "nobody since ever until 2026-01-02 12:00, then alice"},
               {"2026-01-02 11:00", "alice since 2026-01-02 12:00 until 2026-01-09 12:00, then bob"},
               {"2026-01-09 11:00", "bob since 2026-01-09 12:00 until 2026-01-16 12:00, then carol"},
               {"2026-01-23 11:00", "alice since 2026-01-23 12:00 until 2026-01-30 12:00, then bob"},
               // The week in which the clocks are put forward (10:00 UTC is noon from then on), and back.
               {"2026-03-27 11:00", "alice since 2026-03-27 12:00 until 2026-04-03 12:00, then bob"},
               {"2026-04-03 09:59:59", "alice since 2026-03-27 12:00 until 2026-04-03 12:00, then bob"},
               {"2026-04-03 10:00", "bob since 2026-04-03 12:00 until 2026-04-10 12:00, then carol"},
               {"2026-10-30 10:59:59", "alice since 2026-10-23 12:00 until 2026-10-30 12:00, then bob"},
               {"2026-10-30 11:00", "bob since 2026-10-30 12:00 until 2026-11-06 12:00, then carol"}});
}

TEST_CASE("a turn that begins in a skipped or doubled hour begins once", "[calendar][rota]") {
    checkEach(written({"2026-03-29 02:30 alice", "2026-10-25 02:30 bob"}),
              {{"2026-03-29 00:59:59", "nobody since ever until 2026-03-29 03:00, then alice"},
               {"2026-03-29 01:00", "alice since 2026-03-29 03:00 until 2026-10-25 02:30, then bob"},
               {"2026-10-25 00:29:59", "alice since 2026-03-29 03:00 until 2026-10-25 02:30, then bob"},
               {"2026-10-25 00:30", "bob since 2026-10-25 02:30 until ever, then nobody"},
               {"2026-10-25 01:10", "bob since 2026-10-25 02:30 until ever, then nobody"}});
    const auto hourly = cycle("2026-10-25 00:30", {"alice", "bob", "carol"}, 1h);
    checkEach(hourly, {{"2026-10-25 00:45", "carol since 2026-10-25 02:30 until 2026-10-25 03:30, then alice"},
                       {"2026-10-25 01:10", "carol since 2026-10-25 02:30 until 2026-10-25 03:30, then alice"},
                       {"2026-10-25 02:29:59", "carol since 2026-10-25 02:30 until 2026-10-25 03:30, then alice"},
                       {"2026-10-25 02:30", "alice since 2026-10-25 03:30 until 2026-10-25 04:30, then bob"}});
}

TEST_CASE("written turns take over from a cycle", "[calendar][rota]") {
    auto turns = cycle("2026-01-02 12:00", {"alice", "bob"}, 168h);
    REQUIRE_FALSE(readTurn("2026-01-12 08:00 carol", turns));
    checkEach(turns, {{"2026-01-01 00:00", "nobody since ever until 2026-01-02 12:00, then alice"},
                      {"2026-01-03 00:00", "alice since 2026-01-02 12:00 until 2026-01-09 12:00, then bob"},
                      {"2026-01-10 00:00", "bob since 2026-01-09 12:00 until 2026-01-12 08:00, then carol"},
                      {"2026-01-12 07:00", "carol since 2026-01-12 08:00 until ever, then nobody"}});
}

TEST_CASE("a cycle of one never changes, and one without a period is none", "[calendar][rota]") {
    checkEach(cycle("2026-01-02 12:00", {"alice"}, 168h),
              {{"2026-01-20 00:00", "alice since 2026-01-16 12:00 until ever, then nobody"}});
    checkEach(cycle("2026-01-02 12:00", {"alice", "bob"}, 0h),
              {{"2026-01-20 00:00", "nobody since ever until ever, then nobody"}});
}
