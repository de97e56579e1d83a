// SPDX-License-Identifier: AGPL-3.0-or-later
//
// That numbers look random cannot be proved; that they are not cut short, repeated or lopsided can.

#include "base/random.hpp"

#include <catch2/catch.hpp>

#include <array>
#include <bitset>
#include <set>
#include <string>
#include <vector>

using beffroi::base::Random;

TEST_CASE("a token has the length asked for, in lower-case hexadecimal", "[base][random]") {
    Random random;
    CHECK(random.token(0).empty());
    CHECK(random.token().size() == 16);
    const auto token = random.token(5000);  // longer than the pool
    CHECK(token.size() == 10000);
    CHECK(token.find_first_not_of("0123456789abcdef") == std::string::npos);
    for (const char digit : std::string{"0123456789abcdef"}) CHECK(token.find(digit) != std::string::npos);
}

TEST_CASE("no token comes twice", "[base][random]") {
    Random random;
    Random other;
    std::set<std::string> tokens;
    for (int i = 0; i < 20000; ++i) tokens.insert(i % 2 == 0 ? random.token() : other.token());
    CHECK(tokens.size() == 20000);
}

TEST_CASE("octets are filled to the last, across the end of the pool, each bit set half the time", "[base][random]") {
    Random random;
    std::size_t bits = 0;
    std::array<std::size_t, 1000> sums{};
    for (int round = 0; round < 100; ++round) {
        std::array<unsigned char, 1000> octets{};
        random.fill(octets.data(), octets.size());
        for (std::size_t i = 0; i < octets.size(); ++i) {
            sums[i] += octets[i];
            bits += std::bitset<8>{octets[i]}.count();
        }
    }
    for (const auto sum : sums) CHECK(sum > 0);
    CHECK(bits > 398000);  // of 800000; the standard deviation is 447
    CHECK(bits < 402000);
}

TEST_CASE("a number below a limit is each of them as often", "[base][random]") {
    Random random;
    CHECK(random.below(1) == 0);
    std::vector<int> seen(6);
    for (int i = 0; i < 60000; ++i) ++seen[random.below(seen.size())];
    for (const int count : seen) {
        CHECK(count > 9400);  // expected 10000, standard deviation 91
        CHECK(count < 10600);
    }
    const auto large = (std::uint64_t{1} << 63U) + 1;
    for (int i = 0; i < 100; ++i) CHECK(random.below(large) < large);
}
