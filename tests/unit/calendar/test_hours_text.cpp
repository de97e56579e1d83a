// SPDX-License-Identifier: AGPL-3.0-or-later

#include "calendar/hours_text.hpp"

#include "support/instants.hpp"

#include <catch2/catch.hpp>

#include <functional>
#include <string>
#include <utility>
#include <vector>

using namespace beffroi;
using namespace beffroi::calendar;
using test::day;

namespace {

std::string written(const OpenDay& spans) {
    std::string text;
    for (const auto& span : spans) {
        if (!text.empty()) text += ' ';
        text += std::to_string(span.from.count()) + '-' + std::to_string(span.to.count());
    }
    return text;
}

/// Each day's spans in minutes, Monday first: "510-720 810-1050|…".
std::string written(const OpeningHours::Week& week) {
    std::string text;
    for (const auto& spans : week) text += written(spans) + '|';
    text.pop_back();
    return text;
}

OpeningHours weekly(const std::vector<std::string>& texts) {
    OpeningHours hours;
    for (const auto& text : texts) {
        CAPTURE(text);
        const auto mistake = readWeekly(text, hours);
        INFO((mistake ? mistake->text : ""));
        REQUIRE_FALSE(mistake);
    }
    return hours;
}

struct Wrong {
    std::string text;
    std::size_t offset;
    std::string said;
};

void checkEach(const std::vector<Wrong>& cases,
               const std::function<std::optional<TextMistake>(std::string_view)>& read) {
    for (const auto& [text, offset, said] : cases) {
        CAPTURE(text);
        const auto mistake = read(text);
        REQUIRE(mistake);
        CHECK(mistake->text == said);
        CHECK(mistake->offset == offset);
    }
}

const std::string kDayNames =
    " is no day of the week; mon, tue, wed, thu, fri, sat, sun or lun, mar, mer, jeu, ven, sam, dim are";

}  // namespace

TEST_CASE("weekly hours are read, in English and in French", "[calendar][hours]") {
    CHECK(written(weekly({"mon-fri 08:30-12:00 13:30-17:30"}).week) ==
          "510-720 810-1050|510-720 810-1050|510-720 810-1050|510-720 810-1050|510-720 810-1050||");
    CHECK(written(weekly({"lun-ven 8:30-12:00", "sam 09:00-12:00"}).week) ==
          "510-720|510-720|510-720|510-720|510-720|540-720|");
    CHECK(written(weekly({"tue,thu-sat 10:00-11:00"}).week) == "|600-660||600-660|600-660|600-660|");
    CHECK(written(weekly({"sat-mon 10:00-11:00"}).week) == "600-660|||||600-660|600-660");
    CHECK(written(weekly({"mercredi 00:00-24:00", "sunday closed", "dim fermé"}).week) == "||0-1440||||");
    CHECK(written(weekly({"mon 13:30-17:00", "mon 08:00-12:00", "mon 12:00-13:30"}).week) ==
          "480-720 720-810 810-1020||||||");
    CHECK(written(weekly({"  mon   08:00-12:00   14:00-15:00  "}).week) == "480-720 840-900||||||");
    CHECK_FALSE(weekly({"mon 08:00-12:00"}).evenWeek);
}

TEST_CASE("hours past midnight go on the next day", "[calendar][hours]") {
    CHECK(written(weekly({"fri 22:00-02:00"}).week) == "||||1320-1440|0-120|");
    CHECK(written(weekly({"sun 22:00-02:00"}).week) == "0-120||||||1320-1440");
    CHECK(written(weekly({"fri 22:00-00:00"}).week) == "||||1320-1440||");
    CHECK(written(weekly({"fri 22:00-24:00"}).week) == "||||1320-1440||");
    CHECK(written(weekly({"fri-sun 20:00-02:00", "sat 08:00-12:00"}).week) ==
          "0-120||||1200-1440|0-120 480-720 1200-1440|0-120 1200-1440");
}

TEST_CASE("hours may differ in even and odd weeks", "[calendar][hours]") {
    const auto hours =
        weekly({"mon-tue 08:00-12:00", "mon/even 14:00-16:00", "sat/odd 09:00-10:00", "wed 09:00-10:00"});
    REQUIRE(hours.evenWeek);
    CHECK(written(hours.week) == "480-720|480-720|540-600|||540-600|");
    CHECK(written(*hours.evenWeek) == "480-720 840-960|480-720|540-600||||");
    const auto french = weekly({"lun/pair 14:00-16:00", "lun/impair 15:00-16:00"});
    CHECK(written(french.week) == "900-960||||||");
    CHECK(written(*french.evenWeek) == "840-960||||||");
    // A Sunday's night ends in the week that follows, which is of the other kind.
    const auto night = weekly({"sun/even 22:00-02:00"});
    CHECK(written(night.week) == "0-120||||||");
    CHECK(written(*night.evenWeek) == "||||||1320-1440");
}

TEST_CASE("a mistake in weekly hours has its place, and changes nothing", "[calendar][hours]") {
    const std::string before = "480-720|||||540-600|";
    auto hours = weekly({"mon 08:00-12:00", "sat 09:00-10:00"});
    checkEach(
        {
            {"", 0, "a day of the week is expected, such as mon or lun"},
            {"08:30-12:00", 0, "\"08:30\"" + kDayNames},
            {"munday 08:30-12:00", 0, "\"munday\"" + kDayNames},
            {"Mon 08:30-12:00", 0, "\"Mon\"" + kDayNames},
            {"mon-fry 08:30-12:00", 4, "\"fry\"" + kDayNames},
            {"mon, tue 08:30-12:00", 4, "a day of the week is expected, such as mon or lun"},
            {"mon/evn 08:30-12:00", 4, "even or odd weeks are expected, not \"evn\""},
            {"tue", 3, "hours are expected, such as 08:30-12:00, or closed"},
            {"tue 08:30", 9, "'-' and the end are expected"},
            {"tue 08:30-", 10, "a time of day is expected, such as 08:30"},
            {"tue 08:30-12", 10, "a time of day is expected, such as 08:30"},
            {"tue 08:30-12:0", 10, "a time of day is expected, such as 08:30"},
            {"tue 08:30-12:000", 10, "a time of day is expected, such as 08:30"},
            {"tue 008:30-12:00", 4, "a time of day is expected, such as 08:30"},
            {"tue 08:30-12:60", 10, "12:60 is no time of day"},
            {"tue 08:30-24:01", 10, "24:01 is no time of day"},
            {"tue 25:00-26:00", 4, "25:00 is no time of day"},
            {"tue 24:00-02:00", 4, "24:00-02:00 is no time at all"},
            {"tue 08:00-08:00", 4, "08:00-08:00 is no time at all"},
            {"tue 00:00-00:00", 4, "00:00-00:00 is no time at all"},
            {"tue 08:30-12:00,13:00-14:00", 15, "a space is expected"},
            {"tue 08:30-12:00 11:00-14:00", 16, "11:00-14:00 overlaps 08:30-12:00"},
            {"tue 08:30-12:00 08:30-12:00", 16, "08:30-12:00 overlaps 08:30-12:00"},
            {"mon 11:59-13:00", 4, "11:59-13:00 overlaps 08:00-12:00"},
            {"mon 07:00-13:00", 4, "07:00-13:00 overlaps 08:00-12:00"},
            {"sun 22:00-08:01", 4, "00:00-08:01 overlaps 08:00-12:00"},
            {"fri-sat 20:00-09:30", 8, "00:00-09:30 overlaps 09:00-10:00"},
            {"tue closed 08:30-12:00", 4, "a time of day is expected, such as 08:30"},
            {"tue 08:30-12:00 closed", 16, "a time of day is expected, such as 08:30"},
            {"tue\t08:30-12:00", 0, "\"tue\t08:30\"" + kDayNames},
        },
        [&](std::string_view text) {
            const auto mistake = readWeekly(text, hours);
            CHECK(written(hours.week) == before);
            CHECK_FALSE(hours.evenWeek);
            return mistake;
        });
}

TEST_CASE("exceptions are days, ranges of days, and days of every year", "[calendar][hours]") {
    OpeningHours hours;
    for (const auto* text : {"2026-12-24 08:30-12:00", "2026-05-15 closed", "2026-05-14 fermé",
                             "2026-08-03..2026-08-05 08:30-12:00 13:00-14:00", "2028-02-29 closed", "12-31 08:30-12:00",
                             "12-30..12-30 closed", "02-28..03-01 closed"}) {
        CAPTURE(text);
        REQUIRE_FALSE(readException(text, hours));
    }
    CHECK(hours.exceptions.size() == 7);
    CHECK(written(hours.exceptions.at(day("2026-12-24"))) == "510-720");
    CHECK(hours.exceptions.at(day("2026-05-15")).empty());
    CHECK(written(hours.exceptions.at(day("2026-08-04"))) == "510-720 780-840");
    CHECK(hours.yearly.size() == 5);
    CHECK(written(hours.yearly.at(std::chrono::December / 31)) == "510-720");
    CHECK(hours.yearly.at(std::chrono::February / 29).empty());
    OpeningHours yearsEnd;
    REQUIRE_FALSE(readException("12-24..01-02 closed", yearsEnd));
    CHECK(yearsEnd.yearly.size() == 10);
    CHECK(yearsEnd.yearly.contains(std::chrono::January / 1));
    CHECK_FALSE(yearsEnd.yearly.contains(std::chrono::January / 3));
    OpeningHours longest;
    CHECK_FALSE(readException("2026-01-01..2027-02-04 closed", longest));
    CHECK(longest.exceptions.size() == 400);
}

TEST_CASE("a mistake in an exception has its place, and changes nothing", "[calendar][hours]") {
    OpeningHours hours;
    REQUIRE_FALSE(readException("2026-12-24 closed", hours));
    REQUIRE_FALSE(readException("12-31 closed", hours));
    checkEach(
        {
            {"", 0, "a date is expected, such as 2026-12-24, or 12-24 for every year"},
            {"closed", 0, "a date is expected, such as 2026-12-24, or 12-24 for every year"},
            {"24-12 closed", 0, "24-12 is no day of the calendar"},
            {"02-30 closed", 0, "02-30 is no day of the calendar"},
            {"2026-02-29 closed", 0, "2026-02-29 is no day of the calendar"},
            {"2026-13-01 closed", 0, "2026-13-01 is no day of the calendar"},
            {"1999-01-01 closed", 0, "1999-01-01 is no day of the calendar"},
            {"2026-1-01 closed", 0, "a date is expected, such as 2026-12-24"},
            {"20261-01-01 closed", 0, "a date is expected, such as 2026-12-24, or 12-24 for every year"},
            {"2026-12-24 closed", 0, "2026-12-24 has an exception already"},
            {"2026-12-20..2026-12-28 closed", 0, "2026-12-24 has an exception already"},
            {"12-31 closed", 0, "12-31 has an exception of every year already"},
            {"12-20..01-03 closed", 0, "12-31 has an exception of every year already"},
            {"2026-08-21..2026-08-03 closed", 12, "the last day is before the first"},
            {"2026-01-01..2027-02-05 closed", 12, "a range has at most 400 days"},
            {"2026-01-01..08-01 closed", 12, "a date is expected, such as 2026-12-24"},
            {"2026-05-01", 10, "hours are expected, such as 08:30-12:00, or closed"},
            {"2026-05-01closed", 10, "a space is expected"},
            {"2026-05-01 shut", 11, "a time of day is expected, such as 08:30"},
            {"2026-05-01 20:00-02:00", 11,
             "20:00-02:00 leads past midnight; write the next day as an exception of its own"},
            {"2026-05-01 08:00-10:00 09:00-11:00", 23, "09:00-11:00 overlaps 08:00-10:00"},
        },
        [&](std::string_view text) {
            const auto mistake = readException(text, hours);
            CHECK(hours.exceptions.size() == 1);
            CHECK(hours.yearly.size() == 1);
            return mistake;
        });
}

TEST_CASE("turns of duty are read in their order", "[calendar][rota]") {
    OnCallTurns turns;
    REQUIRE_FALSE(readTurn("2026-11-27 12:00 0612345678", turns));
    REQUIRE_FALSE(readTurn("2026-12-04 12:00   06 12 34 56 79  ", turns));
    REQUIRE_FALSE(readStart("2026-01-02 12:00", turns));
    REQUIRE(turns.turns.size() == 2);
    CHECK(turns.turns[0].from == day("2026-11-27") + std::chrono::hours{12});
    CHECK(turns.turns[0].target == "0612345678");
    CHECK(turns.turns[1].target == "06 12 34 56 79");
    CHECK(turns.start == day("2026-01-02") + std::chrono::hours{12});
    checkEach({{"", 0, "a date is expected, such as 2026-12-24"},
               {"2026-12-11", 10, "a time of day is expected, such as 08:30"},
               {"2026-12-11 noon 2101", 11, "a time of day is expected, such as 08:30"},
               {"2026-12-11 12:00", 16, "who is on call from then on is missing"},
               {"2026-12-11 12:00   ", 19, "who is on call from then on is missing"},
               {"2026-12-11 12:002101", 11, "a time of day is expected, such as 08:30"},
               {"2026-12-04 12:00 2101", 0, "a turn begins later than the one before it"}},
              [&](std::string_view text) {
                  const auto mistake = readTurn(text, turns);
                  CHECK(turns.turns.size() == 2);
                  return mistake;
              });
    checkEach({{"2026-01-02 12:00 2101", 17, "nothing is expected after the time"},
               {"2026-01-02 24:01", 11, "24:01 is no time of day"}},
              [&](std::string_view text) { return readStart(text, turns); });
    CHECK(turns.start == day("2026-01-02") + std::chrono::hours{12});
}

TEST_CASE("any text is read or refused, at a place within it", "[calendar][hours]") {
    const std::string nul{"mon 08:\0-12:00", 14};
    for (const auto& text : {nul, std::string(100'000, '9'), std::string(100'000, ' '), std::string(100'000, '-'),
                             "mon" + std::string(100'000, ','), std::string{"\xff\xfe"}, std::string{"mon-mon-mon"},
                             std::string{"2026-01-01.."}, std::string{"9999-12-31..9999-12-31 closed"}}) {
        OpeningHours hours;
        OnCallTurns turns;
        for (const auto& mistake : {readWeekly(text, hours), readException(text, hours), readTurn(text, turns)}) {
            if (mistake) CHECK(mistake->offset <= text.size());
        }
    }
}
