// SPDX-License-Identifier: AGPL-3.0-or-later
//
// A flow (RFC 5626 §2): the way on which a peer's bytes reached us and on which ours reach it. A value: for UDP it is
// the pair of addresses, for TCP and TLS the connection, named by a number that is never used twice in a process.
#pragma once

#include "beffroi/socket_address.hpp"

#include <cstdint>
#include <functional>
#include <string_view>

namespace beffroi {

enum class Transport : std::uint8_t { Udp, Tcp, Tls };

/// "UDP", "TCP", "TLS": as in a Via header.
[[nodiscard]] constexpr std::string_view toString(Transport transport) noexcept {
    switch (transport) {
        case Transport::Udp: return "UDP";
        case Transport::Tcp: return "TCP";
        case Transport::Tls: return "TLS";
    }
    return "";
}
[[nodiscard]] constexpr bool isReliable(Transport transport) noexcept { return transport != Transport::Udp; }

struct Flow {
    Transport transport = Transport::Udp;
    std::uint16_t listener = 0;    // which of our listening sockets, in configuration order
    std::uint64_t connection = 0;  // 0 for UDP
    SocketAddress remote;

    friend bool operator==(const Flow&, const Flow&) = default;
    [[nodiscard]] std::size_t hash() const noexcept {
        return remote.hash() ^ (connection * 0x9e3779b97f4a7c15ULL) ^ (std::size_t{listener} << 2U) ^
               static_cast<std::size_t>(transport);
    }
};

}  // namespace beffroi

template <>
struct std::hash<beffroi::Flow> {
    std::size_t operator()(const beffroi::Flow& flow) const noexcept { return flow.hash(); }
};
