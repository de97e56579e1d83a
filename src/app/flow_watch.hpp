// SPDX-License-Identifier: AGPL-3.0-or-later
//
// Between the edge and SIP: the guard decides what is read at all, and a flow that fails ends the transactions on it
// and the registrations behind it. Thread: loop.
#pragma once

#include "app/security_reports.hpp"
#include "beffroi/network.hpp"
#include "guard/guard.hpp"
#include "registrar/registrar.hpp"
#include "sip/transaction_layer.hpp"

namespace beffroi::app {

class FlowWatch final : public MessageSink {
public:
    FlowWatch(sip::TransactionLayer& transactions, registrar::Registrar& registrar, guard::Guard& guard,
              SecurityEvents& events)
        : transactions_{transactions}, registrar_{registrar}, guard_{guard} {
        transactions_.setOnRefused([this, &events](const Flow& flow, const sip::Refusal& refusal) {
            assertOnLoop();
            events.report(eventOf(flow, refusal));
            if (isMisdeed(refusal)) guard_.misdeed(flow);
        });
    }
    ~FlowWatch() override { transactions_.setOnRefused({}); }
    FlowWatch(const FlowWatch&) = delete;
    FlowWatch& operator=(const FlowWatch&) = delete;

    void onMessage(const Flow& flow, std::string_view bytes) BEFFROI_ON_LOOP override {
        switch (guard_.admit(flow, bytes)) {
            case guard::Guard::Entry::Admitted: return transactions_.onMessage(flow, bytes);
            case guard::Guard::Entry::TurnedAway:
                return transactions_.turnAway(flow, bytes, guard::Guard::retryAfter(flow));
            case guard::Guard::Entry::Dropped: return;
        }
    }
    void onUnframable(const Flow& flow, std::string_view bytes) BEFFROI_ON_LOOP override {
        if (guard_.admit(flow, bytes) != guard::Guard::Entry::Admitted) return;
        transactions_.onUnframable(flow, bytes);
    }
    void onFlowFailed(const Flow& flow) BEFFROI_ON_LOOP override {
        guard_.flowFailed(flow);
        registrar_.flowFailed(flow);
        transactions_.onFlowFailed(flow);
    }
    void onFlowSilent(const Flow& flow) BEFFROI_ON_LOOP override {
        registrar_.flowSilent(flow);
        transactions_.onFlowFailed(flow);
    }
    // A closed port is where a telephone no longer is. That a network cannot be reached may be over in a moment, and
    // whoever has not seen what we sent may say what they like.
    void onUndelivered(const Flow& flow, Undelivered how, std::string_view quoted) BEFFROI_ON_LOOP override {
        if (how == Undelivered::PortClosed && transactions_.quotesOurs(flow, quoted)) registrar_.flowFailed(flow);
        transactions_.onUndelivered(flow, how, quoted);
    }

private:
    sip::TransactionLayer& transactions_;
    registrar::Registrar& registrar_;
    guard::Guard& guard_;
};

}  // namespace beffroi::app
