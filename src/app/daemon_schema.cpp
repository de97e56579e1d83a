// SPDX-License-Identifier: AGPL-3.0-or-later
#include "app/daemon_schema.hpp"

#include "admin/admin_options.hpp"
#include "app/exchange_options.hpp"
#include "auth/auth_options.hpp"
#include "bridge/bridge_options.hpp"
#include "config/log_options.hpp"
#include "country/country_options.hpp"
#include "directory/store_options.hpp"
#include "edge/edge_options.hpp"
#include "edge/tls/tls_options.hpp"
#include "guard/guard_options.hpp"
#include "proxy/proxy_options.hpp"
#include "registrar/registrar_options.hpp"
#include "routing/routing_options.hpp"

namespace beffroi::app {

config::Schema daemonSchema() {
    config::Schema schema;
    schema.add(kDomains).add(kRealm);
    edge::addOptions(schema);
    edge::tls::addOptions(schema);
    schema.add(auth::kNonceLifetime).add(auth::kAlgorithms);
    guard::addOptions(schema);
    schema.add(registrar::kMinExpires)
        .add(registrar::kMaxExpires)
        .add(registrar::kDefaultExpires)
        .add(registrar::kMaximumContacts)
        .add(registrar::kFlowTimer);
    schema.add(routing::kRingTime).add(routing::kSayRefusals).add(proxy::kTimerC).add(proxy::kLongestCall);
    schema.add(directory::kStorePath).add(country::kFolder);
    schema.add(bridge::kSipAddress)
        .add(bridge::kExchange)
        .add(bridge::kMediaAddress)
        .add(bridge::kMediaPorts)
        .add(bridge::kMediaThreads)
        .add(bridge::kPrompts)
        .add(bridge::kRtpTimeout);
    schema.add(admin::kSocket).add(admin::kBridgeSocket);
    schema.add(config::kLogLevel).add(config::kLogTarget);
    return schema;
}

}  // namespace beffroi::app
