// SPDX-License-Identifier: AGPL-3.0-or-later
//
// Tones as test signals: made, and found again by frequency (Goertzel), so that a test can say who hears whom.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <numbers>
#include <span>
#include <vector>

namespace beffroi::test {

/// An endless sine whose parts fit together.
class Tone {
public:
    Tone(double hertz, double amplitude, unsigned sampleRate)
        : step_{2.0 * std::numbers::pi * hertz / sampleRate}, amplitude_{amplitude} {}

    void fill(std::span<std::int16_t> out) {
        for (auto& sample : out) {
            sample = static_cast<std::int16_t>(std::lrint(amplitude_ * std::sin(step_ * static_cast<double>(at_++))));
        }
    }
    [[nodiscard]] std::vector<std::int16_t> take(std::size_t samples) {
        std::vector<std::int16_t> out(samples);
        fill(out);
        return out;
    }

private:
    double step_;
    double amplitude_;
    std::uint64_t at_ = 0;
};

/// The amplitude of one frequency in the samples, seen through a Hann window: neighbours 4 bins away do not disturb.
[[nodiscard]] inline double amplitudeOf(double hertz, std::span<const std::int16_t> samples, unsigned sampleRate) {
    const double turn = 2.0 * std::numbers::pi * hertz / sampleRate;
    const double coefficient = 2.0 * std::cos(turn);
    double before = 0.0;
    double last = 0.0;
    for (std::size_t i = 0; i < samples.size(); ++i) {
        const double phase = 2.0 * std::numbers::pi * static_cast<double>(i) / static_cast<double>(samples.size());
        const double now = samples[i] * (0.5 - 0.5 * std::cos(phase)) + coefficient * last - before;
        before = last;
        last = now;
    }
    const double power = last * last + before * before - coefficient * last * before;
    return 4.0 * std::sqrt(std::max(power, 0.0)) / static_cast<double>(samples.size());
}

/// Root of the mean square.
[[nodiscard]] inline double levelOf(std::span<const std::int16_t> samples) {
    double energy = 0.0;
    for (const auto sample : samples) energy += static_cast<double>(sample) * sample;
    return samples.empty() ? 0.0 : std::sqrt(energy / static_cast<double>(samples.size()));
}

}  // namespace beffroi::test
