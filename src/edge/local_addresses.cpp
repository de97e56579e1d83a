// SPDX-License-Identifier: AGPL-3.0-or-later
#include "edge/local_addresses.hpp"

#include "edge/descriptor.hpp"
#include "edge/socket_calls.hpp"

#include <ifaddrs.h>

#include <memory>

namespace beffroi::edge {
namespace {

constexpr Clock::Duration kRememberedFor = 60s;
constexpr std::uint16_t kDiscard = 9;  // connect() wants a port; nothing is sent to it

SocketAddress withoutZone(const SocketAddress& address) {
    const auto text = address.host();
    return SocketAddress::parse(std::string_view{text}.substr(0, text.find('%')), 0).value_or(SocketAddress{});
}

// A connected UDP socket sends nothing and knows its source address.
SocketAddress probe(const SocketAddress& remote) {
    const Descriptor socket{::socket(familyOf(remote), SOCK_DGRAM | SOCK_CLOEXEC, 0)};
    if (!socket || connectTo(socket.get(), remote.withPort(kDiscard)) != 0) return {};
    return boundAddress(socket.get());
}

}  // namespace

LocalAddresses::LocalAddresses(const Clock& clock, std::size_t remembered)
    : clock_{clock}, limit_{remembered}, forgetAt_{clock.now() + kRememberedFor} {
    ifaddrs* list = nullptr;
    if (getifaddrs(&list) != 0) return;
    const std::unique_ptr<ifaddrs, decltype(&freeifaddrs)> owner{list, &freeifaddrs};
    for (const auto* item = list; item != nullptr; item = item->ifa_next) {
        if (item->ifa_addr == nullptr) continue;
        const auto address = SocketAddress::from(*item->ifa_addr);
        if (!address.isSet()) continue;
        own_.insert(address.withPort(0));
        own_.insert(withoutZone(address));
        auto& any = address.isV6() ? anyV6_ : anyV4_;
        if (!any.isSet() || any.isLoopback()) any = address.withPort(0);
    }
}

bool LocalAddresses::has(const SocketAddress& address) const {
    if (address.isLoopback() || own_.contains(address.withPort(0))) return true;
    return address.isV6() && own_.contains(withoutZone(address));
}

SocketAddress LocalAddresses::fallback(const SocketAddress& remote) const {
    const auto& any = remote.isV6() ? anyV6_ : anyV4_;
    if (any.isSet()) return any;
    return SocketAddress::parse(remote.isV6() ? "::1" : "127.0.0.1", 0).value_or(SocketAddress{});
}

const SocketAddress& LocalAddresses::towards(const SocketAddress& remote, std::uint16_t port) {
    const auto now = clock_.now();
    if (now >= forgetAt_) {
        byRemoteHost_.clear();
        forgetAt_ = now + kRememberedFor;
    }
    const auto key = remote.withPort(port);
    if (const auto found = byRemoteHost_.find(key); found != byRemoteHost_.end()) return *found->second;
    if (byRemoteHost_.size() >= limit_) byRemoteHost_.clear();
    auto own = probe(remote);
    if (!own.isSet() || own.isWildcard()) own = fallback(remote);
    const auto& interned = *interned_.insert(own.withPort(port)).first;
    byRemoteHost_.emplace(key, &interned);
    return interned;
}

}  // namespace beffroi::edge
