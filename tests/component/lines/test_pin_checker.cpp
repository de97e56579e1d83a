// SPDX-License-Identifier: AGPL-3.0-or-later
#include "lines/pin_checker.hpp"

#include "support/posted_tasks.hpp"

#include <sodium.h>
#include <catch2/catch.hpp>

#include <string>
#include <vector>

using namespace beffroi;
using namespace beffroi::lines;
using namespace beffroi::test;

namespace {

std::string hashOf(const std::string& pin) {
    char text[crypto_pwhash_STRBYTES];
    REQUIRE(crypto_pwhash_str(text, pin.data(), pin.size(), crypto_pwhash_OPSLIMIT_MIN, crypto_pwhash_MEMLIMIT_MIN) ==
            0);
    return text;
}

}  // namespace

TEST_CASE("a PIN is compared with its hash away from the loop, which hears the answer", "[lines][hot-desk][threads]") {
    REQUIRE(sodium_init() >= 0);
    const auto hash = hashOf("1234");
    PostedTasks loop;
    std::vector<std::string> answers;
    PinChecker checker{loop};
    const auto ask = [&](const std::string& against, const std::string& pin) {
        return checker.check(against, pin,
                             [&answers, pin](bool right) { answers.push_back(pin + (right ? " right" : " wrong")); });
    };
    REQUIRE(ask(hash, "1234"));
    REQUIRE(ask(hash, "1235"));
    REQUIRE(ask("no hash at all", "1"));
    REQUIRE(ask(std::string(1000, '$'), "2"));
    REQUIRE(ask("", "3"));
    for (int i = 0; i < 5; ++i) loop.runOne();
    CHECK(answers == std::vector<std::string>{"1234 right", "1235 wrong", "1 wrong", "2 wrong", "3 wrong"});
}

TEST_CASE("PINs that wait are bounded, and those that wait at the end are forgotten", "[lines][hot-desk][security]") {
    REQUIRE(sodium_init() >= 0);
    const auto hash = hashOf("1234");
    PostedTasks loop;
    std::size_t taken = 0;
    {
        PinChecker checker{loop};
        for (std::size_t i = 0; i < 1000; ++i) taken += checker.check(hash, "1", [](bool) {}) ? 1 : 0;
    }
    CHECK(taken >= PinChecker::kMostWaiting);
    CHECK(taken < 1000);
    CHECK(loop.waiting() <= taken);
}
