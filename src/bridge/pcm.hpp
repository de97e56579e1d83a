// SPDX-License-Identifier: AGPL-3.0-or-later
//
// The audio that rooms are made of: 10 ms frames of 16-bit samples at one of two rates. G.711 is narrow, G.722 and Opus
// are wide; a frame is converted to the other rate only when it is heard by somebody who needs it.
// Thread: any; values.
#pragma once

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <span>

namespace beffroi::bridge {

enum class PcmRate : std::uint32_t { Narrow = 8000, Wide = 16000 };

inline constexpr std::chrono::milliseconds kFrameTime{10};
inline constexpr std::size_t kFramesPerSecond = 100;
inline constexpr std::size_t kLongestFrame = 160;

[[nodiscard]] constexpr std::size_t frameSamples(PcmRate rate) noexcept {
    return static_cast<std::size_t>(rate) / kFramesPerSecond;
}

using Sample = std::int16_t;
using Frame = std::array<Sample, kLongestFrame>;  // the first frameSamples() of it count

[[nodiscard]] inline std::span<Sample> samplesOf(Frame& frame, PcmRate rate) noexcept {
    return std::span{frame}.first(frameSamples(rate));
}
[[nodiscard]] inline std::span<const Sample> samplesOf(const Frame& frame, PcmRate rate) noexcept {
    return std::span{frame}.first(frameSamples(rate));
}

}  // namespace beffroi::bridge
