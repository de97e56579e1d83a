// SPDX-License-Identifier: AGPL-3.0-or-later
//
// What the name servers said about a next hop, and the order in which one request tries it: services as NAPTR ranks
// them, targets by priority and weighted chance (RFC 2782). A plan is remembered, its order is drawn anew each time.
// Thread: any; a pure function of its random numbers.
#pragma once

#include "beffroi/next_hop.hpp"

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

namespace beffroi::edge {

struct HopTarget {
    std::uint16_t priority = 0;
    std::uint16_t weight = 0;
    std::uint16_t port = 0;
    std::string host;
    std::vector<SocketAddress> addresses;  // any port
};

struct HopService {
    Transport transport = Transport::Udp;
    std::vector<HopTarget> targets;
};

using HopPlan = std::vector<HopService>;

using RandomNumber = std::function<std::uint64_t()>;

/// The indexes of `targets` in the order of RFC 2782.
[[nodiscard]] std::vector<std::size_t> orderTargets(const std::vector<HopTarget>& targets, const RandomNumber& random);

/// All addresses in the order in which they are to be tried, each once.
[[nodiscard]] std::vector<Destination> destinationsOf(const HopPlan& plan, const RandomNumber& random);

}  // namespace beffroi::edge
