// SPDX-License-Identifier: AGPL-3.0-or-later
//
// The socket calls in terms of SocketAddress: what would otherwise be a cast and a length at every place.
// Thread: any.
#pragma once

#include "beffroi/socket_address.hpp"

#include <netinet/in.h>
#include <sys/socket.h>

#include <cerrno>
#include <string>
#include <system_error>

namespace beffroi::edge {

inline void setOption(int socket, int level, int name, int value) noexcept {
    setsockopt(socket, level, name, &value, sizeof value);
}

[[nodiscard]] inline int familyOf(const SocketAddress& address) noexcept { return address.isV6() ? AF_INET6 : AF_INET; }

[[nodiscard]] inline bool bindTo(int socket, const SocketAddress& address) noexcept {
    sockaddr_storage storage{};
    const auto length = address.toSockaddr(storage);
    return bind(socket, reinterpret_cast<const sockaddr*>(&storage), length) == 0;
}

/// As connect(): 0 or -1 with errno.
[[nodiscard]] inline int connectTo(int socket, const SocketAddress& address) noexcept {
    sockaddr_storage storage{};
    const auto length = address.toSockaddr(storage);
    return connect(socket, reinterpret_cast<const sockaddr*>(&storage), length);
}

/// The address a socket is bound to; unset if the kernel does not say.
[[nodiscard]] inline SocketAddress boundAddress(int socket) {
    sockaddr_storage storage{};
    socklen_t length = sizeof storage;
    auto* address = reinterpret_cast<sockaddr*>(&storage);
    return getsockname(socket, address, &length) == 0 ? SocketAddress::from(*address) : SocketAddress{};
}

/// Why the call just made did not open a listener, to be thrown before any other call changes errno.
[[nodiscard]] inline std::system_error cannotOpen(const char* transport, const SocketAddress& address) {
    const int reason = errno;  // before toString(), which may change it
    return {reason, std::system_category(), transport + address.toString()};
}

}  // namespace beffroi::edge
