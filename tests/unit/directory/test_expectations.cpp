// SPDX-License-Identifier: AGPL-3.0-or-later
#include "directory/expectations.hpp"

#include <catch2/catch.hpp>

using namespace beffroi::directory;

namespace {

std::vector<std::string> mistakesOf(std::string_view text) {
    const auto read = readExpectations(text, "town.expect.toml");
    std::vector<std::string> texts;
    const auto* mistakes = std::get_if<std::vector<PlanMistake>>(&read);
    if (mistakes == nullptr) return texts;
    for (const auto& mistake : *mistakes) texts.push_back(mistake.toString());
    return texts;
}

}  // namespace

TEST_CASE("expectations are read with their lines", "[directory]") {
    const auto read = readExpectations(R"([[expect]]
from = "2001"
number = "2101"
at = "2027-05-03 10:00"
result = "rings 2101"

[[expect]]
from = "+33145678901"
number = "+33327000100"
at = "2027-05-03 20:00"
result = ["announces closed", "then rings 2101 if busy"]
)",
                                       "town.expect.toml");
    const auto* expectations = std::get_if<std::vector<Expectation>>(&read);
    REQUIRE(expectations != nullptr);
    REQUIRE(expectations->size() == 2);
    CHECK((*expectations)[0].from == "2001");
    CHECK((*expectations)[0].number == "2101");
    CHECK((*expectations)[0].at == "2027-05-03 10:00");
    CHECK((*expectations)[0].results == std::vector<std::string>{"rings 2101"});
    CHECK((*expectations)[0].line == 1);
    CHECK((*expectations)[1].results == std::vector<std::string>{"announces closed", "then rings 2101 if busy"});
    CHECK((*expectations)[1].line == 7);
    CHECK(std::get<std::vector<Expectation>>(readExpectations("", "empty")).empty());
}

TEST_CASE("a mistake in a file of expectations has its place", "[directory]") {
    const auto [text, mistakes] = GENERATE(table<std::string, std::vector<std::string>>({
        {"[[expect]]\nfrom = \"2001\"\nnumber = \"2101\"\nat = \"2027-05-03 10:00\"\n",
         {"town.expect.toml:1:1: an expectation needs `result`"}},
        {"[[expect]]\nfrom = \"2001\"\nnumber = \"2101\"\nresult = \"rings 2101\"\n",
         {"town.expect.toml:1:1: an expectation needs `at`"}},
        {"[[expect]]\nfrom = 2001\nnumber = \"2101\"\nat = \"x\"\nresult = [\"a\", 1]\n",
         {"town.expect.toml:2:8: must be a text", "town.expect.toml:5:16: must be a text"}},
        {"[[expect]]\nfrom = \"2001\"\nnumbr = \"2101\"\nnumber = \"2101\"\nat = \"x\"\nresult = \"a\"\n",
         {"town.expect.toml:3:1: unknown key \"numbr\" in an expectation; did you mean \"number\"?"}},
        {"[expect]\nfrom = \"2001\"\n", {"town.expect.toml:1:2: there is nothing here but [[expect]] entries"}},
        {"expect = [1]\n", {"town.expect.toml:1:11: an expectation is a table: { from = …, number = …, result = … }"}},
    }));
    CHECK(mistakesOf(text) == mistakes);
    CHECK(mistakesOf("[[expect]\n").size() == 1);
}
