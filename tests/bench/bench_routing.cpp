// SPDX-License-Identifier: AGPL-3.0-or-later
//
// What one decision of routing costs in a town of 10,000 extensions, with all its reasons: a call inside, a group, a
// department by its hours, forwards, a number outside with its rights, an emergency call and a feature code. The budget
// is docs/performance.md's: 5 µs.

#include "unit/routing/routing_town.hpp"

#include <benchmark/benchmark.h>

namespace {

using namespace beffroi;

test::RoutingTown largeTown() {
    test::RoutingTown town;
    for (int i = 0; i < 10'000; ++i) {
        const auto number = std::to_string(20'000 + i);
        auto& extension = town.extension(number);
        extension.label = std::string{"Agent "} + number;
        auto& person = town.person(std::string{"p"} + number, number);
        person.department = std::string{"d"} + std::to_string(i % 120);
        town.directory.directNumberOf[number] = std::string{"+3332700"} + number.substr(1);
        if (i % 10 == 0) extension.forwards.noAnswer = std::to_string(20'000 + (i + 1) % 10'000);
    }
    for (int i = 0; i < 120; ++i) {
        const auto id = std::string{"d"} + std::to_string(i);
        town.department(id).hours = "bureau";
        town.department(id).parent = i == 0 ? "" : "d0";
    }
    town.hours("bureau", {"mon-fri 08:30-12:00 13:30-17:30"}, {"2027-05-14 closed"});
    town.directRange("+333270000", "+333270099", "", "20000");
    town.group("3000", {"20001", "20002", "20003", "20004", "20005", "20006"});
    town.group("3001", town.extension("3000").members, Strategy::LongestIdle);
    town.department("d1", "3100", {"20001", "20002", "20003", "20004"});
    auto& agents = town.classOfService("agents");
    agents.allowed.set();
    agents.hours = "bureau";
    town.directory.town.classOfService = "agents";
    auto& chain = town.extension("20500").forwards;
    chain.always = "20501";
    town.extension("20501").forwards.always = "20502";
    town.extension("20502").forwards.busy = "20503";
    return town;
}

void decide(benchmark::State& state, const char* dialled, const char* at) {
    auto town = largeTown();
    town.at = town.paris(at);
    for (auto _ : state) benchmark::DoNotOptimize(town.plan(dialled, "20000"));
}

constexpr const char* kMorning = "2027-05-03 10:00";

BENCHMARK_CAPTURE(decide, extension, "25001", kMorning);
BENCHMARK_CAPTURE(decide, extension_with_forward, "25000", kMorning);
BENCHMARK_CAPTURE(decide, two_forwards, "20500", kMorning);
BENCHMARK_CAPTURE(decide, group_together, "3000", kMorning);
BENCHMARK_CAPTURE(decide, group_longest_idle, "3001", kMorning);
BENCHMARK_CAPTURE(decide, department_open, "3100", kMorning);
BENCHMARK_CAPTURE(decide, department_closed, "3100", "2027-05-03 19:00");
BENCHMARK_CAPTURE(decide, outside, "0612345678", kMorning);
BENCHMARK_CAPTURE(decide, emergency, "15", kMorning);
BENCHMARK_CAPTURE(decide, code, "*21*25001#", kMorning);
BENCHMARK_CAPTURE(decide, nobody, "99999", kMorning);

}  // namespace

BENCHMARK_MAIN();
