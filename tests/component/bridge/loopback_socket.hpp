// SPDX-License-Identifier: AGPL-3.0-or-later
//
// A UDP socket on a loopback address that this process has for itself, so that no packet of another program's can
// come in between, on a port that the kernel chooses.
#pragma once

#include "beffroi/socket_address.hpp"

#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

namespace beffroi::test {

/// 127.x.y.1, different for processes that run at the same time.
[[nodiscard]] inline SocketAddress ownLoopback() {
    const auto id = static_cast<unsigned>(getpid());
    const auto text = "127." + std::to_string(64 + (id >> 8) % 64) + '.' + std::to_string(id % 256) + ".1";
    return *SocketAddress::parse(text, 0);
}

class LoopbackSocket {
public:
    explicit LoopbackSocket(std::uint16_t port = 0) {
        descriptor_ = ::socket(AF_INET, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
        sockaddr_storage address{};
        const auto length = ownLoopback().withPort(port).toSockaddr(address);
        auto* generic = reinterpret_cast<sockaddr*>(&address);
        socklen_t size = sizeof address;
        if (descriptor_ < 0 || bind(descriptor_, generic, length) != 0 ||
            getsockname(descriptor_, generic, &size) != 0) {
            close();
            throw std::runtime_error{"no socket on this port"};
        }
        address_ = SocketAddress::from(*generic);
    }
    ~LoopbackSocket() { close(); }
    LoopbackSocket(LoopbackSocket&& other) noexcept
        : descriptor_{std::exchange(other.descriptor_, -1)}, address_{other.address_} {}
    LoopbackSocket& operator=(LoopbackSocket&&) = delete;

    [[nodiscard]] int descriptor() const noexcept { return descriptor_; }
    [[nodiscard]] const SocketAddress& address() const noexcept { return address_; }

    void send(std::span<const std::uint8_t> octets, const SocketAddress& to) const {
        sockaddr_storage address{};
        const auto length = to.toSockaddr(address);
        static_cast<void>(
            sendto(descriptor_, octets.data(), octets.size(), 0, reinterpret_cast<const sockaddr*>(&address), length));
    }
    /// The next datagram, if there is one.
    [[nodiscard]] std::optional<std::vector<std::uint8_t>> receive() const {
        std::array<std::uint8_t, 2048> buffer{};
        const auto size = recv(descriptor_, buffer.data(), buffer.size(), 0);
        if (size < 0) return std::nullopt;
        return std::vector<std::uint8_t>{buffer.begin(), buffer.begin() + size};
    }

private:
    void close() noexcept {
        if (descriptor_ >= 0) ::close(descriptor_);
    }

    int descriptor_ = -1;
    SocketAddress address_;
};

}  // namespace beffroi::test
