// SPDX-License-Identifier: AGPL-3.0-or-later
//
// An IPv4 or IPv6 address with a port, as a value: compared, hashed and printed without allocation where it matters.
// Thread: any.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

struct sockaddr;
struct sockaddr_storage;

namespace beffroi {

class SocketAddress {
public:
    /// The unset address: family None, port 0.
    constexpr SocketAddress() = default;

    /// `host` is an address literal (192.0.2.1, 2001:db8::1, [2001:db8::1], fe80::1%eth0), never a name.
    [[nodiscard]] static std::optional<SocketAddress> parse(std::string_view host, std::uint16_t port);
    /// "192.0.2.1:5060" or "[2001:db8::1]:5060".
    [[nodiscard]] static std::optional<SocketAddress> parseWithPort(std::string_view text);
    /// An IPv4-mapped IPv6 address becomes the IPv4 address that it stands for.
    [[nodiscard]] static SocketAddress from(const sockaddr& address);

    [[nodiscard]] bool isSet() const noexcept { return family_ != Family::None; }
    [[nodiscard]] bool isV4() const noexcept { return family_ == Family::V4; }
    [[nodiscard]] bool isV6() const noexcept { return family_ == Family::V6; }
    [[nodiscard]] bool isWildcard() const noexcept { return isSet() && ip_ == std::array<std::uint8_t, 16>{}; }
    [[nodiscard]] bool isLoopback() const noexcept;
    [[nodiscard]] std::uint16_t port() const noexcept { return port_; }
    [[nodiscard]] SocketAddress withPort(std::uint16_t port) const noexcept;
    /// What one peer can choose its address from, as a key for limits: an IPv4 address, the /64 of an IPv6 one; port 0.
    [[nodiscard]] SocketAddress network() const noexcept;
    /// The address with all but the first `bits` of its bits cleared, port 0, no zone.
    [[nodiscard]] SocketAddress network(unsigned bits) const noexcept;
    /// In network order; an IPv4 address is in the first four.
    [[nodiscard]] const std::array<std::uint8_t, 16>& octets() const noexcept { return ip_; }
    [[nodiscard]] bool sameHost(const SocketAddress& other) const noexcept {
        return family_ == other.family_ && ip_ == other.ip_;
    }

    /// The address alone; IPv6 without brackets, a link-local one with its zone: fe80::1%eth0.
    [[nodiscard]] std::string host() const;
    /// The address as it stands in a URI or Via: IPv6 in brackets, without a zone, which means nothing to others.
    [[nodiscard]] std::string uriHost() const;
    /// "192.0.2.1:5060" or "[fe80::1%eth0]:5060": what parseWithPort() reads back.
    [[nodiscard]] std::string toString() const;

    /// Fills `out`; returns the length for bind(), sendto() and friends, 0 if the address is not set.
    std::uint32_t toSockaddr(sockaddr_storage& out) const noexcept;

    [[nodiscard]] std::size_t hash() const noexcept;
    friend bool operator==(const SocketAddress&, const SocketAddress&) = default;

private:
    [[nodiscard]] std::string bareHost() const;

    enum class Family : std::uint8_t { None, V4, V6 };
    std::array<std::uint8_t, 16> ip_{};  // IPv4 in the first four octets
    std::uint32_t scope_ = 0;            // IPv6 zone of a link-local address
    std::uint16_t port_ = 0;
    Family family_ = Family::None;
};

}  // namespace beffroi

template <>
struct std::hash<beffroi::SocketAddress> {
    std::size_t operator()(const beffroi::SocketAddress& address) const noexcept { return address.hash(); }
};
