// SPDX-License-Identifier: AGPL-3.0-or-later

#include "calendar/time_zones.hpp"

#include "support/instants.hpp"

#include <catch2/catch.hpp>

#include <atomic>
#include <string>
#include <thread>
#include <vector>

using namespace beffroi;
using calendar::readTimeZone;
using test::text;
using test::utc;

namespace {

std::chrono::local_seconds local(const std::string& written) {
    return std::chrono::local_seconds{utc(written).time_since_epoch()};
}

}  // namespace

TEST_CASE("the clocks of the towns of France show their time", "[calendar][zones]") {
    struct Shown {
        std::string zone;
        std::string instant;
        std::string clock;
    };
    const std::vector<Shown> cases{
        {"Europe/Paris", "2026-01-15 11:00", "2026-01-15 12:00"},
        {"Europe/Paris", "2026-07-15 10:00", "2026-07-15 12:00"},
        {"Europe/Paris", "2026-03-29 00:59", "2026-03-29 01:59"},
        {"Europe/Paris", "2026-03-29 01:00", "2026-03-29 03:00"},
        {"Europe/Paris", "2026-10-25 00:59", "2026-10-25 02:59"},
        {"Europe/Paris", "2026-10-25 01:00", "2026-10-25 02:00"},
        // As far as the system's files go: they are the long ones, which name each change until then.
        {"Europe/Paris", "2037-07-15 10:00", "2037-07-15 12:00"},
        {"Europe/Paris", "1975-07-15 10:00", "1975-07-15 11:00"},
        {"Indian/Reunion", "2026-07-15 08:00", "2026-07-15 12:00"},
        {"Indian/Mayotte", "2026-07-15 09:00", "2026-07-15 12:00"},
        {"America/Martinique", "2026-07-15 16:00", "2026-07-15 12:00"},
        {"America/Guadeloupe", "2026-01-15 16:00", "2026-01-15 12:00"},
        {"America/Cayenne", "2026-01-15 15:00", "2026-01-15 12:00"},
        {"America/Miquelon", "2026-01-15 15:00", "2026-01-15 12:00"},
        {"America/Miquelon", "2026-07-15 14:00", "2026-07-15 12:00"},
        {"Pacific/Noumea", "2026-01-15 01:00", "2026-01-15 12:00"},
        {"Pacific/Marquesas", "2026-01-15 12:00", "2026-01-15 02:30"},
        {"UTC", "2026-01-15 12:00", "2026-01-15 12:00"},
    };
    for (const auto& [name, instant, clock] : cases) {
        CAPTURE(name, instant);
        const auto zone = readTimeZone(name);
        REQUIRE(zone);
        CHECK(zone->name() == name);
        CHECK(text(zone->toLocal(utc(instant))) == clock);
    }
}

TEST_CASE("what the clocks show is the first such instant, or the one at which they are put forward",
          "[calendar][zones]") {
    const auto paris = readTimeZone("Europe/Paris").value();
    struct Meant {
        std::string clock;
        std::string instant;
    };
    const std::vector<Meant> cases{
        {"2026-01-15 12:00", "2026-01-15 11:00"}, {"2026-07-15 12:00", "2026-07-15 10:00"},
        {"2026-03-29 01:59", "2026-03-29 00:59"}, {"2026-03-29 02:00", "2026-03-29 01:00"},
        {"2026-03-29 02:30", "2026-03-29 01:00"}, {"2026-03-29 03:00", "2026-03-29 01:00"},
        {"2026-03-29 03:01", "2026-03-29 01:01"}, {"2026-10-25 01:59", "2026-10-24 23:59"},
        {"2026-10-25 02:00", "2026-10-25 00:00"}, {"2026-10-25 02:59", "2026-10-25 00:59"},
        {"2026-10-25 03:00", "2026-10-25 02:00"},
    };
    for (const auto& [clock, instant] : cases) {
        CAPTURE(clock);
        CHECK(text(paris.toInstant(local(clock))) == instant);
    }
    for (auto at = utc("2026-01-01 00:00"); at < utc("2027-01-01 00:00"); at += std::chrono::minutes{17}) {
        const auto again = paris.toInstant(paris.toLocal(at));
        REQUIRE(paris.toLocal(again) == paris.toLocal(at));
        REQUIRE(again <= at);
        REQUIRE(at - again <= std::chrono::hours{1});
    }
    CHECK(TimeZone{}.toLocal(utc("2026-07-15 10:00")) == local("2026-07-15 10:00"));
    CHECK(TimeZone{}.toInstant(local("2026-07-15 10:00")) == utc("2026-07-15 10:00"));
}

TEST_CASE("a zone that the system has not is nothing", "[calendar][zones]") {
    const auto* name = GENERATE("", "Europe/Bruay", "europe/paris", "../../etc/passwd",
                                "/usr/share/zoneinfo/Europe/Paris", "Europe/Paris\n", "+01:00", "Europe");
    CHECK_FALSE(readTimeZone(name));
}

TEST_CASE("zones are read by several threads at once", "[calendar][zones]") {
    std::atomic<int> read{0};
    std::vector<std::thread> threads;
    for (int i = 0; i < 4; ++i) {
        threads.emplace_back([&read] {
            for (const auto* name : {"Europe/Paris", "Europe/Lisbon", "America/Cayenne", "Nowhere/Land"}) {
                read += readTimeZone(name).has_value() ? 1 : 0;
            }
        });
    }
    for (auto& thread : threads) thread.join();
    CHECK(read == 12);
}
