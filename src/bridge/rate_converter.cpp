// SPDX-License-Identifier: AGPL-3.0-or-later
//
// The filter is a windowed sinc (Kaiser, for 55 dB), its every second tap but the middle one zero; the plain loop over
// all taps is what compilers turn into vector instructions, and only the few speakers of a room are ever converted.

#include "bridge/rate_converter.hpp"

#include <algorithm>
#include <cmath>
#include <numbers>

namespace beffroi::bridge {
namespace {

constexpr std::size_t kTaps = 47;
constexpr std::size_t kMiddle = kTaps / 2;
constexpr double kBeta = 0.1102 * (55.0 + 1.5 - 8.7);  // Kaiser's rule, with 1.5 dB in hand

std::array<float, kTaps> makeTaps() {
    std::array<float, kTaps> taps{};
    double sum = 0.0;
    for (std::size_t i = 0; i < kTaps; ++i) {
        const double distance = static_cast<double>(i) - static_cast<double>(kMiddle);
        const double angle = std::numbers::pi * distance / 2.0;
        const double sinc = i == kMiddle ? 1.0 : std::sin(angle) / angle;
        const double fromEdge = 1.0 - std::pow(distance / static_cast<double>(kMiddle), 2.0);
        const double window = std::cyl_bessel_i(0.0, kBeta * std::sqrt(fromEdge)) / std::cyl_bessel_i(0.0, kBeta);
        const bool zero = i != kMiddle && (i + kMiddle) % 2 == 0;
        taps[i] = zero ? 0.0F : static_cast<float>(sinc * window / 2.0);
        sum += static_cast<double>(taps[i]);
    }
    for (auto& tap : taps) tap = static_cast<float>(static_cast<double>(tap) / sum);
    return taps;
}

const std::array<float, kTaps>& taps() {
    static const auto kValues = makeTaps();
    return kValues;
}

Sample toSample(float value) noexcept {
    return static_cast<Sample>(std::lrintf(std::clamp(value, -32767.0F, 32767.0F)));
}

float convolve(const float* window) noexcept {
    const auto& filter = taps();
    float sum = 0.0F;
    for (std::size_t i = 0; i < kTaps; ++i) sum += filter[i] * window[i];
    return sum;
}

}  // namespace

void RateConverter::widen(const Frame& narrow, Frame& wide) noexcept {
    // A zero goes between every two samples, the filter then removes the image above 4 kHz; twice the gain, because
    // half of what it sees is zero.
    std::array<float, kHistory + kLongestFrame> line{};
    std::copy(history_.begin(), history_.end(), line.begin());
    for (std::size_t i = 0; i < frameSamples(PcmRate::Narrow); ++i) line[kHistory + 2 * i] = narrow[i];
    for (std::size_t i = 0; i < kLongestFrame; ++i) wide[i] = toSample(2.0F * convolve(&line[i]));
    std::copy(line.end() - kHistory, line.end(), history_.begin());
}

void RateConverter::narrow(const Frame& wide, Frame& narrow) noexcept {
    std::array<float, kHistory + kLongestFrame> line{};
    std::copy(history_.begin(), history_.end(), line.begin());
    for (std::size_t i = 0; i < kLongestFrame; ++i) line[kHistory + i] = wide[i];
    for (std::size_t i = 0; i < frameSamples(PcmRate::Narrow); ++i) narrow[i] = toSample(convolve(&line[2 * i]));
    std::copy(line.end() - kHistory, line.end(), history_.begin());
}

}  // namespace beffroi::bridge
