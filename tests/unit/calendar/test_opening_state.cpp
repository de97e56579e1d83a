// SPDX-License-Identifier: AGPL-3.0-or-later

#include "calendar/opening_state.hpp"

#include "calendar/hours_text.hpp"
#include "calendar/time_zones.hpp"
#include "support/countries.hpp"
#include "support/instants.hpp"

#include <catch2/catch.hpp>

#include <random>
#include <string>
#include <vector>

using namespace beffroi;
using namespace beffroi::calendar;
using test::utc;
using namespace std::chrono_literals;

namespace {

using Texts = std::vector<std::string>;

const TimeZone& paris() {
    static const auto kParis = readTimeZone("Europe/Paris").value();
    return kParis;
}

OpeningHours hoursOf(const Texts& weekly, const Texts& exceptions = {}) {
    OpeningHours hours;
    for (const auto& text : weekly) REQUIRE_FALSE(readWeekly(text, hours));
    for (const auto& text : exceptions) REQUIRE_FALSE(readException(text, hours));
    return hours;
}

const Texts kTownHall{"mon-fri 08:30-12:00 13:30-17:30", "sat 09:00-12:00"};

std::string reasonText(const OpeningState& state) {
    switch (state.reason) {
        case OpeningReason::Hours: return "hours";
        case OpeningReason::Lunch: return "lunch";
        case OpeningReason::Weekday: return "weekday";
        case OpeningReason::Holiday: return state.holiday == nullptr ? "?" : state.holiday->name;
        case OpeningReason::Exception: break;
    }
    return "exception";
}

/// "open hours until 2026-11-27 17:30, then 2026-11-28 09:00"; all in local time.
std::string stateText(const OpeningHours& hours, const std::string& local, const std::string& region = "metropole",
                      const TimeZone& zone = paris()) {
    const auto at = zone.toInstant(std::chrono::local_seconds{utc(local).time_since_epoch()});
    const auto& holidays = *test::france().holidays(region);
    const auto state = stateAt(hours, holidays, zone, at);
    CHECK(isOpen(hours, holidays, zone, at) == state.open);
    const auto shown = [&](const auto& instant) { return instant ? test::text(zone.toLocal(*instant)) : "never"; };
    return (state.open ? "open " : "closed ") + reasonText(state) + " until " + shown(state.until) + ", then " +
           shown(state.nextOpening);
}

struct Asked {
    std::string at;
    std::string state;
};

void checkEach(const OpeningHours& hours, const std::vector<Asked>& cases, const std::string& region = "metropole") {
    for (const auto& [at, state] : cases) {
        CAPTURE(at, region);
        CHECK(stateText(hours, at, region) == state);
    }
}

}  // namespace

TEST_CASE("a town hall is open by its weekly hours", "[calendar][hours]") {
    checkEach(hoursOf(kTownHall),
              {{"2026-11-26 08:29:59", "closed hours until 2026-11-26 08:30, then 2026-11-26 08:30"},
               {"2026-11-26 08:30", "open hours until 2026-11-26 12:00, then 2026-11-26 13:30"},
               {"2026-11-26 11:59:59", "open hours until 2026-11-26 12:00, then 2026-11-26 13:30"},
               {"2026-11-26 12:00", "closed lunch until 2026-11-26 13:30, then 2026-11-26 13:30"},
               {"2026-11-26 13:29:59", "closed lunch until 2026-11-26 13:30, then 2026-11-26 13:30"},
               {"2026-11-26 17:30", "closed hours until 2026-11-27 08:30, then 2026-11-27 08:30"},
               {"2026-11-27 17:00", "open hours until 2026-11-27 17:30, then 2026-11-28 09:00"},
               {"2026-11-28 12:00", "closed hours until 2026-11-30 08:30, then 2026-11-30 08:30"},
               {"2026-11-29 10:00", "closed weekday until 2026-11-30 08:30, then 2026-11-30 08:30"}});
}

TEST_CASE("a public holiday is closed unless the hours say otherwise", "[calendar][hours][holidays]") {
    auto hours = hoursOf(kTownHall);
    checkEach(hours, {{"2026-04-30 17:00", "open hours until 2026-04-30 17:30, then 2026-05-02 09:00"},
                      {"2026-05-01 10:00", "closed Fête du Travail until 2026-05-02 09:00, then 2026-05-02 09:00"},
                      {"2026-05-14 10:00", "closed Ascension until 2026-05-15 08:30, then 2026-05-15 08:30"},
                      {"2026-12-31 18:00", "closed hours until 2027-01-02 09:00, then 2027-01-02 09:00"},
                      {"2026-12-25 23:59", "closed Noël until 2026-12-26 09:00, then 2026-12-26 09:00"}});
    checkEach(hours,
              {{"2026-12-25 23:59", "closed Noël until 2026-12-28 08:30, then 2026-12-28 08:30"},
               {"2026-12-26 10:00", "closed Saint-Étienne until 2026-12-28 08:30, then 2026-12-28 08:30"},
               {"2026-04-03 10:00", "open hours until 2026-04-03 12:00, then 2026-04-03 13:30"}},
              "alsace-moselle");
    checkEach(hours, {{"2026-04-03 10:00", "closed Vendredi saint until 2026-04-04 09:00, then 2026-04-04 09:00"}},
              "alsace-moselle-temple");
    hours.openOnHolidays = true;
    checkEach(hours, {{"2026-05-01 10:00", "open hours until 2026-05-01 12:00, then 2026-05-01 13:30"}});
}

TEST_CASE("an exception counts before the week and before a holiday", "[calendar][hours][holidays]") {
    const auto hours = hoursOf(kTownHall, {"2026-12-24 08:30-12:00", "2026-05-15 closed", "2026-05-01 09:00-10:00",
                                           "12-31 08:30-12:00", "2027-12-31 14:00-15:00", "12-25 10:00-11:00"});
    checkEach(hours, {{"2026-12-24 09:00", "open exception until 2026-12-24 12:00, then 2026-12-25 10:00"},
                      {"2026-12-24 13:30", "closed exception until 2026-12-25 10:00, then 2026-12-25 10:00"},
                      {"2026-12-25 10:30", "open exception until 2026-12-25 11:00, then 2026-12-26 09:00"},
                      {"2026-05-15 10:00", "closed exception until 2026-05-16 09:00, then 2026-05-16 09:00"},
                      {"2026-05-01 09:30", "open exception until 2026-05-01 10:00, then 2026-05-02 09:00"},
                      {"2026-12-31 09:00", "open exception until 2026-12-31 12:00, then 2027-01-02 09:00"},
                      {"2027-12-31 09:00", "closed exception until 2027-12-31 14:00, then 2027-12-31 14:00"}});
}

TEST_CASE("hours past midnight are one opening", "[calendar][hours]") {
    const auto hours = hoursOf({"fri 22:00-02:00", "sat 10:00-24:00", "sun 00:00-01:00"});
    checkEach(hours, {{"2026-11-27 23:00", "open hours until 2026-11-28 02:00, then 2026-11-28 10:00"},
                      {"2026-11-28 00:00", "open hours until 2026-11-28 02:00, then 2026-11-28 10:00"},
                      {"2026-11-28 23:00", "open hours until 2026-11-29 01:00, then 2026-12-04 22:00"}});
    // Round the clock until a holiday, which begins at midnight.
    checkEach(hoursOf({"mon-sun 00:00-24:00"}),
              {{"2026-12-01 00:00", "open hours until 2026-12-25 00:00, then 2026-12-26 00:00"},
               {"2026-12-25 00:00", "closed Noël until 2026-12-26 00:00, then 2026-12-26 00:00"}});
}

TEST_CASE("an hour that the clocks skip is open for nobody, one that they show twice is open twice",
          "[calendar][hours]") {
    struct Span {
        std::string hours;
        std::string at;  // UTC
        bool open;
        std::string until;  // UTC
    };
    const std::vector<Span> cases{
        // 29 March 2026: 02:00 is followed by 03:00 (01:00 UTC).
        {"sun 01:00-04:00", "2026-03-29 00:30", true, "2026-03-29 02:00"},
        {"sun 02:15-02:45", "2026-03-29 00:59", false, "2026-04-05 00:15"},
        {"sun 02:30-05:00", "2026-03-29 00:59", false, "2026-03-29 01:00"},
        {"sun 01:00-02:30", "2026-03-29 00:30", true, "2026-03-29 01:00"},
        // 25 October 2026: 03:00 is 02:00 again (01:00 UTC).
        {"sun 01:00-04:00", "2026-10-24 23:30", true, "2026-10-25 03:00"},
        {"sun 02:15-02:45", "2026-10-25 00:00", false, "2026-10-25 00:15"},
        {"sun 02:15-02:45", "2026-10-25 00:15", true, "2026-10-25 00:45"},
        {"sun 02:15-02:45", "2026-10-25 00:45", false, "2026-10-25 01:15"},
        {"sun 02:15-02:45", "2026-10-25 01:15", true, "2026-10-25 01:45"},
        {"sun 02:15-02:45", "2026-10-25 01:45", false, "2026-11-01 01:15"},
        {"sun 01:00-02:30", "2026-10-25 00:00", true, "2026-10-25 00:30"},
        {"sun 01:00-02:30", "2026-10-25 00:30", false, "2026-10-25 01:00"},
        {"sun 01:00-02:30", "2026-10-25 01:00", true, "2026-10-25 01:30"},
        {"sun 02:30-03:00", "2026-10-25 01:00", false, "2026-10-25 01:30"},
    };
    for (const auto& [written, at, open, until] : cases) {
        CAPTURE(written, at);
        const auto state = stateAt(hoursOf({written}), {}, paris(), utc(at));
        CHECK(state.open == open);
        REQUIRE(state.until);
        CHECK(test::text(*state.until) == until);
    }
}

TEST_CASE("even and odd weeks are those of ISO 8601", "[calendar][hours]") {
    const auto hours = hoursOf({"mon/even 08:00-12:00", "mon/odd 14:00-16:00"});
    // 2026 has 53 weeks: its last and the first of 2027 are both odd.
    checkEach(hours, {{"2026-12-21 00:00", "closed hours until 2026-12-21 08:00, then 2026-12-21 08:00"},
                      {"2026-12-28 00:00", "closed hours until 2026-12-28 14:00, then 2026-12-28 14:00"},
                      {"2027-01-04 00:00", "closed hours until 2027-01-04 14:00, then 2027-01-04 14:00"},
                      {"2027-01-11 00:00", "closed hours until 2027-01-11 08:00, then 2027-01-11 08:00"},
                      // Monday the 30th of December 2024 is of week 1 of 2025.
                      {"2024-12-30 00:00", "closed hours until 2024-12-30 14:00, then 2024-12-30 14:00"},
                      {"2024-12-23 00:00", "closed hours until 2024-12-23 08:00, then 2024-12-23 08:00"}});
}

TEST_CASE("what an even or odd Sunday begins ends on its Monday, after week 53 as well", "[calendar][hours]") {
    // Sunday the 3rd of January 2027 is the last day of week 53; weeks 1 and 2 follow.
    const auto odd = hoursOf({"sun/odd 22:00-02:00", "mon 08:00-09:00"});
    checkEach(odd, {{"2027-01-03 23:00", "open hours until 2027-01-04 02:00, then 2027-01-04 08:00"},
                    {"2027-01-10 23:00", "open hours until 2027-01-11 02:00, then 2027-01-11 08:00"},
                    {"2027-01-17 23:00", "closed weekday until 2027-01-18 08:00, then 2027-01-18 08:00"}});
    const auto even = hoursOf({"mon 08:00-09:00", "sun/even 22:00-02:00"});
    checkEach(even, {{"2026-12-27 23:00", "open hours until 2026-12-28 02:00, then 2026-12-28 08:00"},
                     {"2027-01-03 23:00", "closed weekday until 2027-01-04 08:00, then 2027-01-04 08:00"},
                     {"2027-01-10 23:00", "closed weekday until 2027-01-11 08:00, then 2027-01-11 08:00"},
                     {"2027-01-17 23:00", "open hours until 2027-01-18 02:00, then 2027-01-18 08:00"}});
    OpeningHours both;
    for (const auto* text : {"sun/odd 22:00-02:00", "sun/even 22:00-01:00"}) REQUIRE_FALSE(readWeekly(text, both));
    checkEach(both, {{"2027-01-04 01:30", "open hours until 2027-01-04 02:00, then 2027-01-10 22:00"},
                     {"2027-01-18 00:30", "open hours until 2027-01-18 01:00, then 2027-01-24 22:00"}});
    CHECK(readWeekly("mon/odd 00:30-03:00", both));
}

TEST_CASE("what never changes has no next change, and the search for it ends", "[calendar][hours]") {
    checkEach(hoursOf({}), {{"2026-11-25 10:00", "closed weekday until never, then never"}});
    auto always = hoursOf({"mon-sun 00:00-24:00"});
    always.openOnHolidays = true;
    checkEach(always, {{"2026-11-25 10:00", "open hours until never, then never"}});
    checkEach(hoursOf({}, {"2027-12-30 08:00-09:00"}),
              {{"2026-11-25 10:00", "closed weekday until 2027-12-30 08:00, then 2027-12-30 08:00"}});
    checkEach(hoursOf({}, {"2027-12-31 08:00-09:00"}),
              {{"2026-11-25 10:00", "closed weekday until never, then never"}});
    checkEach(hoursOf({}, {"2026-11-25 08:00-12:00"}),
              {{"2026-11-25 10:00", "open exception until 2026-11-25 12:00, then never"}});
}

TEST_CASE("hours are those of the zone", "[calendar][hours]") {
    const auto cayenne = readTimeZone("America/Cayenne").value();
    const auto hours = hoursOf({"mon-fri 08:00-12:00"});
    CHECK(isOpen(hours, {}, cayenne, utc("2026-11-25 11:00")));
    CHECK(isOpen(hours, {}, cayenne, utc("2026-11-25 14:59:59")));
    CHECK_FALSE(isOpen(hours, {}, cayenne, utc("2026-11-25 15:00")));
    CHECK(isOpen(hours, {}, paris(), utc("2026-11-25 07:00")));
    CHECK_FALSE(isOpen(hours, {}, paris(), utc("2026-11-25 11:00")));
}

TEST_CASE("the next change is the one that a watch of the clock would find", "[calendar][hours][property]") {
    std::mt19937 random{20261125};
    const auto upTo = [&random](int most) { return std::uniform_int_distribution<int>{0, most}(random); };
    const auto& holidays = *test::france().holidays("alsace-moselle-temple");
    const std::vector<std::string> starts{"2026-03-26 22:00", "2026-10-22 21:00", "2026-12-23 22:00",
                                          "2026-04-01 22:00"};
    for (int i = 0; i < 60; ++i) {
        OpeningHours hours;
        hours.openOnHolidays = upTo(3) == 0;
        if (upTo(1) == 0) hours.evenWeek.emplace();
        for (std::size_t weekday = 0; weekday < 7; ++weekday) {
            auto at = 10min * upTo(30);
            while (at < 24h && upTo(4) != 0) {
                const auto to = std::min<std::chrono::minutes>(at + 10min * (1 + upTo(60)), 24h);
                hours.week[weekday].push_back({at, to});
                if (hours.evenWeek && upTo(1) == 0) (*hours.evenWeek)[weekday].push_back({at, to});
                at = to + 10min * upTo(20);
            }
        }
        const auto begin = utc(starts[static_cast<std::size_t>(i) % starts.size()]);
        const auto end = begin + std::chrono::days{5};
        auto asked = begin;
        auto state = stateAt(hours, holidays, paris(), asked);
        for (auto at = begin; at < end; at += 1min) {
            const bool open = isOpen(hours, holidays, paris(), at);
            CAPTURE(i, test::text(at), test::text(asked));
            if (state.until) REQUIRE(*state.until >= at);
            REQUIRE((open != state.open) == (state.until && *state.until == at));
            if (open == state.open) continue;
            const auto opening = state.nextOpening;
            state = stateAt(hours, holidays, paris(), at);
            REQUIRE(opening == (state.open ? std::optional{at} : state.until));
            asked = at;
        }
    }
}
