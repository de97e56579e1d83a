// SPDX-License-Identifier: AGPL-3.0-or-later
#include "services/line.hpp"

namespace beffroi::services {
namespace {

constexpr int kSteps = 4;  // looks within the time-out: silence is noticed at most a quarter late
constexpr int kUnowed =
    240;  // time-outs that who owes nothing may be silent: whoever vanished on hold is gone in hours

bridge::Refusal refusal(const bridge::NegotiationRefusal& refused) {
    return {refused.status, std::string{refused.reason}};
}

}  // namespace

Line::Line(const LineParts& parts, Key onKey, std::function<void()> onSilence)
    : step_{Clock::Duration{parts.rtpTimeout} / kSteps},
      onKey_{std::make_shared<Key>(std::move(onKey))},
      onSilence_{std::move(onSilence)},
      watch_{parts.scheduler, [this] {
                 assertOnLoop();
                 check();
             }} {}

std::unique_ptr<Line> Line::open(const LineParts& parts, bridge::Hub& hub, Key onKey, std::function<void()> onSilence) {
    std::unique_ptr<Line> line{new Line{parts, std::move(onKey), std::move(onSilence)}};
    const auto toLoop = [&loop = parts.loop, key = std::weak_ptr<Key>{line->onKey_}](char digit) {
        loop.post([key, digit] {
            if (const auto living = key.lock()) (*living)(digit);
        });
    };
    auto channel = parts.channels.open(hub.thread().readiness(), toLoop);
    if (!channel) return nullptr;
    line->media_ =
        std::make_unique<bridge::CallMedia>(hub, std::move(channel), parts.channels.reach(), parts.sessionNumber());
    line->watch_.start(line->step_);
    return line;
}

std::variant<std::string, bridge::Refusal> Line::answer(std::string_view offer) {
    auto answered = media_->answer(offer);
    if (const auto* refused = std::get_if<bridge::NegotiationRefusal>(&answered)) return refusal(*refused);
    return std::move(std::get<std::string>(answered));
}

std::optional<bridge::Refusal> Line::takeAnswer(std::string_view answer) {
    const auto refused = media_->takeAnswer(answer);
    return refused ? std::optional{refusal(*refused)} : std::nullopt;
}

// A telephone on hold, or one that only listens, owes us nothing; one that only speaks does.
void Line::check() {
    const auto& counters = media_->counters();
    const auto heard = counters.packetsIn + counters.reportsIn;
    const auto& agreement = media_->agreement();
    const bool owes = !agreement || agreement->direction == bridge::Direction::SendReceive ||
                      (agreement->direction == bridge::Direction::ReceiveOnly && !media_->onHold());
    silentSteps_ = heard != heard_ || owes != owes_ ? 0 : silentSteps_ + 1;
    heard_ = heard;
    owes_ = owes;
    if (silentSteps_ >= (owes ? kSteps : kSteps * kUnowed)) return onSilence_();
    watch_.start(step_);
}

}  // namespace beffroi::services
