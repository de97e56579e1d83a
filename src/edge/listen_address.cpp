// SPDX-License-Identifier: AGPL-3.0-or-later
#include "edge/listen_address.hpp"

namespace beffroi::edge {
namespace {

constexpr std::string_view kExample = "write it as udp:0.0.0.0:5060, tcp:[::]:5060 or tls:0.0.0.0:5061";

std::optional<Transport> transportNamed(std::string_view name) {
    if (name == "udp") return Transport::Udp;
    if (name == "tcp") return Transport::Tcp;
    if (name == "tls") return Transport::Tls;
    return std::nullopt;
}

// One reading for both functions: the address, or why it is none.
std::optional<ListenAddress> read(std::string_view text, std::string& complaint) {
    const auto colon = text.find(':');
    const auto name = text.substr(0, colon);
    const auto quoted = '"' + std::string{text} + '"';
    if (colon == std::string_view::npos) {
        complaint = quoted + " has no transport: " + std::string{kExample};
        return std::nullopt;
    }
    const auto transport = transportNamed(name);
    if (!transport) {
        complaint = '"' + std::string{name} + "\" is not a transport, it is udp, tcp or tls: " + std::string{kExample};
        return std::nullopt;
    }
    const auto address = SocketAddress::parseWithPort(text.substr(colon + 1));
    if (!address) {
        complaint = quoted + " has no address literal with a port: " + std::string{kExample};
        return std::nullopt;
    }
    return ListenAddress{*transport, *address};
}

}  // namespace

std::string ListenAddress::toString() const {
    std::string_view name = "udp:";
    if (transport == Transport::Tcp) name = "tcp:";
    if (transport == Transport::Tls) name = "tls:";
    return std::string{name} + address.toString();
}

std::optional<ListenAddress> parseListenAddress(std::string_view text) {
    std::string complaint;
    return read(text, complaint);
}

std::string complaintAboutListenAddress(std::string_view text) {
    std::string complaint;
    [[maybe_unused]] const auto address = read(text, complaint);
    return complaint;
}

}  // namespace beffroi::edge
