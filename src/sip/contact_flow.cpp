// SPDX-License-Identifier: AGPL-3.0-or-later
#include "sip/contact_flow.hpp"

namespace beffroi::sip {
namespace {

constexpr std::uint16_t kDefaultPort = 5060;
constexpr std::uint16_t kDefaultTlsPort = 5061;

}  // namespace

std::optional<Flow> flowTowards(const Flow& source, const UriView& contact) {
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

bool mayListenAt(const UriView& contact, const Flow& closed) {
    const auto transport = contact.params.find("transport");
    const bool tls = contact.scheme == UriView::Scheme::Sips || (transport && equalsIgnoreCase(*transport, "tls"));
    if (closed.transport == Transport::Tls && !tls) return false;
    const auto standard = tls ? kDefaultTlsPort : kDefaultPort;
    const auto address = SocketAddress::parse(contact.host, contact.port != 0 ? contact.port : standard);
    return !address || (address->sameHost(closed.remote) && address->port() != closed.remote.port());
}

}  // namespace beffroi::sip
