// SPDX-License-Identifier: AGPL-3.0-or-later

#include "calendar/holiday_days.hpp"

#include "support/countries.hpp"
#include "support/instants.hpp"

#include <catch2/catch.hpp>

#include <algorithm>
#include <map>
#include <string>
#include <vector>

using namespace beffroi;
using namespace beffroi::calendar;
using test::day;

namespace {

std::vector<std::string> daysOf(const std::string& region, int year) {
    std::vector<std::string> days;
    for (const auto& [at, holiday] : holidaysOf(*test::france().holidays(region), std::chrono::year{year})) {
        days.push_back(test::text(std::chrono::local_seconds{at}).substr(5, 5));
    }
    return days;
}

}  // namespace

TEST_CASE("Easter is where the calendar of the Church has it", "[calendar][holidays]") {
    // Beyond the years that a town will see: the earliest and latest Easters, and the exceptions of the algorithm.
    const std::vector<std::string> sundays{
        "1818-03-22", "1943-04-25", "1954-04-18", "1961-04-02", "1981-04-19", "2000-04-23", "2026-04-05", "2027-03-28",
        "2028-04-16", "2029-04-01", "2030-04-21", "2031-04-13", "2032-03-28", "2049-04-18", "2076-04-19", "2285-03-22"};
    for (const auto& sunday : sundays) {
        CAPTURE(sunday);
        CHECK(easterSunday(std::chrono::year{std::stoi(sunday.substr(0, 4))}) == day(sunday));
    }
}

TEST_CASE("the public holidays of France fall on their days", "[calendar][holidays]") {
    const std::map<int, std::vector<std::string>> years{
        {2026, {"01-01", "04-06", "05-01", "05-08", "05-14", "05-25", "07-14", "08-15", "11-01", "11-11", "12-25"}},
        {2027, {"01-01", "03-29", "05-01", "05-06", "05-08", "05-17", "07-14", "08-15", "11-01", "11-11", "12-25"}},
        {2028, {"01-01", "04-17", "05-01", "05-08", "05-25", "06-05", "07-14", "08-15", "11-01", "11-11", "12-25"}},
        {2029, {"01-01", "04-02", "05-01", "05-08", "05-10", "05-21", "07-14", "08-15", "11-01", "11-11", "12-25"}},
        {2030, {"01-01", "04-22", "05-01", "05-08", "05-30", "06-10", "07-14", "08-15", "11-01", "11-11", "12-25"}},
        {2031, {"01-01", "04-14", "05-01", "05-08", "05-22", "06-02", "07-14", "08-15", "11-01", "11-11", "12-25"}},
        {2032, {"01-01", "03-29", "05-01", "05-06", "05-08", "05-17", "07-14", "08-15", "11-01", "11-11", "12-25"}},
    };
    for (const auto& [year, days] : years) {
        CAPTURE(year);
        CHECK(daysOf("metropole", year) == days);
    }
    // Two on one day: the Ascension of 2008 was the first of May.
    CHECK(daysOf("metropole", 2008).size() == 11);
    CHECK(holidayOn(*test::france().holidays("metropole"), day("2008-05-01"))->name == "Fête du Travail");
}

TEST_CASE("a region has days of its own", "[calendar][holidays]") {
    struct Regional {
        std::string region;
        std::string date;
        std::string name;
    };
    const std::string abolition = "Abolition de l'esclavage";
    const std::vector<Regional> cases{{"alsace-moselle", "2026-12-26", "Saint-Étienne"},
                                      {"alsace-moselle-temple", "2026-12-26", "Saint-Étienne"},
                                      {"alsace-moselle-temple", "2026-04-03", "Vendredi saint"},
                                      {"alsace-moselle-temple", "2027-03-26", "Vendredi saint"},
                                      {"mayotte", "2026-04-27", abolition},
                                      {"martinique", "2026-05-22", abolition},
                                      {"guadeloupe", "2026-05-27", abolition},
                                      {"saint-martin", "2026-05-28", abolition},
                                      {"guyane", "2026-06-10", abolition},
                                      {"saint-barthelemy", "2026-10-09", abolition},
                                      {"reunion", "2026-12-20", abolition}};
    for (const auto region : test::france().regions()) {
        for (const auto& [where, date, name] : cases) {
            const auto* holiday = holidayOn(*test::france().holidays(region), day(date));
            CAPTURE(region, date);
            const Regional asked{std::string{region}, date, {}};
            const bool isTheirs = std::any_of(cases.begin(), cases.end(), [&](const Regional& other) {
                return other.region == asked.region && other.date == asked.date;
            });
            REQUIRE((holiday != nullptr) == isTheirs);
            if (holiday != nullptr) CHECK(holiday->name == name);
        }
    }
}

TEST_CASE("a working day is no holiday, and the 29th of February is one every fourth year", "[calendar][holidays]") {
    const auto& metropole = *test::france().holidays("metropole");
    for (const auto* date : {"2026-04-03", "2026-04-05", "2026-04-07", "2026-05-13", "2026-12-24", "2026-12-26"}) {
        CHECK(holidayOn(metropole, day(date)) == nullptr);
    }
    const Holidays leap{{std::chrono::February / 29, {}, "Bissextile", ""}};
    CHECK(holidayOn(leap, day("2028-02-29")) != nullptr);
    CHECK(holidayOn(leap, day("2027-03-01")) == nullptr);
    CHECK(holidaysOf(leap, std::chrono::year{2028}).size() == 1);
    CHECK(holidaysOf(leap, std::chrono::year{2027}).empty());
}
