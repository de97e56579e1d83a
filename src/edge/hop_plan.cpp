// SPDX-License-Identifier: AGPL-3.0-or-later
#include "edge/hop_plan.hpp"

#include <algorithm>
#include <numeric>

namespace beffroi::edge {

std::vector<std::size_t> orderTargets(const std::vector<HopTarget>& targets, const RandomNumber& random) {
    std::vector<std::size_t> left(targets.size());
    std::iota(left.begin(), left.end(), std::size_t{0});
    std::stable_sort(left.begin(), left.end(), [&targets](std::size_t a, std::size_t b) {
        if (targets[a].priority != targets[b].priority) return targets[a].priority < targets[b].priority;
        return targets[a].weight == 0 && targets[b].weight != 0;  // so that weightless ones have their small chance
    });
    std::vector<std::size_t> ordered;
    while (!left.empty()) {
        const auto priority = targets[left.front()].priority;
        const auto end = std::find_if(left.begin(), left.end(),
                                      [&](std::size_t index) { return targets[index].priority != priority; });
        std::uint64_t sum = 0;
        for (auto each = left.begin(); each != end; ++each) sum += targets[*each].weight;
        auto rest = random() % (sum + 1);
        auto chosen = left.begin();
        while (chosen + 1 != end && rest > targets[*chosen].weight) {
            rest -= targets[*chosen].weight;
            ++chosen;
        }
        ordered.push_back(*chosen);
        left.erase(chosen);
    }
    return ordered;
}

std::vector<Destination> destinationsOf(const HopPlan& plan, const RandomNumber& random) {
    std::vector<Destination> destinations;
    for (const auto& service : plan) {
        for (const auto index : orderTargets(service.targets, random)) {
            const auto& target = service.targets[index];
            for (const auto& address : target.addresses) {
                const Destination next{service.transport, address.withPort(target.port)};
                const bool known = std::find(destinations.begin(), destinations.end(), next) != destinations.end();
                if (!known) destinations.push_back(next);
            }
        }
    }
    return destinations;
}

}  // namespace beffroi::edge
