// SPDX-License-Identifier: AGPL-3.0-or-later
//
// Between the edge and SIP: a flow that fails ends the transactions on it and the registrations behind it.
// Thread: loop.
#pragma once

#include "beffroi/network.hpp"
#include "registrar/registrar.hpp"
#include "sip/transaction_layer.hpp"

namespace beffroi::app {

class FlowWatch final : public MessageSink {
public:
    FlowWatch(sip::TransactionLayer& transactions, registrar::Registrar& registrar)
        : transactions_{transactions}, registrar_{registrar} {}

    void onMessage(const Flow& flow, std::string_view bytes) BEFFROI_ON_LOOP override {
        transactions_.onMessage(flow, bytes);
    }
    void onUnframable(const Flow& flow, std::string_view bytes) BEFFROI_ON_LOOP override {
        transactions_.onUnframable(flow, bytes);
    }
    void onFlowFailed(const Flow& flow) BEFFROI_ON_LOOP override {
        registrar_.flowFailed(flow);
        transactions_.onFlowFailed(flow);
    }

private:
    sip::TransactionLayer& transactions_;
    registrar::Registrar& registrar_;
};

}  // namespace beffroi::app
