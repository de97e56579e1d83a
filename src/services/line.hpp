// SPDX-License-Identifier: AGPL-3.0-or-later
//
// What every service needs of a call: its voice, the keys that are pressed on it, brought from the media thread to the
// loop, and the notice that the other side has gone without a word.
// Thread: loop.
#pragma once

#include "beffroi/executor.hpp"
#include "beffroi/scheduler.hpp"
#include "bridge/call.hpp"
#include "bridge/call_media.hpp"
#include "bridge/channel_source.hpp"
#include "bridge/media_thread.hpp"

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <variant>

namespace beffroi::services {

/// What lines are made of; outlives them.
struct LineParts {
    Executor& loop;
    Scheduler& scheduler;
    bridge::ChannelSource& channels;
    std::function<std::uint32_t()> sessionNumber;  // of session descriptions
    std::chrono::seconds rtpTimeout;
};

class Line {
public:
    using Key = std::function<void(char)>;

    /// Nothing if there is no port left. `onKey` is called for every key, `onSilence` once neither voice nor reports
    /// have come for the time-out although they should; for 240 times as long if they need not, as on hold.
    [[nodiscard]] static std::unique_ptr<Line> open(const LineParts& parts, bridge::Hub& hub, Key onKey,
                                                    std::function<void()> onSilence) BEFFROI_ON_LOOP;

    [[nodiscard]] std::variant<std::string, bridge::Refusal> answer(std::string_view offer) BEFFROI_ON_LOOP;
    [[nodiscard]] std::string offer() BEFFROI_ON_LOOP { return media_->offer(); }
    [[nodiscard]] std::optional<bridge::Refusal> takeAnswer(std::string_view answer) BEFFROI_ON_LOOP;

    [[nodiscard]] bridge::CallMedia& media() noexcept { return *media_; }
    [[nodiscard]] const bridge::CallMedia& media() const noexcept { return *media_; }

private:
    Line(const LineParts& parts, Key onKey, std::function<void()> onSilence);
    void check() BEFFROI_ON_LOOP;

    Clock::Duration step_;
    std::shared_ptr<Key> onKey_;
    std::function<void()> onSilence_;
    std::unique_ptr<bridge::CallMedia> media_;
    std::uint64_t heard_ = 0;
    int silentSteps_ = 0;
    bool owes_ = true;
    Timer watch_;
};

}  // namespace beffroi::services
