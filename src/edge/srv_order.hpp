// SPDX-License-Identifier: AGPL-3.0-or-later
//
// The order in which SRV targets are tried: by priority, and within one by weighted chance (RFC 2782).
// Thread: any; a pure function of its random numbers.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

namespace beffroi::edge {

struct SrvTarget {
    std::uint16_t priority = 0;
    std::uint16_t weight = 0;
    std::uint16_t port = 0;
    std::string host;
};

[[nodiscard]] std::vector<SrvTarget> orderSrv(std::vector<SrvTarget> targets, const std::function<std::uint64_t()>& random);

}  // namespace beffroi::edge
