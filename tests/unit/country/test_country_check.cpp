// SPDX-License-Identifier: AGPL-3.0-or-later

#include "country/country_check.hpp"

#include "config/text_file.hpp"
#include "support/temporary_folder.hpp"

#include <catch2/catch.hpp>

#include <string>
#include <vector>

using beffroi::country::checkFolder;

namespace {

const std::string kShipped = BEFFROI_SOURCE_DIR "/config/countries";

std::vector<std::string> mistakesOf(const std::string& folder) {
    std::vector<std::string> lines;
    for (const auto& mistake : checkFolder(folder)) lines.push_back(mistake.toString().substr(folder.size()));
    return lines;
}

}  // namespace

TEST_CASE("the countries that are shipped have no mistake", "[country]") { CHECK(checkFolder(kShipped).empty()); }

TEST_CASE("every country of a folder is checked, and the world once", "[country]") {
    using Lines = std::vector<std::string>;
    const beffroi::test::TemporaryFolder temporary;
    const auto folder = temporary.path("countries");
    const Lines nothing{": has no file of a country, such as france.toml"};
    CHECK(mistakesOf(folder) == nothing);
    temporary.write("countries/world.toml", "least-digits = 7");
    CHECK(mistakesOf(folder) == nothing);
    const std::string country = "code = '33'\ntrunk-prefix = '0'\ninternational-prefix = '00'\n";
    temporary.write("countries/a.toml", country);
    temporary.write("countries/b.toml", country + "abroad = 5");
    CHECK(mistakesOf(folder) == Lines{"/world.toml:1:1: most-digits: a whole number from 1 to 15 is expected",
                                      "/b.toml:4:10: abroad: a list of tables is expected"});
    temporary.write("countries/world.toml", beffroi::config::readTextFile(kShipped + "/world.toml"));
    temporary.write("countries/b.toml", country);
    CHECK(checkFolder(folder).empty());
}
