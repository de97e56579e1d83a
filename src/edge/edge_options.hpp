// SPDX-License-Identifier: AGPL-3.0-or-later
//
// What an administrator may set of the sockets and of name resolution, and what it means to the edge.
#pragma once

#include "config/schema.hpp"
#include "config/settings.hpp"
#include "edge/edge.hpp"
#include "edge/listen_address.hpp"
#include "edge/resolver.hpp"

#include <chrono>
#include <string>
#include <vector>

namespace beffroi::edge {

inline constexpr config::Option<std::vector<std::string>> kListen{
    .key = "edge.listen",
    .fallback = "udp:0.0.0.0:5060, tcp:0.0.0.0:5060",
    .bounds = {1, 32},
    .reload = config::Reload::Restart,
    .since = "0.1",
    .help =
        "Where phones reach the exchange, each as \"udp:ADDRESS:PORT\", \"tcp:ADDRESS:PORT\" or \"tls:ADDRESS:PORT\" "
        "(needs tls.certificates); IPv6 addresses in brackets; port 0: the kernel chooses.",
    .check = [](const std::vector<std::string>& addresses) -> std::string {
        for (const auto& address : addresses) {
            if (auto complaint = complaintAboutListenAddress(address); !complaint.empty()) return complaint;
        }
        return {};
    },
};

inline constexpr auto kCheckAdvertised = [](const std::string& text) -> std::string {
    const auto address = SocketAddress::parse(text, 0);
    if (address && address->isWildcard()) return "is the wildcard address, at which no phone can reach anybody";
    return text.empty() || address ? "" : "must be an address or empty";
};

inline constexpr config::Option<std::string> kAdvertiseV4{
    .key = "edge.advertise-v4",
    .fallback = "",
    .bounds = {0, 64},
    .reload = config::Reload::Restart,
    .since = "0.1",
    .help = "The IPv4 address that phones see of the exchange when a router translates it; empty: its own.",
    .check = kCheckAdvertised,
};

inline constexpr config::Option<std::string> kAdvertiseV6{
    .key = "edge.advertise-v6",
    .fallback = "",
    .bounds = {0, 64},
    .reload = config::Reload::Restart,
    .since = "0.1",
    .help = "The same for IPv6.",
    .check = kCheckAdvertised,
};

inline constexpr config::Option<config::Bytes> kLongestDatagram{
    .key = "edge.longest-datagram",
    .fallback = config::Bytes{8192},
    .bounds = {config::Bytes{1500}, config::Bytes{65507}},
    .reload = config::Reload::Restart,
    .since = "0.1",
    .help = "A longer datagram is dropped.",
};

inline constexpr config::Option<unsigned> kConnections{
    .key = "edge.connections",
    .fallback = 4096,
    .bounds = {1, 65536},
    .reload = config::Reload::Restart,
    .since = "0.1",
    .help =
        "Connections open at a time, TCP and TLS. Where there are too many, the oldest on which nobody has proven who "
        "they "
        "are gives way to the next. Fewer if the process may not have so many descriptors.",
};

inline constexpr config::Option<unsigned> kConnectionsPerAddress{
    .key = "edge.connections-per-address",
    .fallback = 1024,
    .bounds = {1, 65536},
    .reload = config::Reload::Restart,
    .since = "0.1",
    .help =
        "Of them, those of one remote address, or of one IPv6 network of 64 bits: a site behind one router needs one "
        "for "
        "each phone.",
};

inline constexpr config::Option<std::chrono::seconds> kFirstMessage{
    .key = "edge.first-message",
    .fallback = std::chrono::seconds{10},
    .bounds = {std::chrono::seconds{1}, std::chrono::seconds{300}},
    .reload = config::Reload::Restart,
    .since = "0.1",
    .help = "A connection on which nothing whole has arrived for so long after it was opened is closed.",
};

inline constexpr config::Option<std::chrono::seconds> kHandshake{
    .key = "edge.handshake",
    .fallback = std::chrono::seconds{10},
    .bounds = {std::chrono::seconds{1}, std::chrono::seconds{300}},
    .reload = config::Reload::Restart,
    .since = "0.1",
    .help = "A TLS connection that is not up so long after it was accepted is closed.",
};

inline constexpr config::Option<std::chrono::seconds> kProof{
    .key = "edge.proof",
    .fallback = std::chrono::seconds{60},
    .bounds = {std::chrono::seconds{5}, std::chrono::seconds{3600}},
    .reload = config::Reload::Restart,
    .since = "0.1",
    .help =
        "A connection on which nobody has proven who they are, by a password or certificate, so long after it was "
        "opened is closed.",
};

inline constexpr config::Option<config::Bytes> kQueues{
    .key = "edge.queues",
    .fallback = config::operator""_MiB(64),
    .bounds = {config::operator""_MiB(1), config::operator""_MiB(4096)},
    .reload = config::Reload::Restart,
    .since = "0.1",
    .help =
        "What all connections together may keep waiting: messages that are not whole yet, and what slow readers have "
        "not taken. A quarter of it is for those who have not proven who they are.",
};

inline constexpr config::Option<std::chrono::seconds> kIdle{
    .key = "edge.idle",
    .fallback = std::chrono::seconds{3600},
    .bounds = {std::chrono::seconds{60}, std::chrono::seconds{86400}},
    .reload = config::Reload::Restart,
    .since = "0.1",
    .help = "A connection on which nothing has come or gone for so long, keep-alives included, is closed.",
};

inline constexpr config::Option<std::string> kDnsServers{
    .key = "edge.dns-servers",
    .fallback = "",
    .bounds = {0, 256},
    .reload = config::Reload::Restart,
    .since = "0.1",
    .help = "Name servers, \"192.0.2.53:53,192.0.2.54\"; empty: those of the system.",
    .check = complaintAboutNameServers,
};

void addOptions(config::Schema& schema);

/// Throws config::ConfigError for values that do not fit together.
[[nodiscard]] EdgeSettings edgeSettings(const config::Settings& settings);
[[nodiscard]] ResolverSettings resolverSettings(const config::Settings& settings);

}  // namespace beffroi::edge
