// SPDX-License-Identifier: AGPL-3.0-or-later
#include "bridge/prompt.hpp"

#include "support/tone.hpp"

#include <catch2/catch.hpp>

using namespace beffroi;
using namespace beffroi::bridge;

namespace {

std::vector<Sample> play(const Prompt& prompt, PcmRate rate) {
    std::vector<Sample> all;
    for (std::size_t frame = 0; frame < prompt.frames(); ++frame) {
        Frame out{};
        prompt.render(frame, rate, out);
        const auto samples = samplesOf(std::as_const(out), rate);
        all.insert(all.end(), samples.begin(), samples.end());
    }
    return all;
}

}  // namespace

TEST_CASE("a prompt sounds alike at both rates", "[bridge][prompt]") {
    const TonePrompt prompt{{Note{800, 0, 200, false}}, 9000.0};
    CHECK(prompt.frames() == 20);
    for (const auto rate : {PcmRate::Narrow, PcmRate::Wide}) {
        const auto samples = play(prompt, rate);
        CHECK(samples.size() == 20 * frameSamples(rate));
        CHECK(test::amplitudeOf(800.0, samples, static_cast<unsigned>(rate)) == Approx(9000.0).epsilon(0.05));
        CHECK(test::amplitudeOf(1600.0, samples, static_cast<unsigned>(rate)) < 50.0);
    }
}

TEST_CASE("notes follow one another, with pauses, and begin and end without a click", "[bridge][prompt]") {
    const TonePrompt prompt{{Note{600, 0, 100, false}, Note{0, 0, 50, false}, Note{900, 0, 105, false}}, 8000.0};
    CHECK(prompt.frames() == 26);  // the last half frame counts
    const auto samples = play(prompt, PcmRate::Narrow);
    const auto part = [&](std::size_t from, std::size_t to) {
        return std::span<const Sample>{samples}.subspan(from * 8, (to - from) * 8);
    };
    CHECK(test::amplitudeOf(600.0, part(0, 100), 8000) > 7000.0);
    CHECK(test::amplitudeOf(900.0, part(0, 100), 8000) < 100.0);
    CHECK(test::levelOf(part(100, 150)) == 0.0);
    CHECK(test::amplitudeOf(900.0, part(150, 255), 8000) > 7000.0);
    CHECK(test::levelOf(part(255, 260)) == 0.0);
    for (const auto& [from, to] : {std::pair{0, 1}, std::pair{99, 100}, std::pair{150, 151}, std::pair{254, 255}}) {
        CAPTURE(from);
        CHECK(test::levelOf(part(static_cast<std::size_t>(from), static_cast<std::size_t>(to))) < 2000.0);
    }
}

TEST_CASE("a ringing note dies away", "[bridge][prompt]") {
    const auto samples = play(TonePrompt{{Note{700, 0, 600, true}}, 8000.0}, PcmRate::Narrow);
    const auto level = [&](std::size_t at) {
        return test::levelOf(std::span<const Sample>{samples}.subspan(at * 8, 40 * 8));
    };
    CHECK(level(20) > 4000.0);
    CHECK(level(200) < level(20) / 2);
    CHECK(level(500) < level(20) / 10);
}

TEST_CASE("a prompt louder than samples can be is cut, not turned over", "[bridge][prompt]") {
    for (const auto sample : play(TonePrompt{{Note{500, 500, 100, false}}, 30000.0}, PcmRate::Wide)) {
        REQUIRE(sample >= -32767);
    }
}

TEST_CASE("every key has its pair of tones", "[bridge][prompt][q.23]") {
    struct Case {
        char key;
        double row;
        double column;
    };
    const auto [key, row, column] = GENERATE(values<Case>({{'1', 697, 1209},
                                                           {'5', 770, 1336},
                                                           {'9', 852, 1477},
                                                           {'0', 941, 1336},
                                                           {'*', 941, 1209},
                                                           {'#', 941, 1477},
                                                           {'A', 697, 1633},
                                                           {'D', 941, 1633}}));
    CAPTURE(key);
    const auto prompt = keyTone(key);
    REQUIRE(prompt);
    const auto samples = play(*prompt, PcmRate::Narrow);
    for (const double hertz : {697.0, 770.0, 852.0, 941.0, 1209.0, 1336.0, 1477.0, 1633.0}) {
        const auto amplitude = test::amplitudeOf(hertz, samples, 8000);
        if (hertz == row || hertz == column) {
            CHECK(amplitude == Approx(5000.0).epsilon(0.05));
        } else {
            CHECK(amplitude < 100.0);
        }
    }
}

TEST_CASE("what is no key has no tone", "[bridge][prompt]") {
    for (const char other : {'E', 'a', ' ', '\0', '\x80'}) CHECK(keyTone(other) == nullptr);
}
