// SPDX-License-Identifier: AGPL-3.0-or-later
//
// What the exchange does with each request: the one place where the path of a call can be read from top to bottom.
// Each step either answers or hands on; what the steps do is the business of auth/, registrar/, routing/ and proxy/.
// Thread: loop.
#pragma once

#include "app/feature_desk.hpp"
#include "app/request_sanity.hpp"
#include "app/route_execution.hpp"
#include "app/spoken_answers.hpp"
#include "auth/authenticator.hpp"
#include "beffroi/directory.hpp"
#include "beffroi/line_states.hpp"
#include "beffroi/network.hpp"
#include "beffroi/route_plan.hpp"
#include "beffroi/security_event.hpp"
#include "country/country.hpp"
#include "guard/guard.hpp"
#include "proxy/proxy.hpp"
#include "proxy/transfer_table.hpp"
#include "registrar/registrar.hpp"
#include "routing/router.hpp"
#include "sip/transaction_layer.hpp"

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace beffroi::app {

class RoutingChain final : public sip::TransactionUser {
public:
    struct Parts {
        const Clock& clock;
        Network& network;
        const Directory& directory;
        auth::Authenticator& authenticator;
        registrar::Registrar& registrar;
        proxy::Proxy& proxy;
        proxy::CallTable& calls;
        guard::Guard& guard;
        SecurityEvents& events;
        const LineStates& lines;
        const country::Country& country;
        FeatureDesk* features = nullptr;  // null: no code is obeyed
    };
    struct Settings {
        std::vector<std::string> domains;                     // ours, lower case, the canonical one first
        std::function<bool(const SocketAddress&)> isOwnHost;  // of an address, whatever its port
        SocketAddress bridge;                                 // where the bridge listens
        routing::RoutingSettings routing;
        bool saysRefusals = false;  // before a call is refused its caller is told why
    };

    RoutingChain(const Parts& parts, Settings settings);

    /// From now on new calls are sent elsewhere (503 with Retry-After); what is in progress goes on.
    void drain() noexcept { draining_ = true; }

    /// True for our domains and our own addresses.
    [[nodiscard]] bool isOwnDomain(std::string_view host) const BEFFROI_ON_LOOP;

    // sip::TransactionUser
    void onRequest(const std::shared_ptr<sip::ServerTransaction>& transaction) BEFFROI_ON_LOOP override;
    void onAck(sip::Message ack, const Flow& flow) BEFFROI_ON_LOOP override;
    void onCancel(sip::ServerTransaction& invite, const sip::Message& cancel) BEFFROI_ON_LOOP override;

private:
    using Transaction = std::shared_ptr<sip::ServerTransaction>;
    struct Caller {
        std::shared_ptr<const DirectorySnapshot> directory;  // keeps the device
        const Device* device = nullptr;
    };

    void registerPhone(const Transaction& transaction) BEFFROI_ON_LOOP;
    void registered(const Transaction& transaction, const std::string& account,
                    const std::string& extension) BEFFROI_ON_LOOP;
    void noteStart(const sip::Message& request, const Device& device) BEFFROI_ON_LOOP;
    void onRequestInDialog(const Transaction& transaction, const proxy::DialogFlows& flows) BEFFROI_ON_LOOP;
    void onNewRequest(const Transaction& transaction) BEFFROI_ON_LOOP;
    [[nodiscard]] bool saysItIsOurs(const sip::Message& request) const BEFFROI_ON_LOOP;
    void routeRequest(const Transaction& transaction, const Caller& caller) BEFFROI_ON_LOOP;
    /// An INVITE from within the networks of a gateway, which is believed without a digest.
    void routeFromOutside(const Transaction& transaction, const Gateway& gateway) BEFFROI_ON_LOOP;
    /// Sends what was decided and can be sent; `plan` has stages.
    void carryOut(const Transaction& transaction, const proxy::CallTable::Caller& who, const std::string& dialled,
                  const RoutePlan& plan, proxy::ForkPlan fork) BEFFROI_ON_LOOP;
    /// The journal, and the extension that the site names, are told of an emergency call.
    void raiseAlarm(const Transaction& transaction, const Caller& caller, const RoutePlan& plan,
                    const proxy::ForkPlan& fork) BEFFROI_ON_LOOP;
    /// After a change of the plan: whose networks are whose.
    void refreshGateways() BEFFROI_ON_LOOP;
    [[nodiscard]] bool comesBack(const sip::Message& request) const BEFFROI_ON_LOOP;
    [[nodiscard]] bool isParty(const SocketAddress& from, const proxy::DialogFlows& flows) const BEFFROI_ON_LOOP;
    /// A REFER within a call: where it leads must be ours, and whoever sends it will answer for the call. False:
    /// refused.
    [[nodiscard]] bool mayRefer(const Transaction& transaction) BEFFROI_ON_LOOP;
    [[nodiscard]] bool callsForHelp(const sip::Message& request) const BEFFROI_ON_LOOP;
    /// The way of a request whose sender may send it.
    void follow(const Transaction& transaction, const Caller& caller, const proxy::CallTable::Caller& who,
                const CallAttempt& attempt, const std::string& shown) BEFFROI_ON_LOOP;
    void obey(const Transaction& transaction, const Caller& caller, const proxy::CallTable::Caller& who,
              const FeatureRequest& feature, const std::string& shown) BEFFROI_ON_LOOP;
    void refuseAloud(const Transaction& transaction, const proxy::CallTable::Caller& who, const std::string& dialled,
                     const RouteRefusal& refusal, CallKind kind) BEFFROI_ON_LOOP;
    void answerForUs(const Transaction& transaction) BEFFROI_ON_LOOP;
    void refuse(const Transaction& transaction, const RequestRefusal& refusal) BEFFROI_ON_LOOP;
    void refuse(const Transaction& transaction, const proxy::CallTable::Caller& caller, const std::string& dialled,
                int status, std::string_view reason, CallKind kind = CallKind::Ordinary) BEFFROI_ON_LOOP;

    [[nodiscard]] std::optional<Caller> authenticate(const Transaction& transaction, auth::Realm realm) BEFFROI_ON_LOOP;
    /// Whether the guard lets a request go on whose sender is shown; answered if not.
    [[nodiscard]] bool admits(const Transaction& transaction, const Device& device) BEFFROI_ON_LOOP;
    void challenge(const Transaction& transaction, auth::Realm realm, bool stale) BEFFROI_ON_LOOP;
    void report(SecurityEvent::Kind kind, const Transaction& transaction, std::string_view reason,
                std::string_view account = {}) BEFFROI_ON_LOOP;
    /// The extension that calls from a device: its own, or that of the person who has logged in there.
    [[nodiscard]] proxy::CallTable::Caller callerAt(const Caller& caller) const BEFFROI_ON_LOOP;
    [[nodiscard]] std::string dialledBy(const sip::Message& request) const BEFFROI_ON_LOOP;
    [[nodiscard]] bool maySpeakAs(const sip::Message& request, const Device& device) const BEFFROI_ON_LOOP;

    Parts parts_;
    Settings settings_;
    RequestSanity sanity_;
    gateway::GatewayTable gateways_;
    proxy::TransferTable transfers_;
    RouteExecution execution_;
    SpokenAnswers spoken_;
    bool draining_ = false;
};

}  // namespace beffroi::app
