// SPDX-License-Identifier: AGPL-3.0-or-later

#include "config/mistake.hpp"

#include <catch2/catch.hpp>

#include <string>

using namespace beffroi::config;

TEST_CASE("a mistake names what is known of its place", "[config]") {
    CHECK(Mistake{{"a.toml", 0, 0, ""}, "is a folder", ""}.toString() == "a.toml: is a folder");
    CHECK(Mistake{{"a.toml", 3, 0, "x = 1"}, "is wrong", ""}.toString() == "a.toml:3: is wrong");
    CHECK(Mistake{{"a.toml", 3, 5, ""}, "is wrong", "Helps."}.toString() == "a.toml:3:5: is wrong\n  Helps.");
}

TEST_CASE("the caret stands below its column, whatever the line holds", "[config]") {
    const auto shown = [](const char* line, std::size_t column) {
        return Mistake{{"f", 1, column, line}, "no", ""}.toString();
    };
    CHECK(shown("x = 1", 5) == "f:1:5: no\n  x = 1\n      ^");
    CHECK(shown("é = 1", 5) == "f:1:5: no\n  é = 1\n      ^");
    CHECK(shown("\tx\t= 1", 5) == "f:1:5: no\n  \tx\t= 1\n  \t \t ^");
    CHECK(shown("\x1b[0m\xff = 1", 8) == "f:1:8: no\n  ?[0m? = 1\n         ^");
    CHECK(shown("x =", 4) == "f:1:4: no\n  x =\n     ^");
    const std::string line(200, 'x');
    CHECK(shown(line.c_str(), 160) == "f:1:160: no\n  " + std::string(160, 'x') + "\n  " + std::string(159, ' ') + '^');
    CHECK(shown(line.c_str(), 161) == "f:1:161: no");
}

TEST_CASE("an error says all mistakes, one after the other", "[config]") {
    const ConfigError error{{{{"a", 1, 0, ""}, "first", ""}, {{"b", 2, 0, ""}, "second", "Help."}}};
    CHECK(std::string{error.what()} == "a:1: first\nb:2: second\n  Help.");
    CHECK(error.mistakes().size() == 2);
}
