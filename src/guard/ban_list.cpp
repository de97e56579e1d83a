// SPDX-License-Identifier: AGPL-3.0-or-later
#include "guard/ban_list.hpp"

#include <algorithm>

namespace beffroi::guard {

std::string BanList::keyOf(const AddressRange& range, std::string_view account) {
    return range.toString().append(1, ' ').append(account);
}

BanList::Networks& BanList::networksOf(const AddressRange& range) noexcept {
    return range.network().isV6() ? v6_ : v4_;
}

bool BanList::isFullFor(const Ban& ban) const {
    if (bans_.size() >= most_) return true;
    if (ban.isOfHost()) return false;
    const auto from = accountsFrom_.find(ban.range.toString());
    return ofAccounts_ >= most_ / 2 || (from != accountsFrom_.end() && from->second >= accountsEach_);
}

// Whoever guesses chooses the accounts, and so how many bans there are of them: they take the room of no host's, and
// one range's that has its share takes the room of its own alone.
BanList::Bans::iterator BanList::replaceable(const Ban& ban) {
    const auto soonest = [this](const auto& may) {
        const auto at = std::find_if(byEnd_.begin(), byEnd_.end(), [this, &may](const auto& entry) {
            const auto& other = bans_.at(entry.second);
            return other.by.empty() && may(other);
        });
        return at == byEnd_.end() ? bans_.end() : bans_.find(at->second);
    };
    const auto isOfAccount = [](const Ban& other) { return !other.isOfHost(); };
    if (!ban.isOfHost()) {
        const auto from = accountsFrom_.find(ban.range.toString());
        if (from == accountsFrom_.end() || from->second < accountsEach_) return soonest(isOfAccount);
        return soonest([&](const Ban& other) { return isOfAccount(other) && other.range == ban.range; });
    }
    const auto ofAccount = soonest(isOfAccount);
    return ofAccount != bans_.end() ? ofAccount : soonest([](const Ban&) { return true; });
}

std::vector<Ban> BanList::add(Ban ban) {
    std::vector<Ban> replaced;
    const auto key = keyOf(ban.range, ban.account);
    if (const auto old = bans_.find(key); old != bans_.end()) {
        erase(old);
    } else if (isFullFor(ban)) {
        const auto ours = replaceable(ban);
        if (ours == bans_.end()) return {std::move(ban)};
        replaced.push_back(erase(ours));
    }
    byEnd_.emplace(ban.until, key);
    if (ban.isOfHost()) {
        networksOf(ban.range)[ban.range.bits()].insert(ban.range.network());
    } else {
        ++ofAccounts_;
        ++accountsFrom_[ban.range.toString()];
    }
    bans_.emplace(key, std::move(ban));
    return replaced;
}

Ban BanList::erase(Bans::iterator found) {
    auto ban = std::move(found->second);
    byEnd_.erase({ban.until, found->first});
    bans_.erase(found);
    if (ban.isOfHost()) {
        auto& networks = networksOf(ban.range);
        const auto length = networks.find(ban.range.bits());
        length->second.erase(ban.range.network());
        if (length->second.empty()) networks.erase(length);
    } else {
        --ofAccounts_;
        const auto from = accountsFrom_.find(ban.range.toString());
        if (--from->second == 0) accountsFrom_.erase(from);
    }
    return ban;
}

std::vector<Ban> BanList::remove(const AddressRange& range) {
    std::vector<std::string> keys;
    for (const auto& [key, ban] : bans_) {
        const bool within = ban.isOfHost() ? ban.range == range : range.contains(ban.range);
        if (within || (range.isOneAddress() && ban.range.contains(range))) keys.push_back(key);
    }
    std::vector<Ban> removed;
    for (const auto& key : keys) removed.push_back(erase(bans_.find(key)));
    return removed;
}

std::vector<Ban> BanList::expire(Clock::WallTime now) {
    std::vector<Ban> ended;
    while (!byEnd_.empty() && byEnd_.begin()->first <= now) {
        ended.push_back(erase(bans_.find(byEnd_.begin()->second)));
    }
    return ended;
}

bool BanList::covers(const SocketAddress& address) const noexcept {
    const auto& networks = address.isV6() ? v6_ : v4_;
    return std::any_of(networks.begin(), networks.end(), [&address](const auto& length) {
        return length.second.contains(address.network(length.first));
    });
}

bool BanList::covers(const SocketAddress& address, std::string_view account) const {
    return ofAccounts_ > 0 && bans_.contains(keyOf(AddressRange::site(address), account));
}

std::vector<Ban> BanList::all() const {
    std::vector<Ban> list;
    for (const auto& [until, key] : byEnd_) list.push_back(bans_.at(key));
    return list;
}

std::vector<HostBan> BanList::ofHosts() const {
    std::vector<HostBan> list;
    list.reserve(bans_.size() - ofAccounts_);
    for (const auto& [key, ban] : bans_) {
        if (ban.isOfHost()) list.push_back({ban.range, ban.until});
    }
    return list;
}

}  // namespace beffroi::guard
