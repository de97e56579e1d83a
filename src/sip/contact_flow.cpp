// SPDX-License-Identifier: AGPL-3.0-or-later
#include "sip/contact_flow.hpp"

namespace beffroi::sip {

std::optional<Flow> flowTowards(const Flow& source, const UriView& contact) {
    constexpr std::uint16_t kDefaultPort = 5060;
    if (isReliable(source.transport) || !contact.isSip()) return source;
    const auto address = SocketAddress::parse(contact.host, contact.port != 0 ? contact.port : kDefaultPort);
    if (!address || !address->sameHost(source.remote)) return source;
    if (const auto transport = contact.params.find("transport"); transport && !equalsIgnoreCase(*transport, "udp")) {
        return std::nullopt;
    }
    auto flow = source;
    flow.remote = *address;
    return flow;
}

}  // namespace beffroi::sip
