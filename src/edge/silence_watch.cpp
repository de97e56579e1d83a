// SPDX-License-Identifier: AGPL-3.0-or-later
#include "edge/silence_watch.hpp"

#include <iterator>

namespace beffroi::edge {
namespace {

// Telephones ask every half minute, and a few times more if an answer gets lost. Whoever forges one's address makes us
// send no more than this to it.
constexpr unsigned kAnswers = 5;  // a second

}  // namespace

void SilenceWatch::expect(const Flow& flow, Clock::Duration silence) {
    givenUp_.erase(flow);
    auto& watched = watched_[flow];
    watched.lastHeard = scheduler_.clock().now();
    watched.silence = silence;
    if (!watched.timer) watched.timer = std::make_unique<Timer>(scheduler_, [this, flow] { onTimer(flow); });
    watched.timer->startAt(watched.lastHeard + silence);
}

void SilenceWatch::forget(const Flow& flow) {
    watched_.erase(flow);
    givenUp_.erase(flow);
}

void SilenceWatch::giveUp(const Flow& flow, Clock::TimePoint until) {
    watched_.erase(flow);
    auto& timer = givenUp_[flow];
    timer = std::make_unique<Timer>(scheduler_, [this, flow] {
        const auto node = givenUp_.extract(flow);  // the timer that is calling us lives until we return
    });
    timer->startAt(until);
    if (givenUp_.size() <= kMostGivenUp) return;
    const auto first = givenUp_.begin();
    givenUp_.erase(first->first == flow ? std::next(first) : first);
}

// The timer is not moved each time: when it fires it looks.
SilenceWatch::Standing SilenceWatch::heard(const Flow& flow) {
    if (const auto found = watched_.find(flow); found != watched_.end()) {
        found->second.lastHeard = scheduler_.clock().now();
        return Standing::Watched;
    }
    return givenUp_.contains(flow) ? Standing::GivenUp : Standing::Unknown;
}

bool SilenceWatch::mayAnswer(const Flow& flow) {
    const auto found = watched_.find(flow);
    return found != watched_.end() && found->second.answers.take(scheduler_.clock().now(), kAnswers);
}

void SilenceWatch::onTimer(const Flow& flow) {
    const auto found = watched_.find(flow);
    if (found == watched_.end()) return;
    const auto due = found->second.lastHeard + found->second.silence;
    if (due > scheduler_.clock().now()) return found->second.timer->startAt(due);
    const auto node = watched_.extract(found);  // the timer that is calling us lives until we return
    onSilent_(node.key());
}

}  // namespace beffroi::edge
