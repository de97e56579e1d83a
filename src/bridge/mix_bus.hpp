// SPDX-License-Identifier: AGPL-3.0-or-later
//
// The sum of what is said in one 10 ms frame, and what each listener gets of it: everything, or everything but
// themselves. Sums are wide and saturate only when they become samples again.
// Thread: the one that mixes.
#pragma once

#include "bridge/pcm.hpp"

namespace beffroi::bridge {

class MixBus {
public:
    explicit MixBus(PcmRate rate) : rate_{rate} {}

    void clear() noexcept { sum_.fill(0); }
    void add(std::span<const Sample> voice) noexcept;

    /// The whole sum.
    void write(Frame& out) const noexcept;
    /// The sum without `own`, which was added before.
    void writeWithout(std::span<const Sample> own, Frame& out) const noexcept;

private:
    PcmRate rate_;
    std::array<std::int32_t, kLongestFrame> sum_{};
};

/// Mean square of the samples: the loudness that speakers are chosen by.
[[nodiscard]] float meanSquare(std::span<const Sample> samples) noexcept;

}  // namespace beffroi::bridge
