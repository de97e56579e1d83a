// SPDX-License-Identifier: AGPL-3.0-or-later

#include "calendar/spoken.hpp"

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

}  // namespace

TEST_CASE("a time of day is said as people say it", "[calendar][spoken]") {
    struct Said {
        std::chrono::minutes time;
        std::string french;
        std::string english;
    };
    const std::vector<Said> cases{{0min, "minuit", "midnight"},
                                  {5min, "0 h 05", "12:05 a.m."},
                                  {8h, "8 h", "8 a.m."},
                                  {8h + 30min, "8 h 30", "8:30 a.m."},
                                  {12h, "midi", "noon"},
                                  {12h + 5min, "12 h 05", "12:05 p.m."},
                                  {17h + 30min, "17 h 30", "5:30 p.m."},
                                  {23h + 59min, "23 h 59", "11:59 p.m."},
                                  {24h, "minuit", "midnight"}};
    for (const auto& [time, french, english] : cases) {
        CHECK(spokenTime(time, Language::French) == french);
        CHECK(spokenTime(time, Language::English) == english);
    }
}

TEST_CASE("an instant is said as near as it is", "[calendar][spoken]") {
    struct Said {
        std::string instant;
        std::string french;
        std::string english;
    };
    const auto now = utc("2026-11-26 22:30");  // Thursday, 23:30 in Paris
    const std::vector<Said> cases{
        {"2026-11-26 22:45", "23 h 45", "11:45 p.m."},
        {"2026-11-26 23:00", "demain minuit", "tomorrow midnight"},
        {"2026-11-27 07:30", "demain 8 h 30", "tomorrow 8:30 a.m."},
        {"2026-11-30 07:30", "lundi 8 h 30", "Monday 8:30 a.m."},
        {"2026-12-02 07:30", "mercredi 8 h 30", "Wednesday 8:30 a.m."},
        {"2026-12-03 07:30", "le jeudi 3 décembre 2026 à 8 h 30", "Thursday 3 December 2026 at 8:30 a.m."},
        {"2027-05-01 10:00", "le samedi 1er mai 2027 à midi", "Saturday 1 May 2027 at noon"},
        {"2026-11-25 07:30", "le mercredi 25 novembre 2026 à 8 h 30", "Wednesday 25 November 2026 at 8:30 a.m."},
    };
    for (const auto& [instant, french, english] : cases) {
        CAPTURE(instant);
        CHECK(spokenInstant(utc(instant), now, paris(), Language::French) == french);
        CHECK(spokenInstant(utc(instant), now, paris(), Language::English) == english);
    }
}

TEST_CASE("an opening state is said with its reason", "[calendar][spoken]") {
    const Holiday labour{std::chrono::May / 1, {}, "Fête du Travail", "Labour Day"};
    const Holiday local{std::chrono::May / 1, {}, "Ducasse", ""};
    const auto now = utc("2026-11-27 10:00");
    const auto later = utc("2026-11-27 16:30");
    const auto monday = utc("2026-11-30 07:30");
    const auto far = utc("2026-12-14 07:30");
    struct Said {
        OpeningState state;
        std::string french;
        std::string english;
    };
    const std::vector<Said> cases{
        {{true, OpeningReason::Hours, nullptr, later, monday}, "ouvert jusqu'à 17 h 30", "open until 5:30 p.m."},
        {{true, OpeningReason::Hours, nullptr, {}, {}}, "ouvert", "open"},
        {{false, OpeningReason::Hours, nullptr, monday, monday},
         "fermé jusqu'à lundi 8 h 30",
         "closed until Monday 8:30 a.m."},
        {{false, OpeningReason::Weekday, nullptr, {}, {}}, "fermé", "closed"},
        {{false, OpeningReason::Lunch, nullptr, later, later},
         "fermé jusqu'à 17 h 30 (pause de midi)",
         "closed until 5:30 p.m. (lunch break)"},
        {{false, OpeningReason::Holiday, &labour, far, far},
         "fermé jusqu'au lundi 14 décembre 2026 à 8 h 30 (Fête du Travail)",
         "closed until Monday 14 December 2026 at 8:30 a.m. (Labour Day)"},
        {{false, OpeningReason::Holiday, &local, monday, monday},
         "fermé jusqu'à lundi 8 h 30 (Ducasse)",
         "closed until Monday 8:30 a.m. (Ducasse)"},
        {{false, OpeningReason::Exception, nullptr, monday, monday},
         "fermé jusqu'à lundi 8 h 30 (fermeture exceptionnelle)",
         "closed until Monday 8:30 a.m. (exceptional closure)"},
        {{true, OpeningReason::Exception, nullptr, later, monday},
         "ouvert jusqu'à 17 h 30 (ouverture exceptionnelle)",
         "open until 5:30 p.m. (exceptional opening)"},
    };
    for (const auto& [state, french, english] : cases) {
        CHECK(describe(state, now, paris(), Language::French) == french);
        CHECK(describe(state, now, paris(), Language::English) == english);
    }
}
