// SPDX-License-Identifier: AGPL-3.0-or-later
//
// The bans of hosts as a script for nft: two sets, filled anew, whose elements end by themselves with their bans, and
// two of those who are heard even so. What
// the kernel does with them is the administrator's rule (packaging/nftables).
// Thread: any.
#pragma once

#include "guard/ban_list.hpp"

#include <string>
#include <vector>

namespace beffroi::guard {

/// `spared`: only what lies within a ban, or has one within it, is written. What lies within a larger ban, or has
/// ended, is left out. Bans of accounts are no business of a firewall.
[[nodiscard]] std::string nftablesScript(std::vector<HostBan> bans, std::vector<AddressRange> spared,
                                         Clock::WallTime now);

}  // namespace beffroi::guard
