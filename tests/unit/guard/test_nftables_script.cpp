// SPDX-License-Identifier: AGPL-3.0-or-later
#include "guard/nftables_script.hpp"

#include "support/fake_clock.hpp"

#include <catch2/catch.hpp>

#include <string>

using namespace beffroi;
using namespace beffroi::guard;

TEST_CASE("bans of hosts become elements of two sets that end with them", "[guard]") {
    const test::FakeClock clock;
    const auto now = clock.wallNow();
    const auto ban = [now](const char* range, Clock::WallTime until, const char* account = "") {
        return Ban{*AddressRange::parse(range), account, now, until, "because; flush ruleset", ""};
    };
    const std::string sets =
        "table inet beffroi {\n"
        "    set banned_v4 {\n        type ipv4_addr\n        flags interval, timeout\n    }\n"
        "    set banned_v6 {\n        type ipv6_addr\n        flags interval, timeout\n    }\n"
        "}\n";
    CHECK(nftablesScript({}, now) == sets + "flush set inet beffroi banned_v4\nflush set inet beffroi banned_v6\n");
    const auto script = nftablesScript(
        {ban("192.0.2.1", now + 90s), ban("192.0.2.2", now), ban("198.51.100.7", now + 1h),
         ban("198.51.100.0/24", Ban::kForever), ban("203.0.113.1", now + 1h, "anne"), ban("2001:db8::/64", now + 1ms)},
        now);
    CHECK(script == sets +
                        "flush set inet beffroi banned_v4\n"
                        "add element inet beffroi banned_v4 {\n"
                        "    198.51.100.0/24,\n"
                        "    192.0.2.1 timeout 90s\n"
                        "}\n"
                        "flush set inet beffroi banned_v6\n"
                        "add element inet beffroi banned_v6 {\n"
                        "    2001:db8::/64 timeout 1s\n"
                        "}\n");
}
