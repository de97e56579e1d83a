// SPDX-License-Identifier: AGPL-3.0-or-later
//
// What an administrator can ask the running exchange, each request and answer a JSON object:
//   {"command":"status"} · {"command":"registrations"} · {"command":"calls","recent":N}
//   {"command":"bans"} · {"command":"ban","address":"ADDRESS[/BITS]","seconds":N,"reason":…,"who":…} (0: until removed)
//   {"command":"unban","address":…}
//   what line_control.hpp says
//   {"command":"plan-apply","text":…,"file":…,"who":…,"dry_run":…,"generate_passwords":…} · {"command":"plan-export"}
//   {"command":"explain","number":…,"from":…,"at":"2026-12-24 10:00"} ("": now)
// An answer has "error" if and only if nothing was done.
// Thread: loop, but for the socket's own thread inside admin/.
#pragma once

#include "admin/control_server.hpp"
#include "app/line_control.hpp"
#include "app/plan_control.hpp"
#include "auth/authenticator.hpp"
#include "base/event_loop.hpp"
#include "base/random.hpp"
#include "directory/published_directory.hpp"
#include "directory/store_thread.hpp"
#include "edge/edge.hpp"
#include "guard/bans.hpp"
#include "guard/guard.hpp"
#include "guard/security_log.hpp"
#include "lines/line_settings_table.hpp"
#include "proxy/call_table.hpp"
#include "registrar/registrar.hpp"
#include "routing/router.hpp"
#include "sip/transaction_layer.hpp"

#include <nlohmann/json_fwd.hpp>

#include <memory>
#include <string>

namespace beffroi::app {

class ExchangeControl {
public:
    struct Parts {
        base::EventLoop& loop;
        const Clock& clock;
        directory::StoreThread& store;
        directory::PublishedDirectory& directory;
        edge::Edge& edge;
        sip::TransactionLayer& transactions;
        registrar::Registrar& registrar;
        auth::Authenticator& authenticator;
        proxy::CallTable& calls;
        guard::Guard& guard;
        guard::Bans& bans;
        guard::SecurityLog& securityLog;
        lines::LineSettingsTable& settings;
        const LineStates& lines;
        const country::Country& country;
        routing::RoutingSettings routing;
    };

    /// Throws std::system_error if the socket cannot be opened.
    ExchangeControl(const std::string& socket, const Parts& parts, std::string realm,
                    directory::PlanKnowledge knowledge);

private:
    using Respond = admin::ControlServer::Respond;
    void handle(const nlohmann::json& request, const Respond& respond) BEFFROI_ON_LOOP;
    void obey(const nlohmann::json& request, const Respond& respond) BEFFROI_ON_LOOP;
    [[nodiscard]] nlohmann::json status() const BEFFROI_ON_LOOP;
    [[nodiscard]] nlohmann::json registrations() const BEFFROI_ON_LOOP;
    void calls(int recent, const Respond& respond) BEFFROI_ON_LOOP;
    [[nodiscard]] nlohmann::json bans() const BEFFROI_ON_LOOP;
    void ban(const nlohmann::json& request, const Respond& respond) BEFFROI_ON_LOOP;
    void unban(const nlohmann::json& request, const Respond& respond) BEFFROI_ON_LOOP;
    void follow(const std::shared_ptr<const DirectorySnapshot>& plan) BEFFROI_ON_LOOP;
    [[nodiscard]] nlohmann::json explain(const nlohmann::json& request) const BEFFROI_ON_LOOP;

    Parts parts_;
    LineControl lineControl_;
    PlanControl plan_;
    Clock::TimePoint started_;
    admin::ControlServer server_;  // its thread uses all of the above
};

}  // namespace beffroi::app
