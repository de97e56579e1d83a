// SPDX-License-Identifier: AGPL-3.0-or-later
#include "edge/srv_order.hpp"

#include <algorithm>

namespace beffroi::edge {

std::vector<SrvTarget> orderSrv(std::vector<SrvTarget> targets, const std::function<std::uint64_t()>& random) {
    std::stable_sort(targets.begin(), targets.end(), [](const SrvTarget& a, const SrvTarget& b) {
        if (a.priority != b.priority) return a.priority < b.priority;
        return a.weight == 0 && b.weight != 0;  // so that weightless ones have their small chance
    });
    std::vector<SrvTarget> ordered;
    while (!targets.empty()) {
        const auto priority = targets.front().priority;
        const auto end = std::find_if(targets.begin(), targets.end(),
                                      [priority](const SrvTarget& target) { return target.priority != priority; });
        std::uint64_t sum = 0;
        for (auto target = targets.begin(); target != end; ++target) sum += target->weight;
        auto rest = random() % (sum + 1);
        auto chosen = targets.begin();
        while (chosen + 1 != end && rest > chosen->weight) {
            rest -= chosen->weight;
            ++chosen;
        }
        ordered.push_back(std::move(*chosen));
        targets.erase(chosen);
    }
    return ordered;
}

}  // namespace beffroi::edge
