// SPDX-License-Identifier: AGPL-3.0-or-later
//
// Goertzel's recurrence, with the window applied as samples go in.

#include "tone_level.hpp"

#include <algorithm>
#include <cmath>
#include <numbers>

namespace beffroi::test {

double toneLevel(const std::vector<std::int16_t>& samples, int rate, double hertz) {
    if (samples.empty()) return 0;
    const double turn = 2 * std::numbers::pi / static_cast<double>(samples.size());
    const double coefficient = 2 * std::cos(2 * std::numbers::pi * hertz / rate);
    double last = 0;
    double beforeLast = 0;
    for (std::size_t i = 0; i < samples.size(); ++i) {
        const double window = 1 - std::cos(turn * static_cast<double>(i));  // twice Hann's: its mean is 1
        const double now = samples[i] * window + coefficient * last - beforeLast;
        beforeLast = last;
        last = now;
    }
    const double power = last * last + beforeLast * beforeLast - coefficient * last * beforeLast;
    return 2 * std::sqrt(std::max(0.0, power)) / static_cast<double>(samples.size());
}

double loudness(const std::vector<std::int16_t>& samples) {
    if (samples.empty()) return 0;
    double sum = 0;
    for (const double sample : samples) sum += sample * sample;
    return std::sqrt(sum / static_cast<double>(samples.size()));
}

}  // namespace beffroi::test
