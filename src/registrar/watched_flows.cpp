// SPDX-License-Identifier: AGPL-3.0-or-later
#include "registrar/watched_flows.hpp"

#include "registrar/outbound.hpp"

#include <algorithm>

namespace beffroi::registrar {

void WatchedFlows::watch(const Flow& flow) {
    watched_.insert(flow);
    network_.expectWithin(flow, patienceWith(timerOf(flow), flow.transport));
}

void WatchedFlows::letGo(const Flow& flow) {
    if (watched_.contains(flow) && isReliedOn(flow)) return;
    watched_.erase(flow);
    network_.expectWithin(flow, std::nullopt);
}

bool WatchedFlows::isReliedOn(const Flow& flow) const {
    const auto extensions = table_.withFlow(flow);
    return std::any_of(extensions.begin(), extensions.end(), [&](const std::string& extension) {
        assertOnLoop();
        const auto live = table_.live(extension);
        return std::any_of(live.begin(), live.end(),
                           [&](const Binding* binding) { return isWatched(*binding) && binding->flow == flow; });
    });
}

std::chrono::seconds WatchedFlows::timerOf(const Flow& flow) const { return flowTimerOf(flow.transport, flowTimer_); }

}  // namespace beffroi::registrar
