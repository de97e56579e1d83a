// SPDX-License-Identifier: AGPL-3.0-or-later

#include "country/digit_tree.hpp"

#include <catch2/catch.hpp>

#include <string>
#include <vector>

using beffroi::country::DigitTree;

namespace {

std::vector<std::size_t> valuesOf(const DigitTree& tree, std::string_view digits) {
    const auto matches = tree.beginningsOf(digits);
    return {matches.values.begin(), matches.values.begin() + static_cast<std::ptrdiff_t>(matches.count)};
}

}  // namespace

TEST_CASE("the beginnings of a number are found, the longest first", "[country]") {
    DigitTree tree;
    REQUIRE(tree.add("0", 1));
    REQUIRE(tree.add("026", 2));
    REQUIRE(tree.add("0262", 3));
    REQUIRE(tree.add("9", 4));
    CHECK(valuesOf(tree, "0262123456") == std::vector<std::size_t>{3, 2, 1});
    CHECK(valuesOf(tree, "0262") == std::vector<std::size_t>{3, 2, 1});
    CHECK(valuesOf(tree, "02") == std::vector<std::size_t>{1});
    CHECK(valuesOf(tree, "0x62") == std::vector<std::size_t>{1});
    CHECK(valuesOf(tree, "3").empty());
    CHECK(valuesOf(tree, "").empty());
    CHECK(tree.continues("02"));
    CHECK(tree.continues("0262"));
    CHECK_FALSE(tree.continues("02621"));
    CHECK_FALSE(tree.continues("0x"));
}

TEST_CASE("what is no beginning of digits, or was added before, is refused", "[country]") {
    DigitTree tree;
    const std::string longest(DigitTree::kLongest, '7');
    CHECK(tree.add("12", 0));
    CHECK_FALSE(tree.add("12", 1));
    CHECK_FALSE(tree.add("", 1));
    CHECK_FALSE(tree.add("1a", 1));
    CHECK_FALSE(tree.add("+3", 1));
    CHECK(tree.add(longest, 2));
    CHECK_FALSE(tree.add(longest + '7', 3));
    CHECK(valuesOf(tree, longest + "777") == std::vector<std::size_t>{2});
}
