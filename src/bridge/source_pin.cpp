// SPDX-License-Identifier: AGPL-3.0-or-later
//
// The signalled address itself is believed for as long as nothing is pinned: a phone may stay silent for minutes.

#include "bridge/source_pin.hpp"

namespace beffroi::bridge {

SourcePin::Verdict SourcePin::judge(const SocketAddress& from, Clock::TimePoint now) {
    if (pinned_) return from == destination_ ? Verdict::Ours : Verdict::Stranger;
    if (!signalled_.isSet()) return Verdict::Stranger;
    if (from == signalled_) return pin(from);
    if (now > learnUntil_) return Verdict::Stranger;
    if (from.sameHost(signalled_)) return pin(from);
    if (learning_ == Learning::SignalledHost) return Verdict::Stranger;
    if (!(from == candidate_)) {
        candidate_ = from;
        candidatePackets_ = 0;
    }
    return ++candidatePackets_ >= kProbation ? pin(from) : Verdict::Stranger;
}

SourcePin::Verdict SourcePin::pin(const SocketAddress& source) {
    pinned_ = true;
    destination_ = source;
    return Verdict::Ours;
}

}  // namespace beffroi::bridge
