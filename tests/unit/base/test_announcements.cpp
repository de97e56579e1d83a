// SPDX-License-Identifier: AGPL-3.0-or-later
#include "beffroi/announcements.hpp"

#include <catch2/catch.hpp>

using namespace beffroi;

TEST_CASE("what is said is made of names and of values, and of nothing else", "[base]") {
    const std::string text = GENERATE(values<std::string>(
        {"closed", "closed+opens+day:mon+time:08:30", "say:2105", "say:*21*0612345678", "number:01", "number:59",
         "time:00:00", "time:23:59", "date:12-31", "day:today", "day:tomorrow", "day:sun", "n-1-2"}));
    CAPTURE(text);
    CHECK(announcements::isAnnouncement(text));
}

TEST_CASE("what could be a path, or no prompt at all, is not said", "[base][security]") {
    const std::string text = GENERATE(values<std::string>({"",
                                                           "+",
                                                           "closed+",
                                                           "+closed",
                                                           "closed++opens",
                                                           "../closed",
                                                           "/etc/passwd",
                                                           "a.wav",
                                                           "Closed",
                                                           "-closed",
                                                           "closed-",
                                                           "clos\xc3\xa9",
                                                           "say:",
                                                           "say:21 05",
                                                           "say:2#",
                                                           std::string("a\0b", 3),
                                                           "number:00",
                                                           "number:60",
                                                           "number:5",
                                                           "number:1a",
                                                           "time:24:00",
                                                           "time:08:60",
                                                           "time:8:30",
                                                           "time:08-30",
                                                           "date:13-01",
                                                           "date:00-01",
                                                           "date:12-32",
                                                           "date:1-1",
                                                           "day:",
                                                           "day:monday",
                                                           "path:x",
                                                           std::string(41, 'a'),
                                                           std::string(241, 'a')}));
    CAPTURE(text);
    CHECK_FALSE(announcements::isAnnouncement(text));
    CHECK_FALSE(announcements::isAnnouncement("closed+" + text));
}

TEST_CASE("an announcement has an end", "[base][security]") {
    std::string text = "a";
    for (std::size_t i = 1; i < announcements::kMostParts; ++i) text += "+a";
    CHECK(announcements::isAnnouncement(text));
    CHECK_FALSE(announcements::isAnnouncement(text + "+a"));
}

TEST_CASE("a moment is told as one says it", "[base]") {
    using namespace std::chrono;
    const local_days friday{year{2026} / 12 / 25};
    const auto [later, said] = GENERATE(table<minutes, std::string>({
        {510min, "day:today+time:08:30"},
        {24h + 510min, "day:tomorrow+time:08:30"},
        {48h, "day:sun+time:00:00"},
        {6 * 24h + 1439min, "day:thu+time:23:59"},
        {7 * 24h + 720min, "date:01-01+time:12:00"},
    }));
    CHECK(announcements::spokenMoment(friday, friday + later) == said);
    CHECK(announcements::isAnnouncement(said));
}

TEST_CASE("every name that the exchange uses can be a prompt's", "[base]") {
    for (const auto name : announcements::kAll) {
        CAPTURE(name);
        CHECK(announcements::isPromptName(name));
    }
}
