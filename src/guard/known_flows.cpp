// SPDX-License-Identifier: AGPL-3.0-or-later
#include "guard/known_flows.hpp"

#include <algorithm>

namespace beffroi::guard {
namespace {

constexpr std::size_t kSweptAtOnce = 512;

// As the last of them, whether or not it was among them.
template <typename T>
void moveToEnd(std::vector<T>& list, const T& value) {
    const auto at = std::find(list.begin(), list.end(), value);
    if (at == list.end()) {
        list.push_back(value);
    } else {
        std::rotate(at, std::next(at), list.end());
    }
}

}  // namespace

void KnownFlows::know(const Flow& flow, const std::string& account, Clock::TimePoint until) {
    auto found = flows_.find(flow);
    if (found == flows_.end()) {
        if (flows_.size() >= limits_.flows) erase(flows_.find(order_.front()));
        order_.push_back(flow);
        found = flows_.emplace(flow, Entry{until, {}, {}, {}, std::prev(order_.end()), {}}).first;
        found->second.turn = turns_.insert(turns_.end(), &found->first);
        ++homes_[flow.remote.network()];
    }
    auto& entry = found->second;
    entry.until = std::max(entry.until, until);
    order_.splice(order_.end(), order_, entry.place);
    addAccount(entry, flow, account);
}

void KnownFlows::addAccount(Entry& entry, const Flow& flow, const std::string& account) {
    moveToEnd(entry.accounts, account);
    auto& own = byAccount_[account];
    moveToEnd(own, flow);
    if (entry.accounts.size() > limits_.accountsEach) dropAccount(flow, std::string{entry.accounts.front()});
    if (own.size() > limits_.perAccount) dropAccount(Flow{own.front()}, account);
}

// A flow without an account is nobody's.
void KnownFlows::dropAccount(const Flow& flow, const std::string& account) {
    if (const auto own = byAccount_.find(account); own != byAccount_.end()) {
        std::erase(own->second, flow);
        if (own->second.empty()) byAccount_.erase(own);
    }
    const auto found = flows_.find(flow);
    if (found == flows_.end()) return;
    std::erase(found->second.accounts, account);
    if (found->second.accounts.empty()) erase(found);
}

void KnownFlows::erase(Table::iterator found) {
    for (const auto& account : found->second.accounts) {
        const auto own = byAccount_.find(account);
        std::erase(own->second, found->first);
        if (own->second.empty()) byAccount_.erase(own);
    }
    const auto home = homes_.find(found->first.remote.network());
    if (--home->second == 0) homes_.erase(home);
    order_.erase(found->second.place);
    turns_.erase(found->second.turn);
    flows_.erase(found);
}

void KnownFlows::forget(const Flow& flow) {
    if (const auto found = flows_.find(flow); found != flows_.end()) erase(found);
}

void KnownFlows::keepOnly(const std::function<bool(const std::string&)>& exists) {
    std::vector<std::pair<Flow, std::string>> gone;
    for (const auto& [account, flows] : byAccount_) {
        if (exists(account)) continue;
        for (const auto& flow : flows) gone.emplace_back(flow, account);
    }
    for (const auto& [flow, account] : gone) dropAccount(flow, account);
}

void KnownFlows::sweep(Clock::TimePoint now) {
    for (auto left = std::min(kSweptAtOnce, flows_.size()); left > 0; --left) {
        const auto found = flows_.find(*turns_.front());
        if (found->second.until <= now) {
            erase(found);
        } else {
            turns_.splice(turns_.end(), turns_, found->second.turn);
        }
    }
}

KnownFlows::Budget KnownFlows::take(const Flow& flow, Clock::TimePoint now) {
    return take(flow, now, &Entry::messages, rate_);
}

KnownFlows::Budget KnownFlows::takeProbe(const Flow& flow, Clock::TimePoint now) {
    return take(flow, now, &Entry::probes, probeRate_);
}

KnownFlows::Budget KnownFlows::take(const Flow& flow, Clock::TimePoint now, TokenBucket Entry::*bucket,
                                    const Rate& rate) {
    const auto found = flows_.find(flow);
    if (found == flows_.end()) return Budget::Unknown;
    if (found->second.until <= now) {
        erase(found);
        return Budget::Unknown;
    }
    return (found->second.*bucket).take(now, rate) ? Budget::Within : Budget::Over;
}

bool KnownFlows::knows(const Flow& flow, Clock::TimePoint now) const {
    const auto found = flows_.find(flow);
    return found != flows_.end() && found->second.until > now;
}

bool KnownFlows::isOf(const Flow& flow, std::string_view account, Clock::TimePoint now) const {
    const auto found = flows_.find(flow);
    if (found == flows_.end() || found->second.until <= now) return false;
    const auto& accounts = found->second.accounts;
    return std::find(accounts.begin(), accounts.end(), account) != accounts.end();
}

std::vector<AddressRange> KnownFlows::homes() const {
    std::vector<AddressRange> list;
    list.reserve(homes_.size());
    for (const auto& [network, flows] : homes_) list.push_back(AddressRange::site(network));
    return list;
}

}  // namespace beffroi::guard
