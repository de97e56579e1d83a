// SPDX-License-Identifier: AGPL-3.0-or-later
//
// Prompts that are played one after the other as if they were one: a sentence made of its parts.
// Thread: any; prompts do not change.
#pragma once

#include "bridge/prompt.hpp"

#include <algorithm>
#include <memory>
#include <utility>
#include <vector>

namespace beffroi::bridge {

class PromptSequence final : public Prompt {
public:
    explicit PromptSequence(std::vector<std::shared_ptr<const Prompt>> parts) : parts_{std::move(parts)} {
        for (const auto& part : parts_) ends_.push_back(frames() + part->frames());
    }

    [[nodiscard]] std::size_t frames() const override { return ends_.empty() ? 0 : ends_.back(); }
    /// `frame` is below frames().
    void render(std::size_t frame, PcmRate rate, Frame& out) const override {
        const auto end = std::upper_bound(ends_.begin(), ends_.end(), frame);
        const auto& part = parts_[static_cast<std::size_t>(end - ends_.begin())];
        part->render(frame - (*end - part->frames()), rate, out);
    }

private:
    std::vector<std::shared_ptr<const Prompt>> parts_;
    std::vector<std::size_t> ends_;  // of each part, in frames from the beginning
};

}  // namespace beffroi::bridge
