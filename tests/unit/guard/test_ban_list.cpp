// SPDX-License-Identifier: AGPL-3.0-or-later
#include "guard/ban_list.hpp"

#include "support/fake_clock.hpp"

#include <catch2/catch.hpp>

#include <string>
#include <vector>

using namespace beffroi;
using namespace beffroi::guard;
using beffroi::test::FakeClock;

namespace {

SocketAddress at(const std::string& host) { return *SocketAddress::parse(host, 40'000); }

std::vector<std::string> names(const std::vector<Ban>& bans) {
    std::vector<std::string> list;
    for (const auto& ban : bans) list.push_back(ban.range.toString() + (ban.account.empty() ? "" : " " + ban.account));
    return list;
}
using Names = std::vector<std::string>;

}  // namespace

TEST_CASE("bans cover what they say, and nothing else", "[guard]") {
    FakeClock clock;
    BanList list;
    const auto ban = [&](const char* range, const char* account = "") {
        CHECK(list.add({*AddressRange::parse(range), account, clock.wallNow(), clock.wallNow() + 1h, "", ""}).empty());
    };
    ban("192.0.2.1");
    ban("198.51.100.0/24");
    ban("2001:db8:5::/48");
    ban("203.0.113.9", "anne");
    ban("2001:db8:9:9::/64", "anne");
    struct Case {
        const char* host;
        const char* account;
        bool covered;
        bool accountCovered;
    };
    const auto given = GENERATE(values<Case>({
        {"192.0.2.1", "anne", true, false},
        {"192.0.2.2", "anne", false, false},
        {"198.51.100.255", "", true, false},
        {"198.51.101.0", "", false, false},
        {"2001:db8:5:ffff::1", "", true, false},
        {"2001:db8:6::1", "", false, false},
        {"203.0.113.9", "anne", false, true},
        {"203.0.113.9", "pierre", false, false},
        {"203.0.113.10", "anne", false, false},
        {"2001:db8:9:9::77", "anne", false, true},
    }));
    CAPTURE(given.host, given.account);
    CHECK(list.covers(at(given.host)) == given.covered);
    CHECK(list.covers(at(given.host), given.account) == given.accountCovered);
}

TEST_CASE("bans end by the date, are replaced and are removed", "[guard]") {
    FakeClock clock;
    BanList list;
    const auto add = [&](const char* range, Clock::Duration time, const char* account = "") {
        const auto until = clock.wallNow() + std::chrono::duration_cast<Clock::WallTime::duration>(time);
        return list.add({*AddressRange::parse(range), account, clock.wallNow(), until, "", ""});
    };
    add("192.0.2.1", 2h);
    add("192.0.2.1", 1h, "anne");
    add("192.0.2.0/24", 3h);
    CHECK(names(list.all()) == Names{"192.0.2.1 anne", "192.0.2.1", "192.0.2.0/24"});

    SECTION("the end") {
        CHECK(list.expire(clock.wallNow() + 1h - 1ms).empty());
        CHECK(names(list.expire(clock.wallNow() + 2h)) == Names{"192.0.2.1 anne", "192.0.2.1"});
        CHECK_FALSE(list.covers(at("192.0.2.1"), "anne"));
        CHECK(list.covers(at("192.0.2.1")));  // by the network's
        CHECK(names(list.expire(clock.wallNow() + 3h)) == Names{"192.0.2.0/24"});
        CHECK_FALSE(list.covers(at("192.0.2.1")));
    }
    SECTION("the same again is one, with the new end") {
        add("192.0.2.1", 4h);
        CHECK(list.size() == 3);
        CHECK(list.expire(clock.wallNow() + 3h).size() == 2);
        CHECK(list.covers(at("192.0.2.1")));
    }
    SECTION("an address gets rid of every ban that covers it, and of those of its accounts") {
        add("192.0.2.2", 1h);
        add("2001:db8:5:6::/64", 5h);
        add("2001:db8:5:6::/64", 6h, "anne");
        add("2001:db8::/32", 7h);
        add("2001:db8:5:7::/64", 8h);
        CHECK(list.remove(*AddressRange::parse("192.0.2.1")).size() == 3);
        CHECK(list.remove(*AddressRange::parse("2001:db8:5:6::77")).size() == 3);
        CHECK(names(list.all()) == Names{"192.0.2.2", "2001:db8:5:7::/64"});
        CHECK_FALSE(list.covers(at("2001:db8:5:6::78"), "anne"));
        CHECK(list.remove(*AddressRange::parse("192.0.2.1")).empty());
    }
    SECTION("a network's with those of accounts within it, and leaves a host's") {
        CHECK(list.remove(*AddressRange::parse("192.0.2.0/24")).size() == 2);
        CHECK(names(list.all()) == Names{"192.0.2.1"});
    }
}

TEST_CASE("the list is bounded: our own bans make room, an administrator's do not", "[guard]") {
    FakeClock clock;
    BanList list{3};
    const auto add = [&](const char* range, Clock::Duration time, const char* by) {
        const auto until = clock.wallNow() + std::chrono::duration_cast<Clock::WallTime::duration>(time);
        return names(list.add({*AddressRange::parse(range), "", clock.wallNow(), until, "", by}));
    };
    CHECK(add("192.0.2.1", 1h, "root").empty());
    CHECK(add("192.0.2.2", 3h, "").empty());
    CHECK(add("192.0.2.3", 2h, "").empty());
    CHECK(add("192.0.2.4", 1h, "") == Names{"192.0.2.3"});  // soonest to end
    CHECK(add("192.0.2.5", 1h, "root") == Names{"192.0.2.4"});
    CHECK(add("192.0.2.6", 1h, "root") == Names{"192.0.2.2"});
    CHECK(add("192.0.2.7", 9h, "root") == Names{"192.0.2.7"});  // no room for itself
    CHECK(list.size() == 3);
    CHECK_FALSE(list.covers(at("192.0.2.7")));
    CHECK_FALSE(list.covers(at("192.0.2.2")));
    CHECK(list.covers(at("192.0.2.6")));
}

TEST_CASE("bans of accounts are bounded for themselves, and take no host's room", "[guard]") {
    FakeClock clock;
    BanList list{8, 3};
    const auto add = [&](const char* range, Clock::Duration time, const char* account = "", const char* by = "") {
        const auto until = clock.wallNow() + std::chrono::duration_cast<Clock::WallTime::duration>(time);
        return names(list.add({*AddressRange::parse(range), account, clock.wallNow(), until, "", by}));
    };
    SECTION("those from one address, and one that has ended leaves its place") {
        CHECK(add("192.0.2.9", 1h, "other").empty());
        for (const auto* account : {"1", "2", "3"}) CHECK(add("192.0.2.1", 2h, account).empty());
        CHECK(add("192.0.2.1", 2h, "3").empty());  // the same again
        CHECK(add("192.0.2.1", 3h, "4") == Names{"192.0.2.1 1"});
        CHECK(list.expire(clock.wallNow() + 2h).size() == 3);
        CHECK(add("192.0.2.1", 3h, "5").empty());
    }
    SECTION("in all, half of the list") {
        CHECK(add("192.0.2.1", 1h, "", "").empty());
        for (const auto* host : {"192.0.2.1", "192.0.2.2", "192.0.2.3", "192.0.2.4"}) CHECK(add(host, 2h, "a").empty());
        CHECK(add("192.0.2.5", 3h, "a") == Names{"192.0.2.1 a"});
        CHECK(list.covers(at("192.0.2.1")));
        CHECK(list.size() == 5);
    }
    SECTION("a host's takes the room of an account's first, and never the other way round") {
        CHECK(add("192.0.2.1", 9h, "a").empty());
        for (const auto* host : {"10.0.0.1", "10.0.0.2", "10.0.0.3", "10.0.0.4", "10.0.0.5", "10.0.0.6", "10.0.0.7"}) {
            CHECK(add(host, 1h).empty());
        }
        CHECK(add("10.0.0.8", 2h) == Names{"192.0.2.1 a"});
        CHECK(add("192.0.2.2", 9h, "a") == Names{"192.0.2.2 a"});  // no room
        CHECK(list.size() == 8);
        CHECK_FALSE(list.covers(at("192.0.2.2"), "a"));
        CHECK(add("10.0.0.9", 2h) == Names{"10.0.0.1"});
    }
}
