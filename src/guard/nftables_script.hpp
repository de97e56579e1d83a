// SPDX-License-Identifier: AGPL-3.0-or-later
//
// The bans of hosts as a script for nft: two sets, filled anew, whose elements end by themselves with their bans. What
// the kernel does with them is the administrator's rule (packaging/nftables).
// Thread: any.
#pragma once

#include "beffroi/ban_store.hpp"

#include <string>
#include <vector>

namespace beffroi::guard {

/// Bans of accounts are left out: they are no business of a firewall. So is what overlaps with a larger ban.
[[nodiscard]] std::string nftablesScript(const std::vector<Ban>& bans, Clock::WallTime now);

}  // namespace beffroi::guard
