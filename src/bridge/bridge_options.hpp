// SPDX-License-Identifier: AGPL-3.0-or-later
//
// What an administrator may set of the bridge. The exchange reads bridge.sip-address too: there it calls.
#pragma once

#include "beffroi/socket_address.hpp"
#include "bridge/port_pool.hpp"
#include "config/option.hpp"

#include <chrono>
#include <string>
#include <vector>

namespace beffroi::bridge {

inline constexpr config::Option<std::string> kSipAddress{
    .key = "bridge.sip-address",
    .fallback = "127.0.0.1:5070",
    .bounds = {1, 64},
    .reload = config::Reload::Restart,
    .since = "0.1",
    .help = "Where the bridge listens for the exchange's calls, by UDP: an address of this machine only.",
    .check = [](const std::string& text) -> std::string {
        const auto address = SocketAddress::parseWithPort(text);
        if (!address || address->port() == 0) return "must be an address and a port, such as \"127.0.0.1:5070\"";
        return address->isLoopback() ? "" : "must be a loopback address";
    },
};

inline constexpr config::Option<std::vector<std::string>> kExchange{
    .key = "bridge.exchange",
    .fallback = "127.0.0.1",
    .bounds = {1, 16},
    .reload = config::Reload::Restart,
    .since = "0.1",
    .help = "The addresses whose calls the bridge takes; all others are refused.",
    .check = [](const std::vector<std::string>& addresses) -> std::string {
        for (const auto& text : addresses) {
            if (!SocketAddress::parse(text, 0)) return "must be addresses; \"" + text + "\" is none";
        }
        return {};
    },
};

inline constexpr config::Option<std::string> kMediaAddress{
    .key = "bridge.media-address",
    .fallback = "127.0.0.1",
    .bounds = {1, 64},
    .reload = config::Reload::Restart,
    .since = "0.1",
    .help = "The address of this machine to which phones send their voice. Set it to the one they can reach.",
    .check = [](const std::string& text) -> std::string {
        const auto address = SocketAddress::parse(text, 0);
        if (!address) return "must be an address, such as \"192.0.2.10\"";
        return address->isWildcard() ? "must be the one address that phones reach, not all of them" : "";
    },
};

inline constexpr config::Option<std::string> kMediaPorts{
    .key = "bridge.media-ports",
    .fallback = "20000-29999",
    .bounds = {1, 16},
    .reload = config::Reload::Restart,
    .since = "0.1",
    .help = "The range of UDP ports for voice, two for each member of a room: \"first-last\".",
    .check = [](const std::string& text) -> std::string {
        return parsePortRange(text) ? "" : "must be a range of ports from 1024 on, such as \"20000-29999\"";
    },
};

inline constexpr config::Option<unsigned> kMediaThreads{
    .key = "bridge.media-threads",
    .fallback = 2,
    .bounds = {1, 64},
    .reload = config::Reload::Restart,
    .since = "0.1",
    .help = "Threads that mix. A room lives on one of them.",
};

inline constexpr config::Option<std::string> kPrompts{
    .key = "bridge.prompts",
    .fallback = "/usr/share/beffroi/prompts/fr",
    .bounds = {0, 255},
    .reload = config::Reload::Restart,
    .since = "0.1",
    .help =
        "The folder of recorded prompts: WAV files of one channel, 16 bits and 16000 Hz. A prompt without its file "
        "is not played; empty: none is.",
};

inline constexpr config::Option<std::chrono::seconds> kRtpTimeout{
    .key = "bridge.rtp-timeout",
    .fallback = std::chrono::seconds{60},
    .bounds = {std::chrono::seconds{5}, std::chrono::seconds{3600}},
    .reload = config::Reload::Restart,
    .since = "0.1",
    .help = "A member from whom no voice has come for so long, and who is not on hold, is taken for gone.",
};

}  // namespace beffroi::bridge
