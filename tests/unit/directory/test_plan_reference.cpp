// SPDX-License-Identifier: AGPL-3.0-or-later

#include "directory/plan_reference.hpp"

#include "support/temporary_folder.hpp"

#include <catch2/catch.hpp>

#include <string>

using namespace beffroi;

TEST_CASE("docs/plan.md tells of every key what its declaration says", "[directory][plan]") {
    const std::string begin = "<!-- made by: beffroi plan reference -->\n\n";
    const auto page = test::textOf(BEFFROI_SOURCE_DIR "/docs/plan.md");
    const auto from = page.find(begin);
    const auto to = page.find("<!-- end -->");
    REQUIRE(from != std::string::npos);
    REQUIRE(to != std::string::npos);
    const auto reference = page.substr(from + begin.size(), to - from - begin.size());
    CHECK(reference == directory::writePlanReference());  // else put there what `beffroi plan reference` prints
}
