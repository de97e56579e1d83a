// SPDX-License-Identifier: AGPL-3.0-or-later
//
// Between a member's decoder and the mix: decoded samples arrive in packets, the mix takes 10 ms at a time. A frame
// that is missing is replaced by a fading copy of the last one; what stays in the buffer for seconds is delay caused by
// a sender whose clock is fast, or by a burst, and is thrown away. Thread: the one that mixes.
#pragma once

#include "bridge/pcm.hpp"

#include <cstdint>
#include <vector>

namespace beffroi::bridge {

class InputBuffer {
public:
    explicit InputBuffer(PcmRate rate);

    void write(std::span<const Sample> samples) noexcept;

    enum class Got : std::uint8_t { Audio, Concealed, Nothing };
    /// The next frame; with Nothing it is silence.
    Got read(Frame& frame) noexcept;

    [[nodiscard]] std::size_t buffered() const noexcept { return fill_; }

private:
    void drop(std::size_t samples) noexcept;
    void copyOut(Frame& frame) noexcept;
    void trim() noexcept;

    PcmRate rate_;
    std::vector<Sample> ring_;
    std::size_t start_ = 0;
    std::size_t fill_ = 0;
    std::size_t leastFill_ = 0;  // since the window began
    std::size_t readsInWindow_ = 0;
    Frame last_{};
    bool concealable_ = false;
};

}  // namespace beffroi::bridge
