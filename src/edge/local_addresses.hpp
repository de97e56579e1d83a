// SPDX-License-Identifier: AGPL-3.0-or-later
//
// Which addresses are this machine's, and from which of them the kernel would send to a peer: what a listener on a
// wildcard address writes into Via and Record-Route.
// Thread: loop.
#pragma once

#include "beffroi/clock.hpp"
#include "beffroi/socket_address.hpp"

#include <cstddef>
#include <unordered_map>
#include <unordered_set>

namespace beffroi::edge {

class LocalAddresses {
public:
    /// Reads the interfaces' addresses once. `remembered`: how many peers' source addresses are kept.
    explicit LocalAddresses(const Clock& clock, std::size_t remembered = 16 * 1024);

    /// True for an address of an interface or of loopback, whatever its port; an IPv6 zone is not compared.
    [[nodiscard]] bool has(const SocketAddress& address) const;

    /// The source address towards `remote`, with `port`. Asked of the kernel, then remembered for a minute, so that a
    /// changed route is noticed. Never a wildcard. The reference lives as long as this object.
    [[nodiscard]] const SocketAddress& towards(const SocketAddress& remote, std::uint16_t port);

private:
    [[nodiscard]] SocketAddress fallback(const SocketAddress& remote) const;

    const Clock& clock_;
    std::size_t limit_;
    std::unordered_set<SocketAddress> own_;  // port 0, with their zones and without
    SocketAddress anyV4_;                    // of an interface, should the kernel have no route
    SocketAddress anyV6_;
    std::unordered_map<SocketAddress, const SocketAddress*> byRemoteHost_;  // remote host and our port → in interned_
    std::unordered_set<SocketAddress> interned_;                            // grows with our addresses, not with peers
    Clock::TimePoint forgetAt_;
};

}  // namespace beffroi::edge
