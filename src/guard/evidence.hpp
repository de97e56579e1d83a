// SPDX-License-Identifier: AGPL-3.0-or-later
//
// What speaks against a source, and when it is enough. Counted is only what the source itself has done, beyond doubt:
// a wrong answer to a challenge that was sent to it, or what came by a connection. A forged sender address brings
// nobody in here. Bounded tables; a source that is forgotten starts anew.
// Thread: loop. Time: what the caller says.
#pragma once

#include "beffroi/address_range.hpp"
#include "guard/bounded_table.hpp"
#include "guard/source_hash.hpp"
#include "guard/token_bucket.hpp"

#include <array>
#include <cstdint>
#include <optional>
#include <string_view>

namespace beffroi::guard {

class Evidence {
public:
    struct Rules {
        unsigned answers = 10;  // wrong ones of one account from one host
        Clock::Duration window = 10min;
        Clock::Duration accountBan = 10min;  // doubled by each repetition
        Clock::Duration longestBan = 1h;
        unsigned hostAccounts = 5;   // different ones with wrong answers from one host, at most kMostAccounts
        unsigned hostAnswers = 100;  // wrong ones in all
        unsigned hostMisdeeds = 20;  // messages that no telephone sends
        Clock::Duration hostBan = 1h;
    };
    static constexpr unsigned kMostAccounts = 32;
    /// A host behind which telephones live that we know has to do so many times as much to be banned.
    static constexpr unsigned kPatience = 4;

    struct Sentence {
        std::optional<Clock::Duration> account;  // of the account from this host
        std::optional<Clock::Duration> host;
        std::string_view reason;  // of the host's
    };

    Evidence(const Rules& rules, const SourceHash& hash) : rules_{rules}, hash_{hash} {}

    /// Whether the account is banned from there already: then the answer counts against the host alone.
    enum class Already : std::uint8_t { Free, Banned };

    /// A wrong answer of `account` from `host`, and how long it is banned for it, if it is. `home`: telephones that we
    /// know are behind that address.
    [[nodiscard]] Sentence wrongAnswer(const SocketAddress& host, std::string_view account, Already already, bool home,
                                       Clock::TimePoint now);
    /// The right answer: what was counted against this account from there was a mistyped password.
    void rightAnswer(const SocketAddress& host, std::string_view account);
    /// A message on a connection that no telephone sends.
    [[nodiscard]] Sentence misdeed(const SocketAddress& host, bool home, Clock::TimePoint now);
    /// A scanner that named itself on a connection.
    [[nodiscard]] Sentence scanner() const { return {std::nullopt, rules_.hostBan, "scanner"}; }
    /// The administrator's pardon: hosts within this range start anew, with the accounts from there, whose next ban is
    /// as short as the first. One address stands for its site.
    void pardon(const AddressRange& range);
    /// The host starts anew after a ban.
    void forgive(const SocketAddress& host) { hosts_.erase(hash_.ofHost(host)); }

private:
    struct Account {
        Clock::TimePoint since;
        Clock::TimePoint bannedAt;
        unsigned answers = 0;
        unsigned bans = 0;
        SocketAddress site;
    };
    struct Host {
        Clock::TimePoint since;
        unsigned answers = 0;
        unsigned misdeeds = 0;
        unsigned accounts = 0;
        std::array<std::uint32_t, kMostAccounts> names{};  // of them, hashed
        SocketAddress site;
    };
    [[nodiscard]] std::uint64_t pairKey(const SocketAddress& host, std::string_view account) const noexcept;
    [[nodiscard]] Host& current(const SocketAddress& host, Clock::TimePoint now);
    [[nodiscard]] std::optional<Clock::Duration> countFor(Account& account, Clock::TimePoint now) const;

    Rules rules_;
    SourceHash hash_;
    BoundedTable<Account> accounts_{32'768};
    BoundedTable<Host> hosts_{8'192};
};

}  // namespace beffroi::guard
