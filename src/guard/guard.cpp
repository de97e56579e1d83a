// SPDX-License-Identifier: AGPL-3.0-or-later
#include "guard/guard.hpp"

#include <algorithm>
#include <utility>

namespace beffroi::guard {
namespace {

// Seconds' worth of messages that may come at once. A host: a site behind one router after a power cut.
constexpr double kPhoneBurst = 4;
constexpr double kHostBurst = 10;
constexpr double kStrangersBurst = 2;
constexpr double kAccountBurst = 5;
// Trusted networks by datagrams, in budgets of all strangers: more than a town sends, less than would keep the loop
// busy.
constexpr double kTrustedShare = 5;

// TLS connections of one host. At once: a site whose telephones all come back, some of them twice.
constexpr double kHandshakes = 20;  // a second
constexpr double kHandshakeBurst = 600;
constexpr double kHomeHandshakes = 100;  // where telephones live that we know
constexpr double kHomeHandshakeBurst = 2000;

// Answers to STUN. Of a host: telephones that ask every half minute and are not registered yet.
constexpr double kProbes = 10;  // a second
constexpr double kProbeBurst = 100;
constexpr double kAllProbes = 1000;  // of strangers together
constexpr double kPhoneProbes = 5;   // of one telephone: it asks a few times more if an answer gets lost

constexpr std::size_t kLongestAccount = 64;  // of a plan

constexpr Clock::Duration kKnownAtLeast = 10min;     // after an answer to a challenge
constexpr Clock::Duration kAfterRegistration = 60s;  // a telephone that renews late is no stranger
constexpr Clock::Duration kSweepEvery = 1s;

// Strangers get all of their budget while the loop is busy for no more than so much of its time, and then less.
constexpr Clock::Duration kMeasureEvery = 100ms;
constexpr double kAtEase = 0.70;
constexpr double kAtLimit = 0.95;
constexpr double kLeastShare = 0.15;

constexpr int kSoonest = 5;  // seconds
constexpr int kSpread = 26;

bool isRequest(std::string_view bytes) noexcept { return !bytes.starts_with("SIP/") && !bytes.starts_with("ACK "); }

}  // namespace

Guard::Guard(Scheduler& scheduler, Bans& bans, SecurityEvents& events, const SourceHash& hash, GuardSettings settings,
             Busy busy)
    : clock_{scheduler.clock()},
      bans_{bans},
      events_{events},
      hash_{hash},
      settings_{std::move(settings)},
      busy_{std::move(busy)},
      marks_{settings_.scanners},
      evidence_{settings_.rules, hash},
      known_{
          {}, Rate{settings_.phoneMessages, settings_.phoneMessages * kPhoneBurst}, Rate{kPhoneProbes, kPhoneProbes}},
      sweepTimer_{scheduler, [this] { sweep(); }},
      hostRate_{settings_.hostMessages, settings_.hostMessages * kHostBurst},
      strangersRate_{settings_.strangersMessages, settings_.strangersMessages * kStrangersBurst},
      refusalRate_{settings_.refusals, settings_.refusals},
      accountRate_{std::max(settings_.accountRequests, 1.0), std::max(settings_.accountRequests, 1.0) * kAccountBurst},
      trustedRate_{settings_.strangersMessages * kTrustedShare,
                   settings_.strangersMessages * kTrustedShare * kStrangersBurst},
      measuredAt_{clock_.now()},
      busyThen_{busy_()} {
    sweepTimer_.start(kSweepEvery);
}

Guard::Entry Guard::admit(const Flow& flow, std::string_view bytes) {
    const auto now = clock_.now();
    if (flow.remote == settings_.bridge) {
        ++counters_.known;
        return Entry::Admitted;
    }
    if (trusts(flow.remote)) return admitTrusted(flow, bytes, now);
    switch (known_.take(flow, now)) {
        case KnownFlows::Budget::Within: ++counters_.known; return Entry::Admitted;
        case KnownFlows::Budget::Over:
            return refuse(flow, bytes, budgetsOf(flow).knownRefusals, "too much by one telephone");
        case KnownFlows::Budget::Unknown: break;
    }
    return admitStranger(flow, bytes, now);
}

// Whoever guesses which networks are trusted can send datagrams in their name, but not from the loopback: those have a
// limit. Telephones that are known do not share it, until they have used up their own.
Guard::Entry Guard::admitTrusted(const Flow& flow, std::string_view bytes, Clock::TimePoint now) {
    const auto known = known_.take(flow, now);
    const bool limited = !isReliable(flow.transport) && !flow.remote.isLoopback();
    if (limited && known != KnownFlows::Budget::Within && !trusted_.take(now, trustedRate_)) {
        return refuse(flow, bytes, trustedRefusals_, "too much in the name of trusted networks");
    }
    if (known == KnownFlows::Budget::Unknown && isScanner(flow, bytes)) return Entry::Dropped;
    ++counters_.known;
    return Entry::Admitted;
}

Guard::Entry Guard::admitStranger(const Flow& flow, std::string_view bytes, Clock::TimePoint now) {
    if (bans_.list().covers(flow.remote)) {
        ++counters_.banned;
        report(SecurityEvent::Kind::AclFailed, flow, "banned");
        return Entry::Dropped;
    }
    if (!hasBudget(flow, now)) return refuse(flow, bytes, budgetsOf(flow).refusals, "too much by strangers");
    if (isScanner(flow, bytes)) return Entry::Dropped;
    ++counters_.strangers;
    return Entry::Admitted;
}

// Behind an address where telephones live that we know, a new flow is likely one of them: it does not have to compete
// with the rest of the world.
bool Guard::hasBudget(const Flow& flow, Clock::TimePoint now) {
    auto& budgets = budgetsOf(flow);
    if (!budgets.hosts.at(hash_.ofHost(flow.remote)).take(now, hostRate_)) return false;
    if (known_.isHome(flow.remote)) return true;
    measureLoad(now);
    return budgets.strangers.take(now, strangersRate_);
}

void Guard::measureLoad(Clock::TimePoint now) {
    const auto passed = now - measuredAt_;
    if (passed < kMeasureEvery) return;
    const auto busy = busy_();
    const double load = static_cast<double>((busy - busyThen_).count()) / static_cast<double>(passed.count());
    measuredAt_ = now;
    busyThen_ = busy;
    const double share = std::clamp((kAtLimit - load) / (kAtLimit - kAtEase), kLeastShare, 1.0);
    const double messages = settings_.strangersMessages * share;
    strangersRate_ = Rate{messages, messages * kStrangersBurst};
    if (share < 1.0) report(SecurityEvent::Kind::LoadLimit, Flow{}, "the loop is busy: strangers have to wait");
}

Guard::Entry Guard::refuse(const Flow& flow, std::string_view bytes, TokenBucket& refusals, std::string_view reason) {
    report(SecurityEvent::Kind::RateLimited, flow, reason);
    if (isRequest(bytes) && refusals.take(clock_.now(), refusalRate_)) {
        ++counters_.turnedAway;
        return Entry::TurnedAway;
    }
    ++counters_.overLimit;
    return Entry::Dropped;
}

bool Guard::isScanner(const Flow& flow, std::string_view bytes) {
    const auto mark = marks_.in(bytes);
    if (mark.empty()) return false;
    ++counters_.scanners;
    report(SecurityEvent::Kind::Scanner, flow, mark);
    if (isReliable(flow.transport)) punish(flow, {}, evidence_.scanner());
    return true;
}

bool Guard::admitsConnection(Transport transport, const SocketAddress& remote) {
    if (trusts(remote)) return true;
    const bool isBanned = bans_.list().covers(remote);
    if (!isBanned && (transport != Transport::Tls || hasHandshakeLeft(remote))) return true;
    ++counters_.connectionsClosed;
    const Flow flow{transport, 0, 0, remote};
    if (isBanned) {
        report(SecurityEvent::Kind::AclFailed, flow, "banned");
    } else {
        report(SecurityEvent::Kind::RateLimited, flow, "too many connections by TLS");
    }
    return false;
}

// A signature of ours for each: dearer than many messages.
bool Guard::hasHandshakeLeft(const SocketAddress& remote) {
    const Rate rate =
        known_.isHome(remote) ? Rate{kHomeHandshakes, kHomeHandshakeBurst} : Rate{kHandshakes, kHandshakeBurst};
    return handshakes_.at(hash_.ofHost(remote)).take(clock_.now(), rate);
}

bool Guard::admitsProbe(const Flow& flow) {
    if (const auto known = known_.takeProbe(flow, clock_.now()); known != KnownFlows::Budget::Unknown) {
        return known == KnownFlows::Budget::Within;
    }
    if (!trusts(flow.remote) && bans_.list().covers(flow.remote)) {
        ++counters_.banned;
        report(SecurityEvent::Kind::AclFailed, flow, "banned");
        return false;
    }
    if (hasProbeLeft(flow)) return true;
    ++counters_.overLimit;
    report(SecurityEvent::Kind::RateLimited, flow, "too much STUN by strangers");
    return false;
}

// As for requests, trusted networks and homes of telephones do not compete with the world; but each sender may be
// forged, so that every host has its limit. Nobody forges the loopback.
bool Guard::hasProbeLeft(const Flow& flow) {
    const Rate all{kAllProbes, kAllProbes};
    const auto now = clock_.now();
    if (trusts(flow.remote)) return flow.remote.isLoopback() || trustedProbes_.take(now, all);
    if (!probes_.at(hash_.ofHost(flow.remote)).take(now, Rate{kProbes, kProbeBurst})) return false;
    return known_.isHome(flow.remote) || strangersProbes_.take(now, all);
}

int Guard::retryAfter(const Flow& flow) noexcept { return kSoonest + static_cast<int>(flow.hash() % kSpread); }

bool Guard::verifies(const Flow& flow, std::string_view account) const {
    return !bans_.list().covers(flow.remote, account) || known_.isOf(flow, account, clock_.now());
}

bool Guard::admitsRequest(const Flow& flow, const std::string& account) {
    if (settings_.accountRequests <= 0 || trusts(flow.remote)) return true;
    if (accounts_[account].take(clock_.now(), accountRate_)) return true;
    ++counters_.accountsOverLimit;
    report(SecurityEvent::Kind::RateLimited, flow, "too many requests of one account", account);
    return false;
}

void Guard::authenticated(const Flow& flow, const std::string& account) {
    evidence_.rightAnswer(flow.remote, account);
    known_.know(flow, account, clock_.now() + kKnownAtLeast);
}

void Guard::registered(const Flow& flow, const std::string& account, Clock::TimePoint until) {
    known_.know(flow, account, until + kAfterRegistration);
}

void Guard::wrongAnswer(const Flow& flow, std::string_view account, bool proven) {
    if (!proven && !isReliable(flow.transport)) return;
    // A name that no plan has needs no bar of its own, and nobody chooses what we keep: it counts against the host.
    const bool barred = account.size() > kLongestAccount || bans_.list().covers(flow.remote, account);
    const auto already = barred ? Evidence::Already::Banned : Evidence::Already::Free;
    const bool home = known_.isHome(flow.remote);
    punish(flow, account, evidence_.wrongAnswer(flow.remote, account, already, home, clock_.now()));
}

void Guard::misdeed(const Flow& flow) {
    if (!isReliable(flow.transport) || trusts(flow.remote) || known_.knows(flow, clock_.now())) return;
    punish(flow, {}, evidence_.misdeed(flow.remote, known_.isHome(flow.remote), clock_.now()));
}

void Guard::punish(const Flow& flow, std::string_view account, const Evidence::Sentence& sentence) {
    const auto since = clock_.wallNow();
    const auto until = [since](Clock::Duration time) {
        return since + std::chrono::duration_cast<Clock::WallTime::duration>(time);
    };
    const auto range = AddressRange::site(flow.remote);
    if (sentence.account) {
        bans_.impose({range, std::string{account}, since, until(*sentence.account), "wrong passwords", {}});
    }
    if (!sentence.host || trusts(flow.remote)) return;
    evidence_.forgive(flow.remote);  // the ban pays for it
    if (bans_.list().covers(flow.remote)) return;
    bans_.impose({range, {}, since, until(*sentence.host), std::string{sentence.reason}, {}});
}

// A datagram that was refused says nothing certain about its flow; a connection that closed is gone.
void Guard::flowFailed(const Flow& flow) {
    if (isReliable(flow.transport)) known_.forget(flow);
}

void Guard::keepOnly(const DirectorySnapshot& directory) {
    const auto exists = [&directory](const std::string& account) { return directory.device(account) != nullptr; };
    known_.keepOnly(exists);
    std::erase_if(accounts_, [&exists](const auto& entry) { return !exists(entry.first); });
}

bool Guard::trusts(const SocketAddress& address) const noexcept {
    const auto contains = [&address](const AddressRange& range) { return range.contains(address); };
    return std::any_of(settings_.trusted.begin(), settings_.trusted.end(), contains) ||
           std::any_of(peers_.begin(), peers_.end(), contains);
}

bool Guard::trusts(const AddressRange& range) const noexcept {
    const auto contains = [&range](const AddressRange& trusted) { return trusted.contains(range); };
    return std::any_of(settings_.trusted.begin(), settings_.trusted.end(), contains) ||
           std::any_of(peers_.begin(), peers_.end(), contains);
}

std::vector<AddressRange> Guard::spared() const {
    auto list = known_.homes();
    list.insert(list.end(), settings_.trusted.begin(), settings_.trusted.end());
    list.insert(list.end(), peers_.begin(), peers_.end());
    return list;
}

void Guard::report(SecurityEvent::Kind kind, const Flow& flow, std::string_view reason, std::string_view account) {
    SecurityEvent event;
    event.kind = kind;
    event.source = flow.remote;
    event.transport = flow.transport;
    event.account = account;
    event.reason = reason;
    events_.report(event);
}

void Guard::sweep() {
    known_.sweep(clock_.now());
    sweepTimer_.start(kSweepEvery);
}

}  // namespace beffroi::guard
