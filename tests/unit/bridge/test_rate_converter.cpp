// SPDX-License-Identifier: AGPL-3.0-or-later
#include "bridge/rate_converter.hpp"

#include "support/tone.hpp"

#include <catch2/catch.hpp>

#include <vector>

using namespace beffroi;
using namespace beffroi::bridge;

namespace {

constexpr double kAmplitude = 8000.0;
constexpr unsigned kNarrow = 8000;
constexpr unsigned kWide = 16000;

/// A second of a tone through the converter, without the first 100 ms.
std::vector<Sample> converted(double hertz, PcmRate from, double amplitude = kAmplitude) {
    const auto to = from == PcmRate::Narrow ? PcmRate::Wide : PcmRate::Narrow;
    RateConverter converter;
    test::Tone tone{hertz, amplitude, static_cast<unsigned>(from)};
    std::vector<Sample> all;
    for (int i = 0; i < 110; ++i) {
        Frame in{};
        Frame out{};
        tone.fill(samplesOf(in, from));
        if (from == PcmRate::Narrow) {
            converter.widen(in, out);
        } else {
            converter.narrow(in, out);
        }
        const auto samples = samplesOf(std::as_const(out), to);
        if (i >= 10) all.insert(all.end(), samples.begin(), samples.end());
    }
    return all;
}

}  // namespace

TEST_CASE("a tone keeps its frequency and level from one rate to the other", "[bridge][mixer]") {
    const auto hertz = GENERATE(100.0, 440.0, 1000.0, 2500.0, 3400.0);
    CAPTURE(hertz);
    const auto wide = converted(hertz, PcmRate::Narrow);
    CHECK(wide.size() == kWide);
    CHECK(test::amplitudeOf(hertz, wide, kWide) == Approx(kAmplitude).epsilon(0.01));
    // Its image above 4 kHz is 55 dB below, and nothing else is there either.
    CHECK(test::amplitudeOf(kNarrow - hertz, wide, kWide) < kAmplitude / 560);
    CHECK(test::levelOf(wide) == Approx(kAmplitude / std::sqrt(2.0)).epsilon(0.02));

    const auto narrow = converted(hertz, PcmRate::Wide);
    CHECK(narrow.size() == kNarrow);
    CHECK(test::amplitudeOf(hertz, narrow, kNarrow) == Approx(kAmplitude).epsilon(0.01));
    CHECK(test::levelOf(narrow) == Approx(kAmplitude / std::sqrt(2.0)).epsilon(0.02));
}

TEST_CASE("what the narrow rate cannot carry is not folded into it", "[bridge][mixer]") {
    const auto hertz = GENERATE(4600.0, 4700.0, 5500.0, 7000.0);
    CAPTURE(hertz);
    CHECK(test::levelOf(converted(hertz, PcmRate::Wide)) < kAmplitude / 560);
}

TEST_CASE("the loudest tone saturates without turning over", "[bridge][mixer]") {
    // Beyond full scale after the filter's ripple at worst: no sample may jump to the other sign.
    const auto wide = converted(400.0, PcmRate::Narrow, 32767.0);
    for (std::size_t i = 1; i < wide.size(); ++i) REQUIRE(std::abs(wide[i] - wide[i - 1]) < 6000);
}

TEST_CASE("a converter that is reset knows nothing of the voice before", "[bridge][mixer]") {
    RateConverter used;
    Frame loud;
    loud.fill(20000);
    Frame out{};
    used.widen(loud, out);
    used.reset();
    used.widen(Frame{}, out);
    CHECK(test::levelOf(out) == 0.0);
}
