// SPDX-License-Identifier: AGPL-3.0-or-later
#include "bridge/port_pool.hpp"

#include <catch2/catch.hpp>

#include <set>
#include <string>

using namespace beffroi::bridge;

namespace {

std::string ends(std::string_view text) {
    const auto range = parsePortRange(text);
    return range ? std::to_string(range->first) + '-' + std::to_string(range->last) : "none";
}

}  // namespace

TEST_CASE("a range of ports is whole pairs, an even one first", "[bridge][rfc3550-11]") {
    CHECK(ends("20000-29999") == "20000-29999");
    CHECK(ends("20001-29999") == "20002-29999");
    CHECK(ends("20000-30000") == "20000-29999");
    CHECK(ends("20000-20001") == "20000-20001");
    CHECK(ends("1024-65535") == "1024-65535");
    CHECK(ends("65534-65535") == "65534-65535");
    for (const char* none :
         {"", "-", "20000", "20000-", "-20000", "20000-20000", "20001-20002", "20002-20001", "1023-2000", "0-65535",
          "65535-65535", "20000-65536", "20000 - 20010", "20000-20010x", "+20000-20010"}) {
        CAPTURE(none);
        CHECK(ends(none) == "none");
    }
}

TEST_CASE("ports are taken round the whole range before one comes again", "[bridge]") {
    const auto range = *parsePortRange("20000-20099");
    for (const std::uint64_t random : {0ULL, 17ULL, 49ULL, 50ULL, ~0ULL}) {
        PortPool pool{range, random};
        REQUIRE(pool.pairs() == 50);
        std::set<std::uint16_t> seen;
        const auto first = pool.next();
        CHECK(first == 20000 + 2 * (random % 50));
        seen.insert(first);
        for (int i = 1; i < 50; ++i) {
            const auto port = pool.next();
            CHECK(port % 2 == 0);
            CHECK((port >= 20000 && port < 20099));
            seen.insert(port);
        }
        CHECK(seen.size() == 50);
        CHECK(pool.next() == first);
    }
}

TEST_CASE("the highest pair of ports is used too", "[bridge]") {
    PortPool pool{*parsePortRange("65532-65535"), 1};
    CHECK(pool.next() == 65534);
    CHECK(pool.next() == 65532);
    CHECK(pool.next() == 65534);
}
