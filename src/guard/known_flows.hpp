// SPDX-License-Identifier: AGPL-3.0-or-later
//
// The flows of telephones that have shown who they are: by a registration that lives, or by an answer to a challenge.
// No ban and no flood of strangers touches them; each has a budget of its own, so that one that runs wild takes nothing
// from the others. Bounded: per account, and in total.
// Thread: loop. Time: what the caller says.
#pragma once

#include "beffroi/address_range.hpp"
#include "beffroi/flow.hpp"
#include "guard/token_bucket.hpp"

#include <cstddef>
#include <cstdint>
#include <functional>
#include <list>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace beffroi::guard {

class KnownFlows {
public:
    struct Limits {
        std::size_t flows = 65'536;     // the one that was heard of longest ago makes room
        std::size_t perAccount = 16;    // of one account, likewise: a stolen password fills no table
        std::size_t accountsEach = 64;  // of one flow: the lines of a telephone, the handsets of a base
    };
    enum class Budget : std::uint8_t { Unknown, Within, Over };

    /// Each flow: messages, and keep-alives that ask for an answer.
    KnownFlows(const Limits& limits, const Rate& rate, const Rate& probes)
        : limits_{limits}, rate_{rate}, probeRate_{probes} {}

    /// `flow` is `account`'s until then at least.
    void know(const Flow& flow, const std::string& account, Clock::TimePoint until);
    void forget(const Flow& flow);
    /// Accounts that are gone take their flows with them.
    void keepOnly(const std::function<bool(const std::string& account)>& exists);
    /// Forgets some of what has expired: called every second, it has seen all within minutes.
    void sweep(Clock::TimePoint now);

    /// Counts a message that came by `flow`.
    [[nodiscard]] Budget take(const Flow& flow, Clock::TimePoint now);
    /// Counts a STUN request.
    [[nodiscard]] Budget takeProbe(const Flow& flow, Clock::TimePoint now);
    [[nodiscard]] bool knows(const Flow& flow, Clock::TimePoint now) const;
    [[nodiscard]] bool isOf(const Flow& flow, std::string_view account, Clock::TimePoint now) const;
    /// A telephone that we know is behind this address.
    [[nodiscard]] bool isHome(const SocketAddress& address) const { return homes_.contains(address.network()); }
    /// The addresses, or /64 of IPv6, behind which there are telephones that we know, in no order.
    [[nodiscard]] std::vector<AddressRange> homes() const;
    [[nodiscard]] std::size_t size() const noexcept { return flows_.size(); }

private:
    struct Entry {
        Clock::TimePoint until;
        TokenBucket messages;
        TokenBucket probes;
        std::vector<std::string> accounts;
        std::list<Flow>::iterator place;
        std::list<const Flow*>::iterator turn;
    };
    using Table = std::unordered_map<Flow, Entry>;
    [[nodiscard]] Budget take(const Flow& flow, Clock::TimePoint now, TokenBucket Entry::*bucket, const Rate& rate);
    void addAccount(Entry& entry, const Flow& flow, const std::string& account);
    void dropAccount(const Flow& flow, const std::string& account);
    void erase(Table::iterator found);

    Limits limits_;
    Rate rate_;
    Rate probeRate_;
    Table flows_;
    std::list<Flow> order_;         // the one of which nothing new was heard for longest first
    std::list<const Flow*> turns_;  // the one to be swept next first
    std::unordered_map<std::string, std::vector<Flow>> byAccount_;  // each in the order of order_
    std::unordered_map<SocketAddress, std::size_t> homes_;          // by network(): how many flows
};

}  // namespace beffroi::guard
