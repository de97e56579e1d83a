// SPDX-License-Identifier: AGPL-3.0-or-later
//
// What edge.listen says: a transport and an address, such as "udp:0.0.0.0:5060" or "tls:[::]:5061".
// Thread: any.
#pragma once

#include "beffroi/flow.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace beffroi::edge {

struct ListenAddress {
    Transport transport = Transport::Udp;
    SocketAddress address;  // port 0: the kernel chooses

    friend bool operator==(const ListenAddress&, const ListenAddress&) = default;
    /// As it is written in the configuration.
    [[nodiscard]] std::string toString() const;
};

/// Nothing if it is not of that form; complaintAboutListenAddress() says why.
[[nodiscard]] std::optional<ListenAddress> parseListenAddress(std::string_view text);

/// What is wrong with it, for whoever wrote it; empty if nothing is.
[[nodiscard]] std::string complaintAboutListenAddress(std::string_view text);

}  // namespace beffroi::edge
