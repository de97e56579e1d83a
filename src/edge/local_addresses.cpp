// SPDX-License-Identifier: AGPL-3.0-or-later
#include "edge/local_addresses.hpp"

#include "edge/descriptor.hpp"

#include <ifaddrs.h>
#include <sys/socket.h>

#include <memory>

namespace beffroi::edge {
namespace {

constexpr std::size_t kRemembered = 16 * 1024;  // remote hosts; beyond, the memory starts again

// A connected UDP socket sends nothing and knows its source address.
SocketAddress probe(const SocketAddress& remote) {
    sockaddr_storage storage{};
    const auto length = remote.toSockaddr(storage);
    const Descriptor socket{::socket(storage.ss_family, SOCK_DGRAM | SOCK_CLOEXEC, 0)};
    auto* address = reinterpret_cast<sockaddr*>(&storage);
    if (!socket || connect(socket.get(), address, length) != 0) return {};
    socklen_t size = sizeof storage;
    if (getsockname(socket.get(), address, &size) != 0) return {};
    return SocketAddress::from(*address);
}

}  // namespace

LocalAddresses::LocalAddresses() {
    ifaddrs* list = nullptr;
    if (getifaddrs(&list) != 0) return;
    const std::unique_ptr<ifaddrs, decltype(&freeifaddrs)> owner{list, &freeifaddrs};
    for (const auto* item = list; item != nullptr; item = item->ifa_next) {
        if (item->ifa_addr == nullptr) continue;
        const auto address = SocketAddress::from(*item->ifa_addr);
        if (address.isSet()) own_.insert(address.withPort(0));
    }
}

bool LocalAddresses::has(const SocketAddress& address) const {
    return address.isLoopback() || own_.contains(address.withPort(0));
}

const SocketAddress& LocalAddresses::towards(const SocketAddress& remote, std::uint16_t port) {
    const auto key = remote.withPort(port);
    if (const auto found = byRemoteHost_.find(key); found != byRemoteHost_.end()) {
        return *interned_.find(found->second);
    }
    if (byRemoteHost_.size() >= kRemembered) byRemoteHost_.clear();
    const auto own = probe(remote.withPort(remote.port() != 0 ? remote.port() : 5060)).withPort(port);
    byRemoteHost_.emplace(key, own);
    return *interned_.insert(own).first;
}

}  // namespace beffroi::edge
