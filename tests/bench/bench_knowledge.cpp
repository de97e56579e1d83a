// SPDX-License-Identifier: AGPL-3.0-or-later
//
// What a routing decision asks of the country and its calendar: a number, an emergency, whether a service is open and
// until when, who is on call. The first four are on the way of a call: at most 1 µs each.

#include "calendar/hours_text.hpp"
#include "calendar/on_call.hpp"
#include "calendar/opening_state.hpp"
#include "calendar/time_zones.hpp"
#include "country/country.hpp"

#include <benchmark/benchmark.h>

#include <cstdlib>
#include <string>

namespace {

using namespace beffroi;
using namespace std::chrono_literals;

const country::Country& france() {
    static const auto kFrance = country::Country::read(BEFFROI_SOURCE_DIR "/config/countries", "france");
    return kFrance;
}

const TimeZone& paris() {
    static const auto kParis = calendar::readTimeZone("Europe/Paris").value();
    return kParis;
}

const OpeningHours& townHall() {
    static const auto kHours = [] {
        OpeningHours hours;
        for (const auto* text : {"mon-fri 08:30-12:00 13:30-17:30", "sat/even 09:00-12:00"}) {
            if (calendar::readWeekly(text, hours)) std::abort();
        }
        for (const auto* text : {"2026-08-03..2026-08-21 08:30-12:00", "12-24 08:30-12:00", "2026-05-15 closed"}) {
            if (calendar::readException(text, hours)) std::abort();
        }
        return hours;
    }();
    return kHours;
}

void normalise(benchmark::State& state, const std::string& dialled) {
    for (auto _ : state) benchmark::DoNotOptimize(france().normalise(dialled, "0"));
}
BENCHMARK_CAPTURE(normalise, national, std::string{"00327000100"});
BENCHMARK_CAPTURE(normalise, overseas, std::string{"00262123456"});
BENCHMARK_CAPTURE(normalise, abroad, std::string{"00041223456789"});
BENCHMARK_CAPTURE(normalise, thousandDigits, std::string(1000, '3'));

void isEmergency(benchmark::State& state) {
    for (auto _ : state) benchmark::DoNotOptimize(france().emergency("0612345678", "0"));
}
BENCHMARK(isEmergency);

// A week from quarter to quarter, so that no answer is the last one's.
void isOpen(benchmark::State& state) {
    const auto& holidays = *france().holidays("alsace-moselle-temple");
    std::chrono::sys_seconds at = std::chrono::sys_days{2026y / 11 / 23};
    for (auto _ : state) {
        benchmark::DoNotOptimize(calendar::isOpen(townHall(), holidays, paris(), at));
        at += 15min;
        if (at > std::chrono::sys_days{2026y / 11 / 30}) at -= 168h;
    }
}
BENCHMARK(isOpen);

void untilWhen(benchmark::State& state) {
    const auto& holidays = *france().holidays("alsace-moselle-temple");
    const std::chrono::sys_seconds saturdayNight = std::chrono::sys_days{2026y / 12 / 26};
    for (auto _ : state) benchmark::DoNotOptimize(calendar::stateAt(townHall(), holidays, paris(), saturdayNight));
}
BENCHMARK(untilWhen);

void neverAgain(benchmark::State& state) {
    const auto& holidays = *france().holidays("alsace-moselle-temple");
    const OpeningHours closed;
    const std::chrono::sys_seconds at = std::chrono::sys_days{2026y / 12 / 26};
    for (auto _ : state) benchmark::DoNotOptimize(calendar::stateAt(closed, holidays, paris(), at));
}
BENCHMARK(neverAgain);

void onCall(benchmark::State& state) {
    OnCallTurns turns;
    if (calendar::readStart("2026-01-02 12:00", turns)) std::abort();
    turns.cycle = {"0612345678", "0612345679", "2107"};
    turns.period = 168h;
    const std::chrono::sys_seconds at = std::chrono::sys_days{2026y / 12 / 26};
    for (auto _ : state) benchmark::DoNotOptimize(calendar::onCallAt(turns, paris(), at));
}
BENCHMARK(onCall);

}  // namespace

BENCHMARK_MAIN();
