// SPDX-License-Identifier: AGPL-3.0-or-later
#include "app/exchange.hpp"

#include "admin/admin_options.hpp"
#include "app/exchange_options.hpp"
#include "auth/auth_options.hpp"
#include "base/log.hpp"
#include "bridge/bridge_options.hpp"
#include "country/country_options.hpp"
#include "directory/meta.hpp"
#include "directory/plan_store.hpp"
#include "directory/session.hpp"
#include "directory/store_options.hpp"
#include "edge/descriptor_limit.hpp"
#include "edge/edge_options.hpp"
#include "edge/tls/tls_options.hpp"
#include "guard/guard_options.hpp"
#include "guard/nftables_script.hpp"
#include "proxy/proxy_options.hpp"
#include "registrar/registrar_options.hpp"
#include "routing/routing_options.hpp"

#include <sodium.h>

#include <algorithm>
#include <array>
#include <utility>

namespace beffroi::app {
namespace {

constexpr log::Area kLog{"exchange"};
constexpr Clock::Duration kLongestDrain = 5s;
constexpr Clock::Duration kDrainStep = 50ms;
constexpr Clock::Duration kNftPause = 1s;  // between two lists of bans that are written for nft
constexpr std::size_t kIdOctets = 12;
constexpr std::size_t kServerTransactions = 1U << 18U;  // 2 MB; strangers have 64,000 at most

using Key = std::array<unsigned char, 16>;

// A key that lives as long as the database: what it signed is still ours after a restart.
Key keptKey(directory::Session& session, const std::string& name, base::Random& random) {
    Key key{};
    const auto hex = directory::meta(session, name);
    std::size_t octets = 0;
    if (sodium_hex2bin(key.data(), key.size(), hex.data(), hex.size(), nullptr, &octets, nullptr) == 0 &&
        octets == key.size()) {
        return key;
    }
    random.fill(key.data(), key.size());
    std::array<char, 2 * sizeof(Key) + 1> text{};
    directory::setMeta(session, name, sodium_bin2hex(text.data(), text.size(), key.data(), key.size()));
    return key;
}

Key newKey(base::Random& random) {
    Key key{};
    random.fill(key.data(), key.size());
    return key;
}

std::string realmOf(const config::Settings& settings) {
    const auto& realm = settings[kRealm];
    return realm.empty() ? settings[kDomains].front() : realm;
}

SocketAddress bridgeAddress(const config::Settings& settings) {
    return SocketAddress::parseWithPort(settings[bridge::kSipAddress]).value_or(SocketAddress{});
}

// The bridge is on loopback: without a listener from which it can be reached the exchange adds one for itself. And no
// more connections than there can be descriptors for.
edge::EdgeSettings edgeOfThisMachine(const config::Settings& settings) {
    auto result = edge::edgeSettings(settings);
    const auto bridge = bridgeAddress(settings);
    const auto reaches = [&bridge](const edge::ListenAddress& own) {
        return own.transport == Transport::Udp && own.address.isV6() == bridge.isV6() &&
               (own.address.isWildcard() || own.address.isLoopback());
    };
    if (std::none_of(result.listen.begin(), result.listen.end(), reaches)) {
        result.listen.push_back({Transport::Udp, bridge.withPort(0)});
    }
    result.connections.total = edge::provideForConnections(result.connections.total, result.listen.size());
    return result;
}

auth::AuthSettings authSettings(const config::Settings& settings, const Key& key) {
    const auto& names = settings[auth::kAlgorithms];
    const auto offered = [&names](const char* name) {
        return std::find(names.begin(), names.end(), name) != names.end();
    };
    return {realmOf(settings), settings[auth::kNonceLifetime], offered("MD5"), key, offered("SHA-256")};
}

guard::GuardSettings guardSettings(const config::Settings& settings) {
    auto result = guard::guardSettings(settings);
    result.bridge = bridgeAddress(settings);
    return result;
}

registrar::RegistrarSettings registrarSettings(const config::Settings& settings) {
    registrar::RegistrarSettings result;
    result.domain = settings[kDomains].front();
    result.minimumExpires = settings[registrar::kMinExpires];
    result.maximumExpires = settings[registrar::kMaxExpires];
    result.defaultExpires = settings[registrar::kDefaultExpires];
    result.maximumContacts = settings[registrar::kMaximumContacts];
    result.flowTimer = settings[registrar::kFlowTimer];
    if (result.minimumExpires > result.defaultExpires || result.defaultExpires > result.maximumExpires) {
        throw settings.wrong(registrar::kDefaultExpires, "must lie between registrar.min-expires and .max-expires");
    }
    return result;
}

}  // namespace

struct Exchange::Restored {
    explicit Restored(const config::Settings& settings) : database{settings[directory::kStorePath]} {}

    static Restored read(const config::Settings& settings, const Clock& clock) {
        if (sodium_init() < 0) throw std::runtime_error{"libsodium cannot be used on this machine"};
        Restored found{settings};
        auto& session = found.database.session();
        base::Random random;
        session.transaction([&] {
            found.flowKey = keptKey(session, "key.flow-tokens", random);
            found.nonceKey = keptKey(session, "key.nonces", random);
            found.interrupted = proxy::SqliteCallRecordStore::closeInterrupted(session, clock.wallNow());
        });
        const auto plan = directory::loadPlan(session);
        if (!plan.realm.empty() && plan.realm != realmOf(settings)) {
            throw settings.wrong(kRealm, "is \"" + realmOf(settings) +
                                             "\", but the passwords of the extension plan are for \"" + plan.realm +
                                             '"');
        }
        found.directory =
            std::make_shared<const DirectorySnapshot>(directory::snapshotOf(plan, directory::planRevision(session)));
        found.bindings = registrar::SqliteBindingStore::load(session);
        found.bans = guard::SqliteBanStore::load(session);
        found.lines = lines::SqliteLineStore::load(session);
        return found;
    }

    directory::Database database;
    std::shared_ptr<const DirectorySnapshot> directory;
    std::vector<StoredBinding> bindings;
    std::vector<Ban> bans;
    LineEntries lines;
    Key flowKey{};
    Key nonceKey{};
    long long interrupted = 0;
};

Exchange::Exchange(base::EventLoop& loop, base::SystemClock& clock, const config::Settings& settings)
    : Exchange{loop, clock, settings, Restored::read(settings, clock)} {}

Exchange::Exchange(base::EventLoop& loop, base::SystemClock& clock, const config::Settings& settings, Restored restored)
    : loop_{loop},
      local_{clock},
      directory_{restored.directory},
      tls_{edge::tls::openTls(settings, loop.scheduler(), clock)},
      edge_{loop, edgeOfThisMachine(settings), tls_.get()},
      resolver_{loop, edge::resolverSettings(settings), [this] { return random_.number(); }},
      transactions_{edge_, loop.scheduler(), reader_, {}, random_.number(), [this] { return random_.token(); }},
      store_{std::move(restored.database), loop, clock},
      sourceHash_{newKey(random_)},
      securityLog_{clock, sourceHash_},
      banStore_{store_},
      nftablesFile_{settings[guard::kNftablesFile]},
      bans_{loop.scheduler(), banStore_, securityLog_},
      guard_{loop.scheduler(),
             bans_,
             securityLog_,
             sourceHash_,
             guardSettings(settings),
             [this] { return loop_.load().busy; }},
      bansForNft_{loop.scheduler(), kNftPause, [this] { writeBansForNft(); }},
      bindingStore_{store_, loop.scheduler()},
      registrar_{loop.scheduler(), edge_, bindingStore_, registrarSettings(settings)},
      authenticator_{clock, authSettings(settings, restored.nonceKey)},
      callRecords_{store_, loop.scheduler()},
      calls_{loop.scheduler(), callRecords_, [this] { return random_.token(kIdOctets); },
             settings[proxy::kLongestCall]},
      lineStore_{store_},
      lineSettings_{clock, lineStore_},
      lines_{{directory_, lineSettings_, calls_.usage(), registrar_.table(), clock}},
      proxy_{transactions_,
             edge_,
             resolver_,
             loop.scheduler(),
             calls_,
             {settings[proxy::kTimerC], restored.flowKey},
             [this](const sip::UriView& contact) {
                 assertOnLoop();
                 return registrar_.flowOf(contact);
             },
             [this](std::string_view host) {
                 assertOnLoop();
                 return chain_.isOwnDomain(host);
             }},
      country_{country::Country::read(settings[country::kFolder], directory_.snapshot()->town.country)},
      pins_{loop},
      features_{{clock, directory_, country_, lines_, lineSettings_, pins_}},
      chain_{{clock, edge_, directory_, authenticator_, registrar_, proxy_, calls_, guard_, securityLog_, lines_,
              country_, &features_},
             {settings[kDomains],
              [this](const SocketAddress& address) { return local_.has(address); },
              bridgeAddress(settings),
              {settings[routing::kRingTime]},
              settings[routing::kSayRefusals]}},
      flowWatch_{transactions_, registrar_, guard_, securityLog_},
      control_{settings[admin::kSocket],
               {loop,
                clock,
                store_,
                directory_,
                edge_,
                transactions_,
                registrar_,
                authenticator_,
                calls_,
                guard_,
                bans_,
                securityLog_,
                lineSettings_,
                lines_,
                country_,
                {settings[routing::kRingTime]}},
               realmOf(settings),
               directory::PlanKnowledge::of(settings[country::kFolder])},
      drainTimer_{loop.scheduler(), [this] { checkDrained(); }} {
    assertOnLoop();
    registrar_.restore(restored.bindings);
    registrar_.keepOnly(*directory_.snapshot());
    registrar_.table().forEach([this](const std::string&, const registrar::Binding& binding) {
        assertOnLoop();
        if (binding.flow) guard_.registered(*binding.flow, binding.account, binding.expiresAt);
    });
    bans_.restore(std::move(restored.bans));
    lineSettings_.restore(restored.lines, directory_.snapshot());
    if (nftablesFile_.wanted()) {
        const auto write = [this] {
            assertOnLoop();
            bansForNft_.ask();
        };
        bans_.setOnChange(write);
        write();
    }
    transactions_.makeRoom(kServerTransactions);
    transactions_.setUser(chain_);
    edge_.setSink(flowWatch_);
    edge_.setAdmission(guard_, securityLog_);
    log::info(kLog, "restored",
              {{"plan_revision", directory_.snapshot()->revision},
               {"extensions", directory_.snapshot()->extensions.size()},
               {"registrations", registrar_.table().size()},
               {"bans", bans_.list().size()},
               {"interrupted_calls", restored.interrupted}});
    for (const auto& address : edge_.listening()) log::info(kLog, "listening", {{"on", address.toString()}});
}

Exchange::~Exchange() = default;

void Exchange::reload() { tls_->reload(); }

void Exchange::drain(std::function<void()> done) {
    if (onDrained_) return;
    onDrained_ = std::move(done);
    drainUntil_ = loop_.clock().now() + kLongestDrain;
    chain_.drain();
    checkDrained();
}

// Ten thousand bans are copied here, and made a text elsewhere.
void Exchange::writeBansForNft() {
    assertOnLoop();
    nftablesFile_.write(
        [bans = bans_.list().ofHosts(), spared = guard_.spared(), now = loop_.clock().wallNow()]() mutable {
            return guard::nftablesScript(std::move(bans), std::move(spared), now);
        });
}

// Transactions that wait only for retransmissions are not waited for: what was to be said is on its way.
void Exchange::checkDrained() {
    assertOnLoop();
    const bool late = loop_.clock().now() >= drainUntil_;
    if (late || (transactions_.unanswered() == 0 && edge_.drained())) return onDrained_();
    if (transactions_.unanswered() == 0) edge_.drain();
    drainTimer_.start(kDrainStep);
}

}  // namespace beffroi::app
