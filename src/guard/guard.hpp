// SPDX-License-Identifier: AGPL-3.0-or-later
//
// Self-defence that does not hurt telephones. Who is known has a budget of its own and is never banned; strangers share
// what is left, each host with a limit; who is banned is not even read. Datagrams, whose senders may be forged, use up
// nothing that connections need. What decides is in the files beside this one; here is the order of the questions.
// Thread: loop.
#pragma once

#include "beffroi/admission.hpp"
#include "beffroi/directory.hpp"
#include "beffroi/scheduler.hpp"
#include "beffroi/security_event.hpp"
#include "guard/bans.hpp"
#include "guard/bounded_table.hpp"
#include "guard/evidence.hpp"
#include "guard/known_flows.hpp"
#include "guard/scanner_marks.hpp"
#include "guard/source_hash.hpp"
#include "guard/token_bucket.hpp"

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace beffroi::guard {

struct GuardSettings {
    std::vector<AddressRange> trusted;
    SocketAddress bridge;             // where the bridge listens: always let in
    double phoneMessages = 100;       // a second, of one known flow
    double hostMessages = 50;         // of one host of which we know nothing
    double strangersMessages = 2000;  // of all these together, while the loop has time, and as many by connections
    double refusals = 100;            // 503 that are sent to them; then silence
    double accountRequests = 20;      // new requests of one account; 0: as many as it likes
    Evidence::Rules rules;
    std::vector<std::string> scanners;
};

class Guard final : public Admission {
public:
    enum class Entry : std::uint8_t {
        Admitted,
        TurnedAway,  // to be answered 503, without further ado
        Dropped      // in silence
    };
    struct Counters {
        std::uint64_t known = 0;      // messages of known flows and trusted networks
        std::uint64_t strangers = 0;  // other messages that were let in
        std::uint64_t turnedAway = 0;
        std::uint64_t overLimit = 0;  // dropped
        std::uint64_t banned = 0;     // dropped
        std::uint64_t scanners = 0;   // dropped
        std::uint64_t connectionsClosed = 0;
        std::uint64_t accountsOverLimit = 0;
    };
    /// How long the loop has been busy since it started.
    using Busy = std::function<Clock::Duration()>;

    Guard(Scheduler& scheduler, Bans& bans, SecurityEvents& events, const SourceHash& hash, GuardSettings settings,
          Busy busy);

    // Before anything is read.
    [[nodiscard]] Entry admit(const Flow& flow, std::string_view bytes) BEFFROI_ON_LOOP;
    [[nodiscard]] bool admitsConnection(Transport transport, const SocketAddress& remote) BEFFROI_ON_LOOP override;
    [[nodiscard]] bool admitsProbe(const Flow& flow) BEFFROI_ON_LOOP override;
    void brokenHandshake(const Flow& flow) BEFFROI_ON_LOOP override { misdeed(flow); }
    /// Seconds for a Retry-After to this flow: not the same for all, lest they all come back at once.
    [[nodiscard]] static int retryAfter(const Flow& flow) noexcept;

    // Around authentication.
    /// False: an answer of `account` by this flow gets a new challenge, be it right or wrong, and nothing is said of
    /// it.
    [[nodiscard]] bool verifies(const Flow& flow, std::string_view account) const BEFFROI_ON_LOOP;
    /// False: one request more than the account may send now.
    [[nodiscard]] bool admitsRequest(const Flow& flow, const std::string& account) BEFFROI_ON_LOOP;
    void authenticated(const Flow& flow, const std::string& account) BEFFROI_ON_LOOP;
    /// A registration by this flow lives until then.
    void registered(const Flow& flow, const std::string& account, Clock::TimePoint until) BEFFROI_ON_LOOP;
    /// `proven`: the challenge that was answered had been sent to this very host. By a connection everything is proven.
    void wrongAnswer(const Flow& flow, std::string_view account, bool proven) BEFFROI_ON_LOOP;
    /// A message that no telephone sends: counted against strangers with a connection.
    void misdeed(const Flow& flow) BEFFROI_ON_LOOP;

    void flowFailed(const Flow& flow) BEFFROI_ON_LOOP;
    void keepOnly(const DirectorySnapshot& directory) BEFFROI_ON_LOOP;

    /// The administrator's pardon: what was counted against the hosts of this range, and their accounts, so far. It
    /// ends no ban.
    void forgive(const AddressRange& range) BEFFROI_ON_LOOP { evidence_.pardon(range); }

    /// Networks that are trusted as those of the settings are: the gateways' of the plan. They take the place of those
    /// named before.
    void setPeers(std::vector<AddressRange> peers) BEFFROI_ON_LOOP { peers_ = std::move(peers); }
    [[nodiscard]] bool trusts(const SocketAddress& address) const noexcept;
    [[nodiscard]] bool trusts(const AddressRange& range) const noexcept;
    /// Whom no ban of their address touches: trusted networks, and where telephones are that we know.
    [[nodiscard]] std::vector<AddressRange> spared() const BEFFROI_ON_LOOP;
    [[nodiscard]] const Counters& counters() const noexcept { return counters_; }
    [[nodiscard]] std::size_t knownFlows() const noexcept { return known_.size(); }

private:
    /// What may be used up, and who by.
    struct Budgets {
        BoundedTable<TokenBucket> hosts{65'536};
        TokenBucket strangers;
        TokenBucket refusals;
        TokenBucket knownRefusals;  // so that a flood of strangers does not silence us towards telephones
    };
    [[nodiscard]] Budgets& budgetsOf(const Flow& flow) noexcept {
        return isReliable(flow.transport) ? connections_ : datagrams_;
    }
    [[nodiscard]] Entry admitTrusted(const Flow& flow, std::string_view bytes, Clock::TimePoint now) BEFFROI_ON_LOOP;
    [[nodiscard]] Entry admitStranger(const Flow& flow, std::string_view bytes, Clock::TimePoint now) BEFFROI_ON_LOOP;
    [[nodiscard]] Entry refuse(const Flow& flow, std::string_view bytes, TokenBucket& refusals,
                               std::string_view reason) BEFFROI_ON_LOOP;
    [[nodiscard]] bool hasBudget(const Flow& flow, Clock::TimePoint now) BEFFROI_ON_LOOP;
    [[nodiscard]] bool isScanner(const Flow& flow, std::string_view bytes) BEFFROI_ON_LOOP;
    [[nodiscard]] bool hasProbeLeft(const Flow& flow) BEFFROI_ON_LOOP;
    [[nodiscard]] bool hasHandshakeLeft(const SocketAddress& remote) BEFFROI_ON_LOOP;
    void measureLoad(Clock::TimePoint now) BEFFROI_ON_LOOP;
    void punish(const Flow& flow, std::string_view account, const Evidence::Sentence& sentence) BEFFROI_ON_LOOP;
    void report(SecurityEvent::Kind kind, const Flow& flow, std::string_view reason,
                std::string_view account = {}) BEFFROI_ON_LOOP;
    void sweep();

    const Clock& clock_;
    Bans& bans_;
    SecurityEvents& events_;
    SourceHash hash_;
    GuardSettings settings_;
    std::vector<AddressRange> peers_;
    Busy busy_;
    ScannerMarks marks_;
    Evidence evidence_;
    KnownFlows known_;
    Timer sweepTimer_;

    Rate hostRate_;
    Rate strangersRate_;
    Rate refusalRate_;
    Rate accountRate_;
    Rate trustedRate_;
    Budgets datagrams_;
    Budgets connections_;
    BoundedTable<TokenBucket> handshakes_{65'536};  // of TLS, by host
    BoundedTable<TokenBucket> probes_{65'536};      // by STUN, by host
    TokenBucket strangersProbes_;
    TokenBucket trustedProbes_;
    TokenBucket trusted_;  // what says by datagrams that it comes from trusted networks
    TokenBucket trustedRefusals_;
    std::unordered_map<std::string, TokenBucket> accounts_;
    Clock::TimePoint measuredAt_;
    Clock::Duration busyThen_{};
    Counters counters_;
};

}  // namespace beffroi::guard
