// SPDX-License-Identifier: AGPL-3.0-or-later
#include "edge/listen_address.hpp"

namespace beffroi::edge {

std::optional<ListenAddress> parseListenAddress(std::string_view text) {
    ListenAddress result;
    if (text.starts_with("udp:")) {
        result.transport = Transport::Udp;
    } else if (text.starts_with("tcp:")) {
        result.transport = Transport::Tcp;
    } else {
        return std::nullopt;
    }
    const auto address = SocketAddress::parseWithPort(text.substr(4));
    if (!address) return std::nullopt;
    result.address = *address;
    return result;
}

}  // namespace beffroi::edge
