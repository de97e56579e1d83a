// SPDX-License-Identifier: AGPL-3.0-or-later
//
// What an administrator may set of the exchange's self-defence, and what it means to the guard.
#pragma once

#include "config/schema.hpp"
#include "config/settings.hpp"
#include "guard/guard.hpp"

#include <chrono>
#include <string>
#include <vector>

namespace beffroi::guard {

inline constexpr config::Option<std::vector<std::string>> kTrustedNetworks{
    .key = "guard.trusted-networks",
    .fallback = "127.0.0.0/8, ::1",
    .bounds = {0, 64},
    .reload = config::Reload::Restart,
    .since = "0.1",
    .help =
        "Networks, \"192.0.2.0/24\" or \"2001:db8::/32\", whose messages are not limited and whose addresses are never "
        "banned: the machine itself, a site of which many telephones share one address. Passwords are still guessed "
        "in vain from there: an account is barred from an address after too many wrong ones. By UDP, where anybody can "
        "send in their name, all but the loopback share five times guard.strangers-messages.",
    .check = [](const std::vector<std::string>& networks) -> std::string {
        for (const auto& network : networks) {
            if (!AddressRange::parse(network)) return "must be networks as ADDRESS/BITS; \"" + network + "\" is none";
        }
        return {};
    },
};

inline constexpr config::Option<unsigned> kPhoneMessages{
    .key = "guard.phone-messages",
    .fallback = 100,
    .bounds = {10, 100'000},
    .reload = config::Reload::Restart,
    .since = "0.1",
    .help =
        "SIP messages a second that one telephone which has shown who it is may send in the long run; four times as "
        "many at once. More are answered 503 or dropped, so that one that runs wild takes nothing from the others.",
};

inline constexpr config::Option<unsigned> kHostMessages{
    .key = "guard.host-messages",
    .fallback = 50,
    .bounds = {1, 100'000},
    .reload = config::Reload::Restart,
    .since = "0.1",
    .help =
        "SIP messages a second that one address (of IPv6: one /64 network) may send by flows of which nothing is "
        "known, in the long run; ten times as many at once: a site of some hundred telephones behind one router that "
        "come back after a power cut.",
};

inline constexpr config::Option<unsigned> kStrangersMessages{
    .key = "guard.strangers-messages",
    .fallback = 2000,
    .bounds = {10, 1'000'000},
    .reload = config::Reload::Restart,
    .since = "0.1",
    .help =
        "The same for all such addresses together, twice as many at once. It shrinks to 15 % of this while the "
        "exchange is busy. By UDP so many, and by connections so many again: forged senders use up nothing of theirs; "
        "the same is true of guard.host-messages and guard.refusals.",
};

inline constexpr config::Option<unsigned> kRefusals{
    .key = "guard.refusals",
    .fallback = 100,
    .bounds = {1, 10'000},
    .reload = config::Reload::Restart,
    .since = "0.1",
    .help =
        "Messages a second beyond these limits that are answered 503 with Retry-After. The rest is dropped in silence.",
};

inline constexpr config::Option<unsigned> kAccountRequests{
    .key = "guard.account-requests",
    .fallback = 20,
    .bounds = {0, 100'000},
    .reload = config::Reload::Restart,
    .since = "0.1",
    .help =
        "New calls, messages and registrations a second of one account in the long run, five times as many at once; "
        "more are answered 503: a stolen password is no flood. 0: no limit. Trusted networks have none.",
};

inline constexpr config::Option<unsigned> kWrongAnswers{
    .key = "guard.wrong-answers",
    .fallback = 10,
    .bounds = {2, 10'000},
    .reload = config::Reload::Restart,
    .since = "0.1",
    .help =
        "After so many wrong passwords for one account from one address within guard.window, answers for this account "
        "from this address are not verified any more for guard.account-ban: they get a new challenge each, the right "
        "one too. A telephone that is registered stays so, and the account works from everywhere else.",
};

inline constexpr config::Option<std::chrono::seconds> kWindow{
    .key = "guard.window",
    .fallback = std::chrono::seconds{600},
    .bounds = {std::chrono::seconds{1}, std::chrono::seconds{86400}},
    .reload = config::Reload::Restart,
    .since = "0.1",
    .help = "Within how long the wrong passwords and other misdeeds have to happen that lead to a ban.",
};

inline constexpr config::Option<std::chrono::seconds> kAccountBan{
    .key = "guard.account-ban",
    .fallback = std::chrono::seconds{600},
    .bounds = {std::chrono::seconds{1}, std::chrono::seconds{86400}},
    .reload = config::Reload::Restart,
    .since = "0.1",
    .help =
        "How long an account is barred from an address; twice as long each time it happens again, at most 1 h "
        "or this, whichever is longer.",
};

inline constexpr config::Option<unsigned> kHostAccounts{
    .key = "guard.host-accounts",
    .fallback = 5,
    .bounds = {2, Evidence::kMostAccounts},
    .reload = config::Reload::Restart,
    .since = "0.1",
    .help =
        "Wrong passwords for so many different accounts from one address within guard.window ban the address. Where "
        "telephones that we know are behind that address, four times as many, at most 32.",
};

inline constexpr config::Option<unsigned> kHostWrongAnswers{
    .key = "guard.host-wrong-answers",
    .fallback = 100,
    .bounds = {2, 100'000},
    .reload = config::Reload::Restart,
    .since = "0.1",
    .help = "And so do so many wrong passwords in all; four times as many where telephones that we know are.",
};

inline constexpr config::Option<std::chrono::seconds> kHostBan{
    .key = "guard.host-ban",
    .fallback = std::chrono::seconds{3600},
    .bounds = {std::chrono::seconds{1}, std::chrono::seconds{30 * 86400}},
    .reload = config::Reload::Restart,
    .since = "0.1",
    .help =
        "How long an address is banned: what comes from there is dropped unread, new connections are closed. "
        "Telephones that have shown who they are go on.",
};

inline constexpr config::Option<std::vector<std::string>> kScanners{
    .key = "guard.scanners",
    .fallback =
        "friendly-scanner, friendly-request, sipvicious, sipcli, sip-scan, sipscan, sundayddr, vaxsipuseragent, pplsip",
    .bounds = {0, 64},
    .reload = config::Reload::Restart,
    .since = "0.1",
    .help =
        "Texts in the User-Agent or From of programs that look for telephone servers to rob. Their messages are "
        "dropped; one that comes by a connection bans its address.",
};

inline constexpr config::Option<std::string> kNftablesFile{
    .key = "guard.nftables-file",
    .fallback = "",
    .bounds = {0, 4096},
    .reload = config::Reload::Restart,
    .since = "0.1",
    .help =
        "Where the bans of addresses are written as a script for nft, whenever they change; empty: nowhere. See "
        "operations.md for the unit that loads it.",
};

void addOptions(config::Schema& schema);
[[nodiscard]] GuardSettings guardSettings(const config::Settings& settings);

}  // namespace beffroi::guard
