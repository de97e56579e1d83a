// SPDX-License-Identifier: AGPL-3.0-or-later
#include "app/request_fields.hpp"

#include <catch2/catch.hpp>

using beffroi::app::fieldOr;
using nlohmann::json;

TEST_CASE("what is in a request is read, and what is not there has a fallback", "[app]") {
    const json request{{"seconds", 60}, {"address", "192.0.2.1"}, {"dry_run", true}};
    CHECK(fieldOr(request, "seconds", 0LL) == 60);
    CHECK(fieldOr<std::string>(request, "address", "") == "192.0.2.1");
    CHECK(fieldOr(request, "dry_run", false));
    CHECK(fieldOr(request, "recent", 7) == 7);
    CHECK(fieldOr(json::array(), "recent", 7) == 7);
}

TEST_CASE("a value of the wrong type is a mistake, not the fallback", "[app]") {
    const auto given = GENERATE(as<std::string>{}, "\"60\"", "-1", "1.5", "0.5", "true", "null", "[60]", "{}", "1e3",
                                "9223372036854775808", "18446744073709551615");
    CAPTURE(given);
    const json request{{"seconds", json::parse(given)}};
    CHECK_THROWS_WITH(fieldOr(request, "seconds", 0LL), "\"seconds\" is no whole number in the range from 0");
    CHECK_THROWS_AS(fieldOr<int>(json{{"recent", 2'147'483'648LL}}, "recent", 0), std::invalid_argument);
    CHECK_THROWS_WITH(fieldOr(json{{"dry_run", "yes"}}, "dry_run", false), "\"dry_run\" is no true or false");
    CHECK_THROWS_WITH(fieldOr<std::string>(json{{"text", 5}}, "text", ""), "\"text\" is no text");
}
