// SPDX-License-Identifier: AGPL-3.0-or-later
#include "guard/bans.hpp"

#include <algorithm>
#include <utility>

namespace beffroi::guard {
namespace {

constexpr Clock::Duration kSweepEvery = 1s;

}  // namespace

Bans::Bans(Scheduler& scheduler, BanStore& store, SecurityEvents& events, std::size_t most)
    : clock_{scheduler.clock()}, store_{store}, events_{events}, list_{most}, sweepTimer_{scheduler, [this] {
                                                                                              sweep();
                                                                                          }} {
    sweepTimer_.start(kSweepEvery);
}

void Bans::restore(std::vector<Ban> kept) {
    for (auto& ban : kept) static_cast<void>(list_.add(std::move(ban)));
    sweep();
}

void Bans::impose(const Ban& ban) {
    store_.commit({ban}, {}, nullptr);
    static_cast<void>(enforce(ban));
}

void Bans::add(Ban ban, std::function<void(bool)> done) {
    store_.commit({ban}, {}, [this, ban, done = std::move(done)](bool durable) {
        assertOnLoop();
        done(durable && enforce(ban));
    });
}

bool Bans::enforce(const Ban& ban) {
    auto gone = list_.add(ban);
    const bool hasRoom = std::none_of(gone.begin(), gone.end(), [&ban](const Ban& other) {
        return other.range == ban.range && other.account == ban.account;
    });
    if (!gone.empty()) store_.commit({}, std::move(gone), nullptr);
    if (hasRoom) {
        report(SecurityEvent::Kind::Banned, ban, ban.reason);
        changed();
    }
    return hasRoom;
}

void Bans::remove(const AddressRange& range, std::function<void(std::optional<std::size_t>)> done) {
    auto removed = list_.remove(range);
    if (removed.empty()) return done(0);
    changed();
    store_.commit({}, removed, [this, removed, done = std::move(done)](bool durable) {
        assertOnLoop();
        for (const auto& ban : removed) {
            if (durable) report(SecurityEvent::Kind::Unbanned, ban, "by an administrator");
            if (!durable) static_cast<void>(list_.add(ban));
        }
        if (durable) return done(removed.size());
        changed();
        done(std::nullopt);
    });
}

void Bans::sweep() {
    assertOnLoop();
    sweepTimer_.start(kSweepEvery);
    auto ended = list_.expire(clock_.wallNow());
    if (ended.empty()) return;
    for (const auto& ban : ended) report(SecurityEvent::Kind::Unbanned, ban, "its time is over");
    store_.commit({}, std::move(ended), nullptr);
    changed();
}

void Bans::report(SecurityEvent::Kind kind, const Ban& ban, std::string_view reason) {
    SecurityEvent event;
    event.kind = kind;
    event.source = ban.range.network();
    event.range = ban.range;
    event.account = ban.account;
    event.reason = reason;
    events_.report(event);
}

void Bans::changed() {
    if (onChange_) onChange_();
}

}  // namespace beffroi::guard
