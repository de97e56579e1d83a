// SPDX-License-Identifier: AGPL-3.0-or-later

#include "config/nearest.hpp"

#include <catch2/catch.hpp>

#include <string>

using namespace beffroi::config;

TEST_CASE("insertions, deletions, changes and swaps of neighbours count one each", "[config]") {
    CHECK(editDistance("", "") == 0);
    CHECK(editDistance("", "bell") == 4);
    CHECK(editDistance("bell", "") == 4);
    CHECK(editDistance("bell", "bell") == 0);
    CHECK(editDistance("bell", "ball") == 1);
    CHECK(editDistance("bell", "bel") == 1);
    CHECK(editDistance("bell", "belle") == 1);
    CHECK(editDistance("bell", "blel") == 1);
    CHECK(editDistance("ca", "abc") == 3);  // a piece that was swapped is not edited again
}

TEST_CASE("the nearest known word is offered, and none if none is near", "[config]") {
    CHECK(nearest("min-expries", {"max-expires", "min-expires", "maximum-contacts"}) == "min-expires");
    CHECK(nearest("logg", {"sip", "log"}) == "log");
    CHECK(nearest("abcd", {"abxx", "xbcx"}).empty());
    CHECK(nearest("tower", {"towed", "power"}) == "towed");  // the first of equals
    CHECK(nearest("anything", {}).empty());
    CHECK(nearest(std::string(65, 'a'), {std::string_view{"aaaa"}}).empty());
}
