// SPDX-License-Identifier: AGPL-3.0-or-later
#include "routing/expectation.hpp"

#include "unit/routing/routing_town.hpp"

#include <catch2/catch.hpp>

using namespace beffroi;
using routing::isAsExpected;
using test::RoutingTown;

namespace {

RoutingTown town() {
    RoutingTown made;
    made.phones({"2001", "2101", "2102", "2105", "2106"});
    made.extension("2101").forwards.noAnswer = "2105";
    made.extension("2101").forwards.busy = "2106";
    made.extension("2105").forwards.unreachable = "announcement:closed+sorry";
    made.extension("8000", ExtensionKind::Room);
    made.group("2100", {"2102", "2106"});
    made.rota("technique", {"2027-01-01 00:00 2102"}).escalation = {"2106"};
    made.alias("2300", "on-call:technique");
    made.shortCode("60", "announcement:closed+sorry");
    return made;
}

}  // namespace

TEST_CASE("what is expected of a route is so, or not", "[routing]") {
    struct Line {
        const char* dialled;
        const char* result;
        bool expected;
    };
    const auto line = GENERATE(values<Line>({
        {"2101", "rings 2101", true},
        {"2101", "rings 2105", false},
        {"2101", "rings 210", false},
        {"2101", "", false},
        {"2101", "then rings 2105 if no answer", true},
        {"2101", "then rings 2105", true},
        {"2101", "then rings 2105 if busy", false},
        {"2101", "then rings 2106 if busy", true},
        {"2101", "then rings 2105 if it rains", false},
        {"2101", "then announces closed if unreachable", true},  // a stage farther on
        {"2101", "then rings 2101", false},
        {"2100", "rings 2106, 2102", true},
        {"2100", "rings 2102", false},
        {"2300", "then rings 2106", true},
        {"2300", "then rings 2106 if busy", true},
        {"60", "announces closed", true},
        {"60", "announces closed+sorry", true},
        {"60", "announces close", false},
        {"60", "announces", false},
        {"8000", "enters room 8000", true},
        {"8000", "enters room 80", false},
        {"0612345678", "outside +33612345678", true},
        {"0612345678", "outside +33612345678 by operateur", true},
        {"0612345678", "outside +33612345678 by operateur as +33327000000", true},
        {"0612345678", "outside +336123456", false},
        {"0612345678", "outside", false},
        {"0612345678", "outside +33612345678 by operateur as +33327000001", false},
        {"*31*0612345678", "outside +33612345678 by operateur, withheld", true},
        {"15", "emergency 15", true},
        {"15", "outside 15", false},
        {"0899123456", "refused: not allowed", true},
        {"0899123456", "refused: unknown number", false},
        {"0899123456", "then rings 2101", false},
        {"*21*2105#", "sets forward-always to 2105", true},
        {"#21#", "clears forward-always", true},
        {"*25", "toggles do-not-disturb", true},
        {"*10", "asks for status", true},
    }));
    CAPTURE(line.dialled, line.result);
    CHECK(isAsExpected(town().plan(line.dialled), line.result) == line.expected);
}

TEST_CASE("a route is told in one line", "[routing]") {
    const auto [dialled, summary] = GENERATE(table<const char*, const char*>({
        {"2101",
         "rings 2101, then rings 2106 if busy, then rings 2105 if no answer, then announces closed+sorry if "
         "unreachable"},
        {"2300", "rings 2102, then rings 2106"},
        {"0899123456", "refused: not allowed"},
        {"*70*2101*1234#", "refused: code not allowed"},
        {"*61*2105*20#", "sets forward-no-answer to 2105 after 20 s"},
    }));
    CHECK(routing::summaryOf(town().plan(dialled)) == summary);
}
