// SPDX-License-Identifier: AGPL-3.0-or-later
//
// What the arithmetic of one room costs for one frame of 10 ms, without codecs and packets: the part of a media
// thread's work that grows with the room and is ours alone. Parties write as telephones do, two frames at a time.

#include "bridge/room_mixer.hpp"

#include <benchmark/benchmark.h>

#include <memory>
#include <random>
#include <vector>

namespace {

using namespace beffroi::bridge;

enum class Rates { Narrow, Both };

struct Room {
    Room(std::size_t count, Rates rates, int amplitude) {
        std::mt19937 random{800};
        std::uniform_int_distribution<int> speech{-amplitude, amplitude};
        for (std::size_t i = 0; i < count; ++i) {
            const auto rate = rates == Rates::Both && i % 2 == 0 ? PcmRate::Wide : PcmRate::Narrow;
            mixer.add(*parties.emplace_back(std::make_unique<Party>(rate)));
        }
        for (auto& sample : packet) sample = static_cast<Sample>(speech(random));
    }
    void frame() {
        if (mixer.frame() % 2 == 0) {
            for (auto& party : parties) {
                party->input.write(std::span{packet}.first(2 * frameSamples(party->rate)));
            }
        }
        mixer.mix();
    }

    RoomMixer mixer{3, Hearing::Others};
    std::vector<std::unique_ptr<Party>> parties;
    std::array<Sample, 2 * kLongestFrame> packet{};
};

void mix(benchmark::State& state, Rates rates, int amplitude) {
    Room room{static_cast<std::size_t>(state.range(0)), rates, amplitude};
    for (int i = 0; i < 10; ++i) room.frame();
    for (auto _ : state) {
        room.frame();
        benchmark::DoNotOptimize(room.mixer.forListeners(PcmRate::Narrow));
    }
    state.counters["per party"] =
        benchmark::Counter(static_cast<double>(state.range(0)),
                           benchmark::Counter::kIsIterationInvariantRate | benchmark::Counter::kInvert);
}

void convert(benchmark::State& state, PcmRate from) {
    RateConverter converter;
    Frame in{};
    Frame out{};
    for (auto& sample : in) sample = 1000;
    for (auto _ : state) {
        if (from == PcmRate::Narrow) {
            converter.widen(in, out);
        } else {
            converter.narrow(in, out);
        }
        benchmark::DoNotOptimize(out);
    }
}

}  // namespace

BENCHMARK_CAPTURE(mix, all_talking, Rates::Narrow, 4000)->Arg(100)->Arg(400)->Arg(800);
BENCHMARK_CAPTURE(mix, all_silent, Rates::Narrow, 10)->Arg(100)->Arg(400)->Arg(800);
BENCHMARK_CAPTURE(mix, both_rates, Rates::Both, 4000)->Arg(100)->Arg(400)->Arg(800);
BENCHMARK_CAPTURE(convert, widen, PcmRate::Narrow);
BENCHMARK_CAPTURE(convert, narrow, PcmRate::Wide);

BENCHMARK_MAIN();
