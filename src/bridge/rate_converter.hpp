// SPDX-License-Identifier: AGPL-3.0-or-later
//
// From 8 to 16 kHz and back, one frame at a time, by a half-band filter of 47 taps: flat to 3.4 kHz, images and aliases
// above 4.6 kHz at least 55 dB down. Delay: 23 samples of the wide rate.
// Thread: the one that mixes.
#pragma once

#include "bridge/pcm.hpp"

namespace beffroi::bridge {

class RateConverter {
public:
    /// 80 samples in, 160 out.
    void widen(const Frame& narrow, Frame& wide) noexcept;
    /// 160 samples in, 80 out.
    void narrow(const Frame& wide, Frame& narrow) noexcept;
    /// Forgets the past, before another voice is converted.
    void reset() noexcept { history_.fill(0.0F); }

private:
    static constexpr std::size_t kHistory = 46;
    std::array<float, kHistory> history_{};
};

}  // namespace beffroi::bridge
