// SPDX-License-Identifier: AGPL-3.0-or-later
#include "edge/edge_options.hpp"

namespace beffroi::edge {

void addOptions(config::Schema& schema) {
    schema.add(kListen).add(kAdvertiseV4).add(kAdvertiseV6).add(kLongestDatagram).add(kConnections);
    schema.add(kConnectionsPerAddress).add(kHandshake).add(kFirstMessage).add(kProof).add(kIdle).add(kQueues);
    schema.add(kDnsServers);
}

EdgeSettings edgeSettings(const config::Settings& settings) {
    EdgeSettings result;
    for (const auto& text : settings[kListen]) {
        if (const auto address = parseListenAddress(text)) result.listen.push_back(*address);
    }
    const auto advertised = [&settings](const auto& option, bool v6) {
        const auto address = SocketAddress::parse(settings[option], 0).value_or(SocketAddress{});
        if (address.isSet() && address.isV6() != v6) {
            throw settings.wrong(option, v6 ? "must be an IPv6 address" : "must be an IPv4 address");
        }
        return address;
    };
    result.advertiseV4 = advertised(kAdvertiseV4, false);
    result.advertiseV6 = advertised(kAdvertiseV6, true);
    result.udp.datagram = static_cast<std::size_t>(settings[kLongestDatagram].count);
    result.connections.total = settings[kConnections];
    result.connections.perAddress = settings[kConnectionsPerAddress];
    result.connections.queues = static_cast<std::size_t>(settings[kQueues].count);
    result.connections.strangersQueues = result.connections.queues / 4;
    result.connections.stream.handshake = settings[kHandshake];
    result.connections.stream.proof = settings[kProof];
    result.connections.stream.firstMessage = settings[kFirstMessage];
    result.connections.stream.idle = settings[kIdle];
    return result;
}

ResolverSettings resolverSettings(const config::Settings& settings) {
    ResolverSettings result;
    result.servers = settings[kDnsServers];
    return result;
}

}  // namespace beffroi::edge
