// SPDX-License-Identifier: AGPL-3.0-or-later

#include "app/number_commands.hpp"

#include "app/command_line.hpp"
#include "app/daemon_schema.hpp"
#include "support/captured_output.hpp"

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include <string>

using namespace beffroi;
using namespace beffroi::app;
using nlohmann::json;

namespace {

struct Printed {
    int code = -1;
    std::string out;
};

CommandOptions optionsOf(const std::string& number, bool asJson = false) {
    CommandOptions options;
    options.country = "france";
    options.region = "metropole";
    options.year = 2027;
    options.number = number;
    options.json = asJson;
    return options;
}

Printed run(int (*command)(const config::Settings&, const CommandOptions&), const CommandOptions& options) {
    const auto settings = config::parse("[directory]\ncountries = '" BEFFROI_SOURCE_DIR
                                        "/config/countries'\n[sip]\ndomains = ['mairie.test']\n",
                                        "beffroi.toml", daemonSchema());
    const test::CapturedOutput out{stdout};
    const auto code = command(settings, options);
    return {code, out.text()};
}

}  // namespace

TEST_CASE("a number is explained with its class and as operators want it", "[app][numbers]") {
    const auto overseas = run(explainNumber, optionsOf("0262 12 34 56"));
    CHECK(overseas.code == 0);
    CHECK(overseas.out ==
          "02 62 12 34 56\n"
          "class:  overseas\n"
          "range:  La Réunion\n\n"
          "FORMAT            WRITTEN TO AN OPERATOR\n"
          "e164              +262262123456\n"
          "national          0262123456\n"
          "international-00  00262262123456\n"
          "plain             262262123456\n");
    CHECK(run(explainNumber, optionsOf("18"))
              .out.rfind("18, a short number\nclass:  emergency\nrange:  Sapeurs-pompiers\n", 0) == 0);
    const auto asJson = json::parse(run(explainNumber, optionsOf("+33327000100", true)).out);
    CHECK(asJson["number"] == "+33327000100");
    CHECK(asJson["class"] == "national");
    CHECK(asJson["display"] == "03 27 00 01 00");
    CHECK(asJson["written"]["international-00"] == "0033327000100");
}

TEST_CASE("a number that is none is refused with the reason", "[app][numbers]") {
    auto options = optionsOf("0612");
    CHECK(run(explainNumber, options).code == 1);
    CHECK(run(explainNumber, options).out == "\"0612\" is too short.\n");
    options.json = true;
    CHECK(json::parse(run(explainNumber, options).out) == json{{"problem", "is too short"}});
    options = optionsOf("3949");
    options.outsidePrefix = "0";
    CHECK(run(explainNumber, options).out == "\"3949\" lacks the outside prefix.\n");
    options.number = "03949";
    CHECK(run(explainNumber, options).code == 0);
    options.country = "atlantis";
    CHECK_THROWS_WITH(run(explainNumber, options), Catch::Contains("atlantis.toml: cannot be read"));
}

TEST_CASE("the holidays of a year and region are a table", "[app][holidays]") {
    auto options = optionsOf("");
    CHECK(run(listHolidays, options).out ==
          "DATE        DAY        HOLIDAY\n"
          "2027-01-01  Friday     Jour de l'An\n"
          "2027-03-29  Monday     Lundi de Pâques\n"
          "2027-05-01  Saturday   Fête du Travail\n"
          "2027-05-06  Thursday   Ascension\n"
          "2027-05-08  Saturday   Victoire de 1945\n"
          "2027-05-17  Monday     Lundi de Pentecôte\n"
          "2027-07-14  Wednesday  Fête nationale\n"
          "2027-08-15  Sunday     Assomption\n"
          "2027-11-01  Monday     Toussaint\n"
          "2027-11-11  Thursday   Armistice de 1918\n"
          "2027-12-25  Saturday   Noël\n");
    options.region = "alsace-moselle-temple";
    options.json = true;
    const auto answer = json::parse(run(listHolidays, options).out);
    CHECK(answer["holidays"].size() == 13);
    CHECK(answer["holidays"][1] ==
          json{{"date", "2027-03-26"}, {"day", "Friday"}, {"name", "Vendredi saint"}, {"english", "Good Friday"}});
    options.region = "alsace";
    CHECK_THROWS_WITH(run(listHolidays, options),
                      Catch::StartsWith("there is no region \"alsace\"; there are alsace-moselle, "));
}
