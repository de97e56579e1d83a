// SPDX-License-Identifier: AGPL-3.0-or-later
//
// The bans in force. Whether an address is banned is asked for every message of a stranger: one look-up for each length
// of prefix in use. Bounded, in all, for bans of accounts and for those from one network; the exchange's own bans make
// room for newer ones, those of accounts before those of hosts, soonest to end first.
// Thread: loop. Time: the date, which the caller gives.
#pragma once

#include "beffroi/ban_store.hpp"

#include <cstddef>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <unordered_map>
#include <unordered_set>
#include <utility>
#include <vector>

namespace beffroi::guard {

/// What matters of the ban of a host or network to whoever enforces it elsewhere.
struct HostBan {
    AddressRange range;
    Clock::WallTime until;
};

class BanList {
public:
    /// Of `most`, half may be of accounts, and so many of accounts from one range.
    explicit BanList(std::size_t most = 10'000, std::size_t accountsEach = 64)
        : most_{most}, accountsEach_{accountsEach} {}

    /// Adds it, or replaces the one of the same range and account. Returns those that made room for it; or `ban` itself
    /// if there is no room: all are administrators', or hosts' while it is of an account.
    std::vector<Ban> add(Ban ban);
    /// The ban of this range, and those of accounts from within it; of one address every ban that covers it.
    std::vector<Ban> remove(const AddressRange& range);
    /// Those that have ended.
    std::vector<Ban> expire(Clock::WallTime now);

    /// Whether this address is banned, whatever the account.
    [[nodiscard]] bool covers(const SocketAddress& address) const noexcept;
    [[nodiscard]] bool covers(const SocketAddress& address, std::string_view account) const;

    /// By end, soonest first.
    [[nodiscard]] std::vector<Ban> all() const;
    /// Those of hosts and networks, in no order.
    [[nodiscard]] std::vector<HostBan> ofHosts() const;
    [[nodiscard]] std::size_t size() const noexcept { return bans_.size(); }

private:
    using Bans = std::unordered_map<std::string, Ban>;
    using Networks = std::map<unsigned, std::unordered_set<SocketAddress>>;  // by length of prefix, those in use
    [[nodiscard]] static std::string keyOf(const AddressRange& range, std::string_view account);
    [[nodiscard]] bool isFullFor(const Ban& ban) const;
    [[nodiscard]] Bans::iterator replaceable(const Ban& ban);
    Ban erase(Bans::iterator found);
    [[nodiscard]] Networks& networksOf(const AddressRange& range) noexcept;

    std::size_t most_;
    std::size_t accountsEach_;
    Bans bans_;
    std::set<std::pair<Clock::WallTime, std::string>> byEnd_;
    std::size_t ofAccounts_ = 0;
    std::unordered_map<std::string, std::size_t> accountsFrom_;  // by range: how many bans of accounts
    Networks v4_;                                                // of the bans of hosts
    Networks v6_;
};

}  // namespace beffroi::guard
