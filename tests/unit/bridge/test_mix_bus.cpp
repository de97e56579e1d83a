// SPDX-License-Identifier: AGPL-3.0-or-later
#include "bridge/mix_bus.hpp"

#include <catch2/catch.hpp>

using namespace beffroi::bridge;

namespace {

Frame constant(Sample value) {
    Frame frame;
    frame.fill(value);
    return frame;
}

}  // namespace

TEST_CASE("a mix is the sum of all voices, and for each speaker without their own", "[bridge][mixer]") {
    const auto rate = GENERATE(PcmRate::Narrow, PcmRate::Wide);
    MixBus bus{rate};
    const auto a = constant(1000);
    const auto b = constant(-300);
    const auto c = constant(20);
    for (const auto* voice : {&a, &b, &c}) bus.add(samplesOf(*voice, rate));
    Frame out = constant(7);
    bus.write(out);
    CHECK(out[0] == 720);
    CHECK(out[frameSamples(rate) - 1] == 720);
    if (rate == PcmRate::Narrow) CHECK(out[frameSamples(rate)] == 7);  // not its business
    bus.writeWithout(samplesOf(a, rate), out);
    CHECK(out[0] == -280);
    CHECK(out[frameSamples(rate) - 1] == -280);
    bus.clear();
    bus.write(out);
    CHECK(out[0] == 0);
}

TEST_CASE("a mix saturates, and only when it is handed out", "[bridge][mixer]") {
    MixBus bus{PcmRate::Narrow};
    const auto loud = constant(30000);
    const auto quiet = constant(-25000);
    bus.add(samplesOf(loud, PcmRate::Narrow));
    bus.add(samplesOf(loud, PcmRate::Narrow));
    Frame out{};
    bus.write(out);
    CHECK(out[5] == 32767);
    bus.writeWithout(samplesOf(loud, PcmRate::Narrow), out);
    CHECK(out[5] == 30000);
    for (int i = 0; i < 5; ++i) bus.add(samplesOf(quiet, PcmRate::Narrow));
    bus.write(out);
    CHECK(out[5] == -32767);
    bus.add(samplesOf(loud, PcmRate::Narrow));
    bus.add(samplesOf(loud, PcmRate::Narrow));
    bus.write(out);
    CHECK(out[5] == -5000);
}

TEST_CASE("the mean square is that of the samples, also of the loudest", "[bridge][mixer]") {
    CHECK(meanSquare({}) == 0.0F);
    CHECK(meanSquare(constant(100)) == Approx(10000.0F));
    CHECK(meanSquare(constant(-32768)) == Approx(32768.0 * 32768.0));
    auto half = constant(200);
    for (std::size_t i = 0; i < half.size(); i += 2) half[i] = 0;
    CHECK(meanSquare(half) == Approx(20000.0F));
}
