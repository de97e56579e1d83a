// SPDX-License-Identifier: AGPL-3.0-or-later
//
// A ring of 200 ms. Every two seconds, what was never needed in that time beyond one frame of reserve is dropped.

#include "bridge/input_buffer.hpp"

#include <algorithm>

namespace beffroi::bridge {
namespace {

constexpr std::size_t kCapacity = 20;  // frames
constexpr std::size_t kWindow = 200;   // reads
constexpr std::size_t kReserve = 1;    // frames kept when trimming
constexpr std::size_t kTolerated = 2;  // frames of needless delay before anything is cut

}  // namespace

InputBuffer::InputBuffer(PcmRate rate) : rate_{rate}, ring_(kCapacity * frameSamples(rate)) {}

void InputBuffer::write(std::span<const Sample> samples) noexcept {
    if (samples.size() > ring_.size()) samples = samples.last(ring_.size());
    if (fill_ + samples.size() > ring_.size()) drop(fill_ + samples.size() - ring_.size());
    const auto end = (start_ + fill_) % ring_.size();
    const auto first = std::min(samples.size(), ring_.size() - end);
    std::copy_n(samples.begin(), first, ring_.begin() + static_cast<std::ptrdiff_t>(end));
    std::copy(samples.begin() + static_cast<std::ptrdiff_t>(first), samples.end(), ring_.begin());
    fill_ += samples.size();
}

InputBuffer::Got InputBuffer::read(Frame& frame) noexcept {
    const auto count = frameSamples(rate_);
    if (fill_ >= count) {
        copyOut(frame);
        last_ = frame;
        concealable_ = true;
        trim();
        return Got::Audio;
    }
    leastFill_ = 0;
    if (!concealable_) {
        std::fill_n(frame.begin(), count, Sample{0});
        return Got::Nothing;
    }
    concealable_ = false;
    for (std::size_t i = 0; i < count; ++i) {
        frame[i] =
            static_cast<Sample>(last_[i] * static_cast<std::int32_t>(count - i) / static_cast<std::int32_t>(count));
    }
    return Got::Concealed;
}

void InputBuffer::drop(std::size_t samples) noexcept {
    samples = std::min(samples, fill_);
    start_ = (start_ + samples) % ring_.size();
    fill_ -= samples;
}

void InputBuffer::copyOut(Frame& frame) noexcept {
    const auto count = frameSamples(rate_);
    const auto first = std::min(count, ring_.size() - start_);
    std::copy_n(ring_.begin() + static_cast<std::ptrdiff_t>(start_), first, frame.begin());
    std::copy_n(ring_.begin(), count - first, frame.begin() + static_cast<std::ptrdiff_t>(first));
    drop(count);
}

void InputBuffer::trim() noexcept {
    const auto count = frameSamples(rate_);
    leastFill_ = std::min(leastFill_, fill_);
    if (++readsInWindow_ < kWindow) return;
    if (leastFill_ > kTolerated * count) drop(leastFill_ - kReserve * count);
    leastFill_ = fill_;
    readsInWindow_ = 0;
}

}  // namespace beffroi::bridge
