// SPDX-License-Identifier: AGPL-3.0-or-later

#include "country/country_reader.hpp"

#include "country/number_class.hpp"

#include <catch2/catch.hpp>

#include <string>
#include <vector>

using namespace beffroi;
using namespace beffroi::country;

namespace {

const std::string kWorld =
    "least-digits = 7\nmost-digits = 15\nabroad = [ { begins = '41', class = 'international' } ]";
const std::string kHead = "code = '33'\ntrunk-prefix = '0'\ninternational-prefix = '00'\n";  // what follows is line 4

std::vector<std::string> mistakesOf(const std::string& world, const std::string& own) {
    std::vector<std::string> lines;
    try {
        static_cast<void>(CountryReader::read({"w", world}, {"c", own}));
    } catch (const config::ConfigError& error) {
        for (const auto& mistake : error.mistakes()) lines.push_back(mistake.toString());
    }
    return lines;
}

}  // namespace

TEST_CASE("a country's mistakes are told with their places, all of them", "[country]") {
    struct Wrong {
        std::string text;
        std::vector<std::string> mistakes;
    };
    const std::vector<Wrong> cases{
        {"", {}},
        {"number = 5", {"c:4:10: number: a list of tables is expected"}},
        {"number = [ 5 ]", {"c:4:12: a table is expected"}},
        {"numbers = []", {"c:4:1: unknown key \"numbers\" in the country; did you mean \"number\"?"}},
        {"number = [ { begins = '15', digits = 2, class = 'emergence' } ]",
         {"c:4:49: \"emergence\" is no class of numbers; did you mean \"emergency\"?"}},
        {"number = [ { begins = '15', digits = 2, class = 'internal' } ]",
         {"c:4:49: \"internal\" is no class of numbers"}},
        {"number = [ { begins = '1x', digits = 16, class = 'free', nam = 'A' } ]",
         {"c:4:58: unknown key \"nam\" in a number; did you mean \"name\"?",
          "c:4:23: begins: 1 to 15 digits in quotes are expected",
          "c:4:38: digits: a whole number from 1 to 15 is expected"}},
        {"number = [ { begins = '15', digits = 2.0, class = 'free' } ]",
         {"c:4:38: digits: a whole number from 1 to 15 is expected"}},
        {"number = [ { digits = 2, class = 'free' } ]", {"c:4:12: begins: 1 to 15 digits in quotes are expected"}},
        {"number = [ { begins = '123', digits = 2, class = 'free' } ]", {"c:4:39: digits: fewer than it begins with"}},
        {"number = [ { begins = '12', digits = 2, class = 'free' }, { begins = '12', digits = 4, class = 'mobile' } ]",
         {"c:4:70: 12 stands twice"}},
        {"number = [ { begins = '12', digits = 2, class = 'free', e164 = '262' } ]",
         {"c:4:64: e164: a short number has no such form"}},
        {"number = [ { begins = '01', digits = 3, class = 'free', e164 = '5' }, { begins = '02', digits = 3, class = "
         "'free', e164 = '5' } ]",
         {"c:4:123: 5 stands twice"}},
        {"number = [ { begins = '1', digits = 2, class = 'emergency' } ]",
         {"c:4:37: digits: an emergency number is written whole"}},
        {"abroad = [ { begins = '41', class = 'premium' }, { begins = '41', class = 'free' } ]",
         {"c:4:61: 41 stands twice"}},
        {"holiday = [ { name = 'A' } ]", {"c:4:13: a holiday has either a day or its days after Easter"}},
        {"holiday = [ { day = '01-01', easter = 1 } ]",
         {"c:4:13: a holiday has either a day or its days after Easter"}},
        {"holiday = [ { easter = 201 } ]", {"c:4:24: easter: a whole number from -80 to 200 is expected"}},
        {"regions = ['a']\nholiday = [ { easter = 1, regions = ['b'] } ]", {"c:5:37: there is no region \"b\""}},
        {"regions = 'a'", {"c:4:11: regions: a list of texts is expected"}},
        {"name = 'x", {"c:4:"}},
    };
    for (const auto& [text, mistakes] : cases) {
        CAPTURE(text);
        auto found = mistakesOf(kWorld, kHead + text);
        if (text == "name = 'x") {
            REQUIRE(found.size() == 1);
            CHECK(found[0].rfind(mistakes[0], 0) == 0);
        } else {
            CHECK(found == mistakes);
        }
    }
}

TEST_CASE("a holiday's day is a month and a day that there is", "[country]") {
    const auto day =
        GENERATE(as<std::string>{}, "02-30", "1-1", "13-01", "01-00", "0101", "01-0a", "a1-01", "01-011", "");
    CHECK(mistakesOf(kWorld, kHead + "holiday = [ { day = '" + day + "' } ]") ==
          std::vector<std::string>{"c:4:21: day: a month and its day are expected, such as \"05-01\""});
}

TEST_CASE("the mistakes of both files are told together", "[country]") {
    CHECK(mistakesOf("least-digits = 0\nmost-digits = 15", "trunk-prefix = '0'\ninternational-prefix = 'x'") ==
          std::vector<std::string>{"w:1:16: least-digits: a whole number from 1 to 15 is expected",
                                   "c:1:1: code: 1 to 15 digits in quotes are expected",
                                   "c:2:24: international-prefix: 1 to 15 digits in quotes are expected"});
}

TEST_CASE("a country that has no file, or no world, is told by its path", "[country]") {
    CHECK_THROWS_WITH(Country::read("/nowhere", "france"), Catch::Contains("/nowhere/world.toml: cannot be read"));
    CHECK_THROWS_WITH(Country::read(BEFFROI_SOURCE_DIR "/config/countries", "atlantis"),
                      Catch::Contains("/atlantis.toml: cannot be read"));
}

TEST_CASE("classes of numbers have names, and names have classes", "[country]") {
    REQUIRE(std::size(kNumberClassNames) == static_cast<std::size_t>(NumberClass::Unknown) + 1);
    for (std::size_t i = 0; i < std::size(kNumberClassNames); ++i) {
        const auto numberClass = static_cast<NumberClass>(i);
        CHECK(numberClassFrom(toString(numberClass)) == numberClass);
    }
    CHECK(toString(NumberClass::SharedCost) == "shared-cost");
    CHECK(toString(NumberClass::International) == "international");
    CHECK_FALSE(numberClassFrom("Free"));
    CHECK_FALSE(numberClassFrom(""));
}
