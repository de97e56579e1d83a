// SPDX-License-Identifier: AGPL-3.0-or-later
#include "services/speech.hpp"

#include "beffroi/announcements.hpp"

#include <catch2/catch.hpp>

#include <fstream>
#include <set>

using namespace beffroi;
using namespace beffroi::services;

namespace {

using Names = std::vector<std::string>;

/// The names that a language has words for.
std::set<std::string> written(const std::string& language) {
    std::set<std::string> names;
    std::ifstream file{std::string{BEFFROI_SOURCE_DIR} + "/config/prompts/" + language + ".txt"};
    for (std::string line; std::getline(file, line);) {
        if (!line.empty() && line.front() != '#') names.insert(line.substr(0, line.find(' ')));
    }
    return names;
}

}  // namespace

TEST_CASE("values are spoken from their parts, names as they are", "[services][announcements]") {
    const auto [text, names] = GENERATE(table<std::string, Names>({
        {"closed", {"closed"}},
        {"forward-always-to+say:21*", {"forward-always-to", "digit-2", "digit-1", "digit-star"}},
        {"closed+opens+day:mon+time:08:30", {"closed", "opens", "day-mon", "hour-8", "minute-30"}},
        {"time:08:00", {"time-8"}},
        {"time:00:05", {"hour-0", "minute-5"}},
        {"date:12-01", {"date-1", "month-12"}},
        {"day:tomorrow", {"day-tomorrow"}},
        {"after+number:20+seconds", {"after", "minute-20", "seconds"}},
    }));
    CHECK(announcements::isAnnouncement(text));
    CHECK(promptNames(text) == names);
}

TEST_CASE("everything that the exchange may say has words in every language", "[services][announcements]") {
    const auto language = GENERATE(std::string{"fr"}, std::string{"en"});
    const auto names = written(language);
    CAPTURE(language);
    for (const auto name : announcements::kAll) {
        CAPTURE(name);
        CHECK(names.count(std::string{name}) == 1);
    }
    for (const auto& name : valuePrompts()) {
        CAPTURE(name);
        CHECK(names.count(name) == 1);
    }
    CHECK(names.size() == announcements::kAll.size() + valuePrompts().size() + 1);  // and the welcome of rooms
}

TEST_CASE("no value is spoken by a prompt that a language may lack", "[services][announcements]") {
    const auto list = valuePrompts();
    const std::set<std::string> known{list.begin(), list.end()};
    const auto check = [&known](const std::string& text) {
        REQUIRE(announcements::isAnnouncement(text));
        for (const auto& name : promptNames(text)) {
            CAPTURE(text);
            CHECK(known.count(name) == 1);
        }
    };
    check("say:0123456789*");
    for (unsigned hour = 0; hour < 24; ++hour) {
        for (unsigned minute = 0; minute < 60; ++minute) {
            check("time:" + announcements::twoDigitText(hour) + ':' + announcements::twoDigitText(minute));
        }
    }
    for (unsigned number = 1; number < 60; ++number) check("number:" + announcements::twoDigitText(number));
    const std::chrono::local_days first{std::chrono::year{2028} / 1 / 1};
    for (int day = 0; day < 366; ++day) {
        check(announcements::spokenMoment(first, first + std::chrono::days{day} + std::chrono::minutes{day}));
    }
}
