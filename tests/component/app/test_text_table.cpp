// SPDX-License-Identifier: AGPL-3.0-or-later

#include "app/text_table.hpp"

#include <catch2/catch.hpp>

#include <string>
#include <utility>
#include <vector>

using namespace beffroi::app;

TEST_CASE("columns are as wide as their longest cell, counted in characters", "[app]") {
    TextTable table{{"NAME", "NUMBER", "SITE"}};
    table.add({"Hélène", "2101", "mairie"});
    table.add({"", "2", ""});
    CHECK(table.toString() ==
          "NAME    NUMBER  SITE\n"
          "Hélène  2101    mairie\n"
          "        2       \n");
    CHECK(TextTable{{"NAME", "NUMBER"}}.toString() == "NAME  NUMBER\n");
}

TEST_CASE("a cell cannot steer the terminal or break its line", "[app]") {
    TextTable table{{"TELEPHONE", "X"}};
    table.add({"a\x1b[2Jb\nc\xc2\x9b|\xff\xe2\x80\xae", "y"});
    CHECK(table.toString() ==
          "TELEPHONE        X\n"
          "a?[2Jb?c??|????  y\n");
}

TEST_CASE("a duration is told in its two largest units", "[app]") {
    const std::vector<std::pair<long long, const char*>> durations{{0, "0 s"},
                                                                   {59, "59 s"},
                                                                   {60, "1 min 00 s"},
                                                                   {200, "3 min 20 s"},
                                                                   {3599, "59 min 59 s"},
                                                                   {3600, "1 h 00 min"},
                                                                   {3725, "1 h 02 min"},
                                                                   {360'000, "100 h 00 min"}};
    for (const auto& [seconds, text] : durations) CHECK(durationText(seconds) == text);
}
