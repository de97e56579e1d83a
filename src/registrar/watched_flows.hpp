// SPDX-License-Identifier: AGPL-3.0-or-later
//
// The flows that their telephones watch over, and we too (RFC 5626 §4.4): on each something has to come now and then
// for as long as a binding lives that relies on it.
// Thread: loop.
#pragma once

#include "beffroi/network.hpp"
#include "registrar/binding_table.hpp"

#include <chrono>
#include <unordered_set>

namespace beffroi::registrar {

class WatchedFlows {
public:
    /// `flowTimer`: between keep-alives.
    WatchedFlows(Network& network, const BindingTable& table, std::chrono::seconds flowTimer)
        : network_{network}, table_{table}, flowTimer_{flowTimer} {}

    void watch(const Flow& flow) BEFFROI_ON_LOOP;
    /// Nothing is expected of the flow any more, unless a binding that lives relies on it.
    void letGo(const Flow& flow) BEFFROI_ON_LOOP;
    /// A binding that lives relies on it.
    [[nodiscard]] bool isReliedOn(const Flow& flow) const BEFFROI_ON_LOOP;
    /// How often a telephone that registers over `flow` is to say that it is there.
    [[nodiscard]] std::chrono::seconds timerOf(const Flow& flow) const;

private:
    Network& network_;
    const BindingTable& table_;
    std::chrono::seconds flowTimer_;
    std::unordered_set<Flow> watched_;  // so that the others, each perhaps of thousands, need not be looked through
};

}  // namespace beffroi::registrar
