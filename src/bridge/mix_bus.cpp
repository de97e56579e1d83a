// SPDX-License-Identifier: AGPL-3.0-or-later
//
// Plain loops over fixed-size frames, which the compiler turns into vector instructions.

#include "bridge/mix_bus.hpp"

#include <algorithm>

namespace beffroi::bridge {
namespace {

constexpr Sample saturate(std::int32_t value) noexcept {
    return static_cast<Sample>(std::clamp(value, std::int32_t{-32767}, std::int32_t{32767}));
}

}  // namespace

void MixBus::add(std::span<const Sample> voice) noexcept {
    const auto count = std::min(voice.size(), frameSamples(rate_));
    for (std::size_t i = 0; i < count; ++i) sum_[i] += voice[i];
}

void MixBus::write(Frame& out) const noexcept {
    for (std::size_t i = 0; i < frameSamples(rate_); ++i) out[i] = saturate(sum_[i]);
}

void MixBus::writeWithout(std::span<const Sample> own, Frame& out) const noexcept {
    const auto count = std::min(own.size(), frameSamples(rate_));
    for (std::size_t i = 0; i < count; ++i) out[i] = saturate(sum_[i] - own[i]);
}

float meanSquare(std::span<const Sample> samples) noexcept {
    if (samples.empty()) return 0.0F;
    std::int64_t energy = 0;
    for (const auto sample : samples) energy += std::int32_t{sample} * sample;
    return static_cast<float>(energy) / static_cast<float>(samples.size());
}

}  // namespace beffroi::bridge
