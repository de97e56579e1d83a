// SPDX-License-Identifier: AGPL-3.0-or-later
//
// Carries requests on: new ones along a ForkPlan, those within a dialog along the flows that its Record-Route names,
// ACK and CANCEL after them (RFC 3261 §16). What a request is allowed and where it goes was decided before.
// Thread: loop.
#pragma once

#include "beffroi/network.hpp"
#include "beffroi/next_hop.hpp"
#include "beffroi/scheduler.hpp"
#include "proxy/call_table.hpp"
#include "proxy/flow_token.hpp"
#include "proxy/fork.hpp"
#include "proxy/fork_plan.hpp"
#include "proxy/notice.hpp"
#include "sip/transaction_layer.hpp"

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

namespace beffroi::proxy {

struct ProxySettings {
    Clock::Duration timerC = std::chrono::minutes{3};  // RFC 3261 §16.6, step 11: more than 3 minutes
    FlowTokens::Key key{};                             // kept over restarts: it signs the routes of running calls
};

class Proxy {
public:
    /// Finds the flow by which a contact is reached now, for a dialog whose flow has closed since.
    using FlowFinder = std::function<std::optional<Flow>(const sip::UriView& contact)>;
    /// Says of a URI's host that it is a domain of ours.
    using OwnDomain = std::function<bool(std::string_view host)>;

    Proxy(sip::TransactionLayer& transactions, Network& network, NextHopResolver& resolver, Scheduler& scheduler,
          CallTable& calls, ProxySettings settings, FlowFinder findFlow, OwnDomain ownDomain);

    /// Max-Forwards, loops and breadth (§16.3; RFC 5393): the status to refuse with, or nothing.
    [[nodiscard]] std::optional<int> refusalOf(const sip::Message& request) const BEFFROI_ON_LOOP;

    /// Takes the routes that name us off the request and returns the flows of the dialog that they named. Undoes the
    /// work of a strict router before us (§16.4).
    [[nodiscard]] std::optional<DialogFlows> takeOwnRoutes(sip::Message& request) const BEFFROI_ON_LOOP;

    /// Sends a request that is in no dialog along `plan`.
    void forward(const std::shared_ptr<sip::ServerTransaction>& transaction, ForkPlan plan,
                 std::shared_ptr<ForkObserver> observer) BEFFROI_ON_LOOP;

    /// Sends a request on to the other side of its dialog.
    void forwardInDialog(const std::shared_ptr<sip::ServerTransaction>& transaction,
                         const DialogFlows& flows) BEFFROI_ON_LOOP;

    /// The ACK of a 2xx. One that names no dialog of ours is dropped.
    void forwardAck(sip::Message ack) BEFFROI_ON_LOOP;

    void cancel(sip::ServerTransaction& invite, const sip::Message& cancel) BEFFROI_ON_LOOP;

    /// Tells each of these telephones; returns how many could be sent it.
    std::size_t tell(const Notice& notice, const std::vector<Branch>& telephones) BEFFROI_ON_LOOP;

private:
    [[nodiscard]] bool mustHide(const sip::Message& request, const DialogFlows& flows) const BEFFROI_ON_LOOP;
    [[nodiscard]] bool isFromCaller(const sip::Message& request, const DialogFlows& flows) const BEFFROI_ON_LOOP;
    [[nodiscard]] std::optional<Flow> flowOf(const sip::Message& request,
                                             const DialogFlows& flows) const BEFFROI_ON_LOOP;
    [[nodiscard]] bool isOurs(const sip::UriView& route) const BEFFROI_ON_LOOP;
    [[nodiscard]] ForkTraits traitsOf(const sip::Message& request) const;
    void sendAckByName(sip::Message ack) BEFFROI_ON_LOOP;

    sip::TransactionLayer& transactions_;
    Network& network_;
    NextHopResolver& resolver_;
    CallTable& calls_;
    FlowTokens tokens_;
    ForkEnvironment environment_;
    FlowFinder findFlow_;
    OwnDomain ownDomain_;
    std::vector<std::shared_ptr<NoticeCall>> notices_;  // those that ring, and some that have
    struct WaitingAck {
        sip::Message ack;
        std::unique_ptr<NextHopResolver::Lookup> lookup;
    };
    std::unordered_map<std::uint64_t, WaitingAck> waitingAcks_;  // whose next hop is being resolved
    std::uint64_t nextAck_ = 0;
};

}  // namespace beffroi::proxy
