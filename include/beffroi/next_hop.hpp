// SPDX-License-Identifier: AGPL-3.0-or-later
//
// Where to send a request whose next hop is a URI and not a flow (RFC 3263): the question and the answer. The resolver
// behind it belongs to the edge and never blocks the loop.
// Thread: loop.
#pragma once

#include "beffroi/flow.hpp"

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace beffroi {

struct NextHop {
    std::string host;                    // name or address literal, IPv6 without brackets
    std::uint16_t port = 0;              // 0: none given
    std::optional<Transport> transport;  // of the transport parameter
    bool secure = false;                 // a sips URI
};

struct Destination {
    Transport transport = Transport::Udp;
    SocketAddress address;
    friend bool operator==(const Destination&, const Destination&) = default;
};

class NextHopResolver {
public:
    /// Destroying it before the answer means that the answer is not wanted any more.
    class Lookup {
    public:
        virtual ~Lookup() = default;
    };
    using Answer = std::function<void(std::vector<Destination>)>;

    virtual ~NextHopResolver() = default;

    /// Destinations in the order in which they are to be tried; none if the name leads nowhere. The answer may come
    /// before this call returns (an address literal, a name just asked for).
    [[nodiscard]] virtual std::unique_ptr<Lookup> resolve(const NextHop& hop, Answer answer) = 0;
};

}  // namespace beffroi
