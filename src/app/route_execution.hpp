// SPDX-License-Identifier: AGPL-3.0-or-later
//
// From a decision to what is sent: the targets of a route plan become branches, with who is told what. The telephones
// of an extension are where they are registered now.
// Thread: loop.
#pragma once

#include "beffroi/directory.hpp"
#include "beffroi/line_states.hpp"
#include "beffroi/network.hpp"
#include "beffroi/route_plan.hpp"
#include "country/country.hpp"
#include "gateway/gateway_table.hpp"
#include "gateway/incoming_call.hpp"
#include "proxy/call_history.hpp"
#include "proxy/fork_plan.hpp"
#include "registrar/registrar.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace beffroi::app {

/// The groups whose members the plan rings, each once.
[[nodiscard]] std::vector<std::string> groupsOf(const RoutePlan& plan);

class RouteExecution {
public:
    struct Parts {
        Network& network;
        const registrar::Registrar& registrar;
        const gateway::GatewayTable& gateways;
        const country::Country& country;
    };
    struct Settings {
        std::string domain;    // ours, by which numbers are written
        SocketAddress bridge;  // where it listens
    };
    /// What else counts of a call; all of it outlives the decision only.
    struct Call {
        const DirectorySnapshot& directory;
        const LineStates* lines = nullptr;          // null: nobody is logged in elsewhere
        std::string_view callerAccount{};           // of the telephone that calls; empty: from outside
        bool secure = false;                        // by sips: telephones that are reached by TLS alone
        bool invite = true;                         // else what is sent does not follow forwards
        bool historyWanted = true;                  // false: the caller asks that it is kept back (RFC 7044 §10.1)
        const proxy::TakenHistory* history = {};    // that came with it; may be null
        bool withheld = false;                      // the caller does not want the number told
        const gateway::IncomingCall* outside = {};  // null: from a telephone of the town
    };

    RouteExecution(const Parts& parts, Settings settings) : parts_{parts}, settings_{std::move(settings)} {}

    /// The stages of `plan`, in its order, each without what does not exist now.
    [[nodiscard]] proxy::ForkPlan forkPlan(const RoutePlan& plan, const Call& call) const BEFFROI_ON_LOOP;

    /// A call to nothing but what the bridge says: `announcement` as in CallService, without answering it if `early`.
    [[nodiscard]] proxy::Branch announcement(const std::string& text, bool early) const BEFFROI_ON_LOOP;

    /// The telephones of an extension as they are registered now, those of low q as well; of a group or department
    /// those of its members, whatever the hours.
    [[nodiscard]] std::vector<proxy::Branch> telephonesOf(const std::string& number,
                                                          const Call& call) const BEFFROI_ON_LOOP;

    /// The number with the name of its extension, as it is asserted (RFC 3325 §9.1).
    [[nodiscard]] std::string identityOf(const DirectorySnapshot& directory, const std::string& number) const;

private:
    using Rounds = std::vector<std::vector<proxy::Branch>>;
    [[nodiscard]] Rounds towards(const RouteTarget& target, const Call& call) const BEFFROI_ON_LOOP;
    [[nodiscard]] Rounds phonesOf(const std::string& number, const Call& call) const BEFFROI_ON_LOOP;
    [[nodiscard]] proxy::Branch serviceOf(const CallService& service) const BEFFROI_ON_LOOP;
    [[nodiscard]] Rounds outsideBy(const DialOutside& dial, const Call& call) const;
    void showOutsideCaller(proxy::Branch& branch, const Call& call) const;
    void tellHistory(proxy::ForkStage& stage, const RouteStage& from, const Call& call) const;

    Parts parts_;
    Settings settings_;
};

}  // namespace beffroi::app
