// SPDX-License-Identifier: AGPL-3.0-or-later
//
// Which addresses are this machine's, and from which of them the kernel would send to a peer: what a listener on a
// wildcard address writes into Via and Record-Route.
// Thread: loop.
#pragma once

#include "beffroi/socket_address.hpp"

#include <unordered_map>
#include <unordered_set>

namespace beffroi::edge {

class LocalAddresses {
public:
    /// Reads the interfaces' addresses once.
    LocalAddresses();

    /// True for an address of an interface, whatever its port.
    [[nodiscard]] bool has(const SocketAddress& address) const;

    /// The source address towards `remote`, with `port`; remembered. The reference lives as long as this object.
    [[nodiscard]] const SocketAddress& towards(const SocketAddress& remote, std::uint16_t port);

private:
    std::unordered_set<SocketAddress> own_;                          // port 0
    std::unordered_map<SocketAddress, SocketAddress> byRemoteHost_;  // remote host and our port → our address
    std::unordered_set<SocketAddress> interned_;
};

}  // namespace beffroi::edge
