// SPDX-License-Identifier: AGPL-3.0-or-later
//
// A recorded prompt: a WAV file of one channel, 16 bits and 16 kHz, held in memory at both rates of a room. Files are
// an administrator's and may be anything: what cannot be played is told with its reason. Thread: loading, the loop
// before calls are taken; playing, any.
#pragma once

#include "bridge/prompt.hpp"

#include <memory>
#include <stdexcept>
#include <string>
#include <vector>

namespace beffroi::bridge {

/// What is wrong with a file, in words that begin with its name.
struct PromptError : std::runtime_error {
    using std::runtime_error::runtime_error;
};

class WavePrompt final : public Prompt {
public:
    /// Mono samples at 16 kHz.
    explicit WavePrompt(const std::vector<Sample>& samples);

    /// Throws PromptError if the file is there and cannot be played; nothing if there is no such file.
    [[nodiscard]] static std::shared_ptr<const Prompt> load(const std::string& path);

    [[nodiscard]] std::size_t frames() const override { return wide_.size(); }
    void render(std::size_t frame, PcmRate rate, Frame& out) const override;

private:
    std::vector<Frame> narrow_;
    std::vector<Frame> wide_;
};

}  // namespace beffroi::bridge
