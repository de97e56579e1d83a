// SPDX-License-Identifier: AGPL-3.0-or-later

#include "country/country_reader.hpp"
#include "support/countries.hpp"

#include <catch2/catch.hpp>

#include <algorithm>
#include <string>

using namespace beffroi;
using namespace beffroi::country;

TEST_CASE("another country is another file", "[country]") {
    const auto country = CountryReader::read(
        {"w",
         "least-digits = 7\nmost-digits = 15\n"
         "abroad = [ { begins = '33', class = 'international', name = 'France' } ]"},
        {"c",
         "code = '352'\ntrunk-prefix = '9'\ninternational-prefix = '00'\noutside-prefixes-of-habit = ['7']\n"
         "number = [ { begins = '92', digits = 7, class = 'national', name = 'Ville' },\n"
         "           { begins = '113', digits = 3, class = 'emergency', name = 'Police' } ]\n"
         "abroad = [ { begins = '33', class = 'free', name = 'Voisins' } ]"});
    const auto number = country.normalise("9212345");
    REQUIRE(std::holds_alternative<OutsideNumber>(number));
    CHECK(std::get<OutsideNumber>(number).number == "+352212345");
    CHECK(country.write("+352212345", NumberFormat::National) == "9212345");
    CHECK(country.emergency("7113"));
    CHECK_FALSE(country.emergency("9113"));
    CHECK_FALSE(country.emergency("15"));
    const auto neighbour = country.normalise("0033327000100");
    REQUIRE(std::holds_alternative<OutsideNumber>(neighbour));
    CHECK(std::get<OutsideNumber>(neighbour).numberClass == NumberClass::Free);
    CHECK(std::get<OutsideNumber>(neighbour).name == "Voisins");
}

TEST_CASE("a region has the holidays of all and its own", "[country][holidays]") {
    const auto& france = test::france();
    const auto has = [&](std::string_view region, std::string_view name) {
        const auto* holidays = france.holidays(region);
        REQUIRE(holidays != nullptr);
        return std::any_of(holidays->begin(), holidays->end(), [&](const Holiday& h) { return h.name == name; });
    };
    const std::string abolition = "Abolition de l'esclavage";
    CHECK(france.holidays("metropole")->size() == 11);
    CHECK(france.holidays("alsace-moselle")->size() == 12);
    CHECK(france.holidays("alsace-moselle-temple")->size() == 13);
    CHECK(france.holidays("saint-pierre-et-miquelon")->size() == 11);
    CHECK(has("alsace-moselle", "Saint-Étienne"));
    CHECK_FALSE(has("alsace-moselle", "Vendredi saint"));
    CHECK(has("alsace-moselle-temple", "Vendredi saint"));
    CHECK_FALSE(has("metropole", abolition));
    for (const auto* region :
         {"guadeloupe", "guyane", "martinique", "mayotte", "reunion", "saint-barthelemy", "saint-martin"}) {
        CAPTURE(region);
        CHECK(has(region, abolition));
        CHECK(france.holidays(region)->size() == 12);
    }
    CHECK(france.holidays("atlantis") == nullptr);
    CHECK(france.regions().size() == 11);
}
