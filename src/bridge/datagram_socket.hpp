// SPDX-License-Identifier: AGPL-3.0-or-later
//
// The few system calls that RTP needs, on plain UDP sockets.
// Thread: any, one at a time for a socket.
#pragma once

#include "beffroi/socket_address.hpp"
#include "bridge/mediastreamer.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>

namespace beffroi::bridge {

/// A non-blocking socket bound to `local` alone, marked as voice for the network (DSCP EF); -1 with errno if there is
/// none.
[[nodiscard]] int openDatagramSocket(const SocketAddress& local) noexcept;
void closeSocket(int socket) noexcept;

/// The size of the next datagram, 0 of an empty one; nothing if there is none now. Longer ones are cut to `into` and
/// count as malformed later.
[[nodiscard]] std::optional<std::size_t> receiveDatagram(int socket, std::span<std::uint8_t> into,
                                                         SocketAddress& from) noexcept;

/// Sends a message with all its fragments. What the network does not take is lost, as any packet may be: the size is
/// returned in any case.
int sendDatagram(int socket, const mblk_t* message, const SocketAddress& to) noexcept;

}  // namespace beffroi::bridge
