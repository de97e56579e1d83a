// SPDX-License-Identifier: AGPL-3.0-or-later
#include "guard/evidence.hpp"

#include <algorithm>

namespace beffroi::guard {
namespace {

constexpr Clock::Duration kRemembered = 24h;  // how long a ban makes the next one longer
constexpr unsigned kMostDoublings = 16;

}  // namespace

std::uint64_t Evidence::pairKey(const SocketAddress& host, std::string_view account) const noexcept {
    return hash_.ofHost(host, hash_.ofText(account));
}

Evidence::Host& Evidence::current(const SocketAddress& host, Clock::TimePoint now) {
    auto& entry = hosts_.at(hash_.ofHost(host));
    if (now - entry.since > rules_.window) {
        entry = Host{};
        entry.since = now;
    }
    entry.site = host.network();
    return entry;
}

std::optional<Clock::Duration> Evidence::countFor(Account& account, Clock::TimePoint now) const {
    if (now - account.since > rules_.window) {
        account.since = now;
        account.answers = 0;
    }
    if (++account.answers < rules_.answers) return std::nullopt;
    if (now - account.bannedAt > kRemembered) account.bans = 0;
    const auto time = rules_.accountBan * (std::int64_t{1} << std::min(account.bans, kMostDoublings));
    account.answers = 0;
    account.bannedAt = now;
    ++account.bans;
    return std::min<Clock::Duration>(time, rules_.longestBan);
}

Evidence::Sentence Evidence::wrongAnswer(const SocketAddress& host, std::string_view account, Already already,
                                         bool home, Clock::TimePoint now) {
    Sentence sentence;
    if (already == Already::Free) {
        auto& own = accounts_.at(pairKey(host, account));
        own.site = host.network();
        sentence.account = countFor(own, now);
    }

    auto& all = current(host, now);
    ++all.answers;
    const auto name = static_cast<std::uint32_t>(hash_.ofText(account));
    auto* const end = all.names.data() + all.accounts;
    const bool isNew = std::find(all.names.data(), end, name) == end;
    if (isNew && all.accounts < all.names.size()) all.names[all.accounts++] = name;
    const unsigned times = home ? kPatience : 1;
    if (all.accounts >= std::min(rules_.hostAccounts * times, kMostAccounts)) {
        sentence.host = rules_.hostBan;
        sentence.reason = "wrong passwords for many accounts";
    } else if (all.answers >= rules_.hostAnswers * times) {
        sentence.host = rules_.hostBan;
        sentence.reason = "many wrong passwords";
    }
    return sentence;
}

void Evidence::rightAnswer(const SocketAddress& host, std::string_view account) {
    accounts_.erase(pairKey(host, account));
}

void Evidence::pardon(const AddressRange& range) {
    const auto site = AddressRange::site(range.network());
    const auto whole = range.isOneAddress() ? site : range;
    const auto isWithin = [&whole](const auto& entry) { return whole.contains(entry.site); };
    hosts_.eraseIf(isWithin);
    accounts_.eraseIf(isWithin);
}

Evidence::Sentence Evidence::misdeed(const SocketAddress& host, bool home, Clock::TimePoint now) {
    auto& all = current(host, now);
    ++all.misdeeds;
    if (all.misdeeds < rules_.hostMisdeeds * (home ? kPatience : 1)) return {};
    return {std::nullopt, rules_.hostBan, "messages that no telephone sends"};
}

}  // namespace beffroi::guard
