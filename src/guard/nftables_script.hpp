// SPDX-License-Identifier: AGPL-3.0-or-later
//
// The bans of hosts as a script for nft: two sets, filled anew, whose elements end by themselves with their bans. What
// the kernel does with them is the administrator's rule (packaging/nftables).
// Thread: any.
#pragma once

#include "guard/ban_list.hpp"

#include <string>
#include <vector>

namespace beffroi::guard {

/// What lies within a larger ban, or has ended, is left out. Bans of accounts are no business of a firewall.
[[nodiscard]] std::string nftablesScript(std::vector<HostBan> bans, Clock::WallTime now);

}  // namespace beffroi::guard
