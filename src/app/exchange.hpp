// SPDX-License-Identifier: AGPL-3.0-or-later
//
// The exchange put together: every part, made in the order in which one needs the other, and how it starts and ends.
// Thread: loop (the thread that constructs and runs it).
#pragma once

#include "app/exchange_control.hpp"
#include "app/flow_watch.hpp"
#include "app/nftables_file.hpp"
#include "app/routing_chain.hpp"
#include "app/town_lines.hpp"
#include "auth/authenticator.hpp"
#include "base/event_loop.hpp"
#include "base/random.hpp"
#include "base/system_clock.hpp"
#include "config/settings.hpp"
#include "directory/published_directory.hpp"
#include "directory/store_thread.hpp"
#include "edge/edge.hpp"
#include "edge/local_addresses.hpp"
#include "edge/resolver.hpp"
#include "guard/bans.hpp"
#include "guard/guard.hpp"
#include "guard/pacer.hpp"
#include "guard/security_log.hpp"
#include "guard/source_hash.hpp"
#include "guard/sqlite_ban_store.hpp"
#include "lines/line_settings_table.hpp"
#include "lines/sqlite_line_store.hpp"
#include "proxy/call_table.hpp"
#include "proxy/proxy.hpp"
#include "proxy/sqlite_call_record_store.hpp"
#include "registrar/registrar.hpp"
#include "registrar/sqlite_binding_store.hpp"
#include "sip/reader.hpp"
#include "sip/transaction_layer.hpp"

#include <functional>
#include <memory>
#include <vector>

namespace beffroi::app {

class Exchange {
public:
    /// Opens the database and the listeners and restores the registrations. Throws what says why it cannot:
    /// config::ConfigError, directory::DatabaseError, std::system_error.
    Exchange(base::EventLoop& loop, base::SystemClock& clock, const config::Settings& settings);
    ~Exchange();
    Exchange(const Exchange&) = delete;
    Exchange& operator=(const Exchange&) = delete;

    /// No new call; `done` is called once the transactions in progress have ended, after a few seconds at the latest.
    void drain(std::function<void()> done) BEFFROI_ON_LOOP;

    /// Reads again what may change while we run: the certificates.
    void reload() BEFFROI_ON_LOOP;

    [[nodiscard]] std::vector<edge::ListenAddress> listening() const { return edge_.listening(); }

private:
    struct Restored;  // what the database held at the start
    Exchange(base::EventLoop& loop, base::SystemClock& clock, const config::Settings& settings, Restored restored);
    void checkDrained();
    void writeBansForNft();

    base::EventLoop& loop_;
    base::Random random_;
    edge::LocalAddresses local_;
    directory::PublishedDirectory directory_;
    std::unique_ptr<edge::tls::Tls> tls_;
    edge::Edge edge_;
    edge::Resolver resolver_;
    sip::Reader reader_;
    sip::TransactionLayer transactions_;
    directory::StoreThread store_;
    guard::SourceHash sourceHash_;
    guard::SecurityLog securityLog_;
    guard::SqliteBanStore banStore_;
    NftablesFile nftablesFile_;
    guard::Bans bans_;
    guard::Guard guard_;
    guard::Pacer bansForNft_;
    registrar::SqliteBindingStore bindingStore_;
    registrar::Registrar registrar_;
    auth::Authenticator authenticator_;
    proxy::SqliteCallRecordStore callRecords_;
    proxy::CallTable calls_;
    lines::SqliteLineStore lineStore_;
    lines::LineSettingsTable lineSettings_;
    TownLines lines_;
    proxy::Proxy proxy_;
    country::Country country_;
    lines::PinChecker pins_;
    FeatureDesk features_;
    RoutingChain chain_;
    FlowWatch flowWatch_;
    ExchangeControl control_;
    Timer drainTimer_;
    Clock::TimePoint drainUntil_{};
    std::function<void()> onDrained_;
};

}  // namespace beffroi::app
