// SPDX-License-Identifier: AGPL-3.0-or-later
#include "unit/routing/routing_town.hpp"

#include <catch2/catch.hpp>

using namespace beffroi;
using test::RoutingTown;

namespace {

constexpr const char* kRings = "rings 2101, 2102 60s";

RoutingTown town() {
    RoutingTown made;
    made.phones({"2001", "2101", "2102", "2105"});
    made.hours("bureau", {"mon-fri 08:30-12:00 13:30-17:30"}, {"2027-05-14 closed", "2027-05-17 09:00-11:00"});
    made.department("etat-civil", "2100", {"2101", "2102"});
    made.department("etat-civil").hours = "bureau";
    return made;
}

}  // namespace

TEST_CASE("a department rings while it is open, and says when it opens again while it is not", "[routing]") {
    auto world = town();
    const auto [time, way] = GENERATE(table<const char*, const char*>({
        {"2027-05-03 08:29", "announces closed+opens+day:today+time:08:30"},
        {"2027-05-03 08:30", kRings},
        {"2027-05-03 11:59", kRings},
        {"2027-05-03 12:00", "announces closed+opens+day:today+time:13:30"},
        {"2027-05-03 17:29", kRings},
        {"2027-05-03 17:30", "announces closed+opens+day:tomorrow+time:08:30"},
        {"2027-05-03 23:59", "announces closed+opens+day:tomorrow+time:08:30"},
        {"2027-05-04 00:00", "announces closed+opens+day:today+time:08:30"},
        {"2027-05-07 18:00", "announces closed+opens+day:mon+time:08:30"},  // over the weekend
        {"2027-04-30 18:00", "announces closed+opens+day:mon+time:08:30"},  // Saturday is the first of May
        {"2027-05-05 18:00", "announces closed+opens+day:fri+time:08:30"},  // hours × holiday: Ascension on 6 May
        {"2027-05-06 10:00", "announces closed+opens+day:tomorrow+time:08:30"},
        {"2027-05-13 18:00",
         "announces closed+opens+day:mon+time:09:00"},  // an exception; Whit Monday, open by another
        {"2027-05-17 10:00", kRings},
        {"2027-05-17 11:00", "announces closed+opens+day:tomorrow+time:08:30"},
        {"2027-03-27 18:00", "announces closed+opens+day:tue+time:08:30"},  // Easter Monday, and the clocks change
    }));
    CAPTURE(time);
    world.at = world.paris(time);
    CHECK(world.dial("2100") == way);
}

TEST_CASE("local hours are what the clocks show, also when they change", "[routing]") {
    auto world = town();
    world.hours("nuit", {"sat-sun 00:00-24:00"}, {"2027-03-28 02:30-04:00", "2027-10-31 02:30-03:00"});
    world.department("etat-civil").hours = "nuit";
    const auto [utc, open] = GENERATE(table<std::chrono::seconds, bool>({
        {std::chrono::hours{0}, false},                                    // 28 March 2027, 01:00 in Paris
        {std::chrono::minutes{59}, false},                                 // 01:59
        {std::chrono::minutes{60}, true},                                  // 03:00, for 02:00 to 03:00 are skipped
        {std::chrono::minutes{119}, true},                                 // 03:59
        {std::chrono::minutes{120}, false},                                // 04:00
        {std::chrono::hours{217 * 24} + std::chrono::minutes{29}, false},  // 31 October 2027, 02:29, summer time
        {std::chrono::hours{217 * 24} + std::chrono::minutes{30}, true},
        {std::chrono::hours{217 * 24} + std::chrono::minutes{60}, false},  // 02:00 again
        {std::chrono::hours{217 * 24} + std::chrono::minutes{90}, true},   // 02:30 again
        {std::chrono::hours{217 * 24} + std::chrono::minutes{120}, false},
    }));
    world.at = Clock::WallTime{std::chrono::sys_days{std::chrono::year{2027} / 3 / 28}} + utc;
    CAPTURE(utc.count());
    CHECK((world.dial("2100") == kRings) == open);
}

TEST_CASE("hours are those of the department, else of the nearest one above it", "[routing]") {
    auto world = town();
    world.at = world.paris("2027-05-03 19:00");
    world.department("etat-civil").hours.clear();
    CHECK(world.dial("2100") == kRings);
    world.department("etat-civil").parent = "population";
    world.department("population").parent = "direction";
    world.department("direction").hours = "bureau";
    CHECK(world.dial("2100") == "announces closed+opens+day:tomorrow+time:08:30");
    CHECK(test::reasonsWith(world.plan("2100"), "closed by the hours bureau of direction").size() == 1);
    world.hours("soir", {"mon-sun 18:00-22:00"});
    world.department("population").hours = "soir";
    CHECK(world.dial("2100") == kRings);
}

TEST_CASE("a site has its clocks and its holidays", "[routing]") {
    auto world = town();
    world.site("saint-denis").timeZone = "Indian/Reunion";
    world.site("saint-denis").holidays = "reunion";
    world.site("strasbourg").holidays = "alsace-moselle";
    const auto [site, time, open] = GENERATE(table<const char*, const char*, bool>({
        {"", "2027-05-03 07:00", false},
        {"saint-denis", "2027-05-03 07:00", true},   // 09:00 there
        {"saint-denis", "2027-05-03 15:30", false},  // 17:30 there
        {"", "2027-12-20 09:00", true},              // a Monday
        {"saint-denis", "2027-12-20 07:00", false},  // 10:00 there, the abolition of slavery
        {"", "2028-12-26 09:00", true},              // a Tuesday
        {"strasbourg", "2028-12-26 09:00", false},   // Saint Stephen's
    }));
    CAPTURE(site, time);
    world.department("etat-civil").site = site;
    world.at = world.paris(time);
    CHECK((world.dial("2100") == kRings) == open);
}

TEST_CASE("hours of a department above count by the clocks and holidays of where one is", "[routing]") {
    auto world = town();
    world.site("saint-denis").timeZone = "Indian/Reunion";
    world.site("saint-denis").holidays = "reunion";
    world.site("strasbourg").holidays = "alsace-moselle";
    auto& annexe = world.department("etat-civil");
    annexe.hours.clear();
    annexe.parent = "direction";
    world.department("direction").hours = "bureau";
    const auto [own, above, time, way] = GENERATE(table<const char*, const char*, const char*, const char*>({
        {"saint-denis", "", "2027-05-03 07:00", kRings},  // 09:00 there
        {"saint-denis", "", "2027-05-03 16:00", "announces closed+opens+day:tomorrow+time:08:30"},
        {"strasbourg", "saint-denis", "2028-12-26 09:00", "announces closed+opens+day:tomorrow+time:08:30"},
        {"strasbourg", "saint-denis", "2027-12-20 09:00", kRings},
        {"", "saint-denis", "2027-12-20 07:00", "announces closed+opens+day:tomorrow+time:08:30"},
    }));
    CAPTURE(own, above, time);
    annexe.site = own;
    world.department("direction").site = above;
    world.at = world.paris(time);
    CHECK(world.dial("2100") == way);
}

TEST_CASE("hours × override: what was set by hand counts until it ends", "[routing]") {
    auto world = town();
    auto& byHand = world.lines.overrides["etat-civil"];
    SECTION("closed until a time within the hours: then it opens") {
        byHand.until = world.paris("2027-05-03 14:00");
        CHECK(world.dial("2100") == "announces closed+opens+day:today+time:14:00");
        world.at = world.paris("2027-05-03 14:00");
        CHECK(world.dial("2100") == kRings);
    }
    SECTION("closed until a time outside the hours: they say when it opens") {
        byHand.until = world.paris("2027-05-05 18:00");  // override × holiday: the 6th is Ascension
        CHECK(world.dial("2100") == "announces closed+opens+day:fri+time:08:30");
    }
    SECTION("closed until midnight") {
        byHand.until = world.paris("2027-05-04 00:00");
        world.at = world.paris("2027-05-03 23:59");
        CHECK(world.dial("2100") == "announces closed+opens+day:tomorrow+time:08:30");
        CHECK(test::reasonsWith(world.plan("2100"), "closed by hand").size() == 1);
        world.at = world.paris("2027-05-04 00:00");
        CHECK(world.dial("2100") == "announces closed+opens+day:today+time:08:30");
        CHECK(test::reasonsWith(world.plan("2100"), "closed by the hours bureau").size() == 1);
    }
    SECTION("closed until somebody opens it: nobody knows when") { CHECK(world.dial("2100") == "announces closed"); }
    SECTION("open on a holiday") {
        byHand.open = true;
        world.at = world.paris("2027-05-06 10:00");
        CHECK(world.dial("2100") == kRings);
    }
    SECTION("with an announcement of its own") {
        byHand.announcement = "panne+next-opening";
        byHand.until = world.paris("2027-05-03 14:00");
        world.extension("2100").forwards.closed = "2105";
        CHECK(world.dial("2100") == "announces panne+opens+day:today+time:14:00");
    }
    SECTION("where the hours are those of a department above, they say when it opens") {
        world.department("etat-civil").hours.clear();
        world.department("etat-civil").parent = "direction";
        world.department("direction").hours = "bureau";
        world.at = world.paris("2027-05-07 10:00");  // a Friday
        byHand.until = world.paris("2027-05-07 20:00");
        CHECK(world.dial("2100") == "announces closed+opens+day:mon+time:08:30");
        CHECK(test::reasonsWith(world.plan("2100"), "etat-civil is closed by hand").size() == 1);
    }
    SECTION("of a department above counts for who has no hours of its own") {
        world.lines.overrides.clear();
        world.department("direction");
        world.lines.overrides["direction"];
        world.department("etat-civil").parent = "direction";
        CHECK(world.dial("2100") == kRings);
        world.department("etat-civil").hours.clear();
        CHECK(world.dial("2100") == "announces closed");
    }
}

TEST_CASE("forward × closed: a department sends its callers where it says", "[routing]") {
    auto world = town();
    world.at = world.paris("2027-05-03 19:00");
    auto& forwards = world.department("etat-civil").forwards;
    SECTION("to an extension") {
        forwards.closed = "2105";
        const auto plan = world.plan("2100");
        CHECK(test::wayOf(plan) == "rings 2105 60s");
        CHECK(test::diversionsOf(plan.stages[0]) == "2100 closed");
    }
    SECTION("to an announcement with its next opening") {
        forwards.closed = "announcement:mairie-fermee+next-opening";
        CHECK(world.dial("2100") == "announces mairie-fermee+opens+day:tomorrow+time:08:30");
    }
    SECTION("to its next opening alone, which nobody knows: it says that it is closed") {
        forwards.closed = "announcement:next-opening";
        CHECK(world.dial("2100") == "announces opens+day:tomorrow+time:08:30");
        world.lines.overrides["etat-civil"];
        CHECK(world.dial("2100") == "announces closed");
        world.shortCode("60", "announcement:next-opening");
        CHECK(world.dial("60") == "announces unreachable");
    }
    SECTION("to nobody's number: it says that it is closed") {
        forwards.closed = "2999";
        CHECK(world.dial("2100") == "announces closed+opens+day:tomorrow+time:08:30");
    }
    SECTION("always is asked first") {
        forwards.closed = "2105";
        forwards.always = "2001";
        CHECK(world.dial("2100", "2105") == "rings 2001 60s");
    }
    SECTION("back to itself: it says that it is closed") {
        forwards.closed = "2105";
        world.extension("2105").forwards.always = "2100";
        CHECK(world.dial("2100") == "rings 2105 60s");
        forwards.closed = "2100";
        CHECK(world.dial("2100") == "announces closed+opens+day:tomorrow+time:08:30");
    }
}

TEST_CASE("an open department is a group", "[routing]") {
    auto world = town();
    world.department("etat-civil").forwards.noAnswer = "2105";
    CHECK(world.dial("2100") == "rings 2101, 2102 60s [else: rings 2105 60s]");
    world.lines.unreachable = {"2101", "2102"};
    CHECK(world.dial("2100") == "rings 2105 60s");
    SECTION("as a member of a group it rings while it is open") {
        world.lines.unreachable.clear();
        world.group("2200", {"2100", "2105"});
        CHECK(world.dial("2200") == "rings 2101, 2102, 2105 60s");
        world.at = world.paris("2027-05-03 19:00");
        CHECK(world.dial("2200") == "rings 2105 60s");
    }
}
