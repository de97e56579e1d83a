// SPDX-License-Identifier: AGPL-3.0-or-later
#include "edge/silence_watch.hpp"

namespace beffroi::edge {

void SilenceWatch::expect(const Flow& flow, Clock::Duration silence) {
    auto& watched = watched_[flow];
    watched.lastHeard = scheduler_.clock().now();
    watched.silence = silence;
    if (!watched.timer) watched.timer = std::make_unique<Timer>(scheduler_, [this, flow] { onTimer(flow); });
    watched.timer->startAt(watched.lastHeard + silence);
}

// The timer is not moved each time: when it fires it looks.
bool SilenceWatch::heard(const Flow& flow) {
    if (watched_.empty()) return false;
    const auto found = watched_.find(flow);
    if (found == watched_.end()) return false;
    found->second.lastHeard = scheduler_.clock().now();
    return true;
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
