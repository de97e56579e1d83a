// SPDX-License-Identifier: AGPL-3.0-or-later
#include "guard/nftables_script.hpp"

#include "support/fake_clock.hpp"

#include <catch2/catch.hpp>

#include <algorithm>
#include <string>
#include <vector>

using namespace beffroi;
using namespace beffroi::guard;

TEST_CASE("bans of hosts become elements of two sets that end with them", "[guard]") {
    const test::FakeClock clock;
    const auto now = clock.wallNow();
    const auto ban = [](const char* range, Clock::WallTime until) {
        return HostBan{*AddressRange::parse(range), until};
    };
    const std::string sets =
        "table inet beffroi {\n"
        "    set banned_v4 {\n        type ipv4_addr\n        flags interval, timeout\n    }\n"
        "    set banned_v6 {\n        type ipv6_addr\n        flags interval, timeout\n    }\n"
        "    set spared_v4 {\n        type ipv4_addr\n        flags interval\n    }\n"
        "    set spared_v6 {\n        type ipv6_addr\n        flags interval\n    }\n"
        "}\n"
        "flush set inet beffroi spared_v4\nflush set inet beffroi spared_v6\n";
    CHECK(nftablesScript({}, {}, now) == sets + "flush set inet beffroi banned_v4\nflush set inet beffroi banned_v6\n");
    const auto script = nftablesScript(
        {ban("192.0.2.1", now + 90s), ban("192.0.2.2", now), ban("198.51.100.7", now + 1h),
         ban("198.51.100.0/24", Ban::kForever), ban("2001:db8::/64", now + 1ms), ban("198.51.101.0", now + 1h)},
        {}, now);
    CHECK(script == sets +
                        "flush set inet beffroi banned_v4\n"
                        "add element inet beffroi banned_v4 {\n"
                        "    192.0.2.1 timeout 90s,\n"
                        "    198.51.100.0/24,\n"
                        "    198.51.101.0 timeout 3600s\n"
                        "}\n"
                        "flush set inet beffroi banned_v6\n"
                        "add element inet beffroi banned_v6 {\n"
                        "    2001:db8::/64 timeout 1s\n"
                        "}\n");
}

TEST_CASE("what lies within a larger ban is left out, whatever stands between them", "[guard]") {
    const test::FakeClock clock;
    std::vector<HostBan> bans;
    for (const char* range : {"10.1.2.3", "10.1.0.0/16", "10.0.0.0/8", "10.255.255.255", "11.0.0.0", "10.0.0.0",
                              "9.255.255.255", "a00::/8", "a00::1", "b00::1", "0.0.0.0/32"}) {
        bans.push_back({*AddressRange::parse(range), Ban::kForever});
    }
    bans.push_back({*AddressRange::parse("0.0.0.0/0"), clock.wallNow()});  // has ended: it covers nothing
    const auto script = nftablesScript(bans, {}, clock.wallNow());
    CHECK(script.find("{\n    0.0.0.0,\n    9.255.255.255,\n    10.0.0.0/8,\n    11.0.0.0\n}") != std::string::npos);
    CHECK(script.find("{\n    a00::/8,\n    b00::1\n}") != std::string::npos);
}

// Comparing each with each would take longer than a test may.
TEST_CASE("a very long list of bans is sorted, not compared each with each", "[guard]") {
    constexpr unsigned kMany = 400'000;
    const test::FakeClock clock;
    std::vector<HostBan> bans;
    for (unsigned i = 0; i < kMany; ++i) {
        const auto host =
            std::to_string(1 + i % 200) + '.' + std::to_string(i / 200 % 250) + '.' + std::to_string(i / 50'000) + ".1";
        bans.push_back({*AddressRange::parse(host), Ban::kForever});
    }
    const auto script = nftablesScript(bans, {}, clock.wallNow());
    CHECK(std::count(script.begin(), script.end(), ',') == kMany - 1 + 2);  // and those of the two sets' flags
}

TEST_CASE("trusted networks and addresses of known telephones are spared within a wider ban", "[guard]") {
    const test::FakeClock clock;
    const auto spares = [&](const std::string& list) {
        std::vector<AddressRange> spared;
        for (const char* range : {"192.0.2.7", "192.0.2.0/28", "198.51.100.1", "203.0.113.0/24", "203.0.113.9", "::1",
                                  "2001:db8:1:2::/64", "192.0.3.1", "10.0.0.0/8"}) {
            spared.push_back(*AddressRange::parse(range));
        }
        std::vector<HostBan> bans;
        for (const char* range : {"192.0.2.0/24", "203.0.113.9", "203.0.113.200", "2001:db8::/32", "10.1.2.3"}) {
            bans.push_back({*AddressRange::parse(range), Ban::kForever});
        }
        return nftablesScript(bans, spared, clock.wallNow()).find(list) != std::string::npos;
    };
    CHECK(spares("add element inet beffroi spared_v4 {\n    10.0.0.0/8,\n    192.0.2.0/28,\n    203.0.113.0/24\n}"));
    CHECK(spares("add element inet beffroi spared_v6 {\n    2001:db8:1:2::/64\n}"));
}
