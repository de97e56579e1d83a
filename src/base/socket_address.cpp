// SPDX-License-Identifier: AGPL-3.0-or-later
#include "beffroi/socket_address.hpp"

#include <arpa/inet.h>
#include <net/if.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <charconv>
#include <cstring>

namespace beffroi {
namespace {

constexpr std::size_t kLongestLiteral = 64;

// inet_pton wants a C string; a literal is short.
bool terminated(std::string_view text, std::array<char, kLongestLiteral>& out) {
    if (text.empty() || text.size() >= out.size()) return false;
    std::memcpy(out.data(), text.data(), text.size());
    out[text.size()] = '\0';
    return std::strlen(out.data()) == text.size();
}

constexpr std::array<std::uint8_t, 12> kMappedPrefix{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};

}  // namespace

std::optional<SocketAddress> SocketAddress::parse(std::string_view host, std::uint16_t port) {
    if (host.size() > 2 && host.front() == '[' && host.back() == ']') host = host.substr(1, host.size() - 2);
    std::array<char, kLongestLiteral> text{};
    if (!terminated(host, text)) return std::nullopt;
    sockaddr_in v4{};
    v4.sin_family = AF_INET;
    v4.sin_port = htons(port);
    if (inet_pton(AF_INET, text.data(), &v4.sin_addr) == 1) return from(reinterpret_cast<const sockaddr&>(v4));
    sockaddr_in6 v6{};
    v6.sin6_family = AF_INET6;
    v6.sin6_port = htons(port);
    if (const auto zone = host.find('%'); zone != std::string_view::npos) {
        std::array<char, kLongestLiteral> name{};
        if (!terminated(host.substr(zone + 1), name)) return std::nullopt;
        v6.sin6_scope_id = if_nametoindex(name.data());
        if (v6.sin6_scope_id == 0 || !terminated(host.substr(0, zone), text)) return std::nullopt;
    }
    if (inet_pton(AF_INET6, text.data(), &v6.sin6_addr) != 1) return std::nullopt;
    return from(reinterpret_cast<const sockaddr&>(v6));
}

std::optional<SocketAddress> SocketAddress::parseWithPort(std::string_view text) {
    const auto colon = text.rfind(':');
    if (colon == std::string_view::npos || colon + 1 == text.size()) return std::nullopt;
    std::uint16_t port = 0;
    const auto digits = text.substr(colon + 1);
    const auto result = std::from_chars(digits.data(), digits.data() + digits.size(), port);
    if (result.ec != std::errc{} || result.ptr != digits.data() + digits.size()) return std::nullopt;
    const auto host = text.substr(0, colon);
    const bool brackets = !host.empty() && host.front() == '[';
    if (!brackets && host.find(':') != std::string_view::npos) return std::nullopt;
    return parse(host, port);
}

SocketAddress SocketAddress::from(const sockaddr& address) {
    SocketAddress result;
    if (address.sa_family == AF_INET) {
        const auto& v4 = reinterpret_cast<const sockaddr_in&>(address);
        std::memcpy(result.ip_.data(), &v4.sin_addr, sizeof v4.sin_addr);
        result.port_ = ntohs(v4.sin_port);
        result.family_ = Family::V4;
    } else if (address.sa_family == AF_INET6) {
        const auto& v6 = reinterpret_cast<const sockaddr_in6&>(address);
        const auto* octets = v6.sin6_addr.s6_addr;
        result.port_ = ntohs(v6.sin6_port);
        if (std::memcmp(octets, kMappedPrefix.data(), kMappedPrefix.size()) == 0) {
            std::memcpy(result.ip_.data(), octets + kMappedPrefix.size(), 4);
            result.family_ = Family::V4;
        } else {
            std::memcpy(result.ip_.data(), octets, 16);
            result.scope_ = v6.sin6_scope_id;
            result.family_ = Family::V6;
        }
    }
    return result;
}

bool SocketAddress::isLoopback() const noexcept {
    if (isV4()) return ip_[0] == 127;
    if (!isV6()) return false;
    auto loopback = std::array<std::uint8_t, 16>{};
    loopback[15] = 1;
    return ip_ == loopback;
}

SocketAddress SocketAddress::withPort(std::uint16_t port) const noexcept {
    auto copy = *this;
    copy.port_ = port;
    return copy;
}

std::string SocketAddress::host() const {
    std::array<char, INET6_ADDRSTRLEN + IF_NAMESIZE + 2> text{};
    if (family_ == Family::None) return {};
    inet_ntop(isV4() ? AF_INET : AF_INET6, ip_.data(), text.data(), INET6_ADDRSTRLEN);
    std::string host{text.data()};
    if (scope_ != 0) {
        std::array<char, IF_NAMESIZE> name{};
        if (if_indextoname(scope_, name.data()) != nullptr) host.append(1, '%').append(name.data());
    }
    return host;
}

std::string SocketAddress::uriHost() const { return isV6() ? '[' + host() + ']' : host(); }

std::string SocketAddress::toString() const {
    auto text = uriHost();
    std::array<char, 6> digits{};
    const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), port_).ptr;
    return text.append(1, ':').append(digits.data(), end);
}

std::uint32_t SocketAddress::toSockaddr(sockaddr_storage& out) const noexcept {
    if (isV4()) {
        auto& v4 = reinterpret_cast<sockaddr_in&>(out);
        v4 = {};
        v4.sin_family = AF_INET;
        v4.sin_port = htons(port_);
        std::memcpy(&v4.sin_addr, ip_.data(), sizeof v4.sin_addr);
        return sizeof v4;
    }
    auto& v6 = reinterpret_cast<sockaddr_in6&>(out);
    v6 = {};
    v6.sin6_family = AF_INET6;
    v6.sin6_port = htons(port_);
    v6.sin6_scope_id = scope_;
    std::memcpy(&v6.sin6_addr, ip_.data(), ip_.size());
    return sizeof v6;
}

std::size_t SocketAddress::hash() const noexcept {
    std::uint64_t low = 0;
    std::uint64_t high = 0;
    std::memcpy(&low, ip_.data(), sizeof low);
    std::memcpy(&high, ip_.data() + sizeof low, sizeof high);
    std::uint64_t mixed = low ^ (high * 0x9e3779b97f4a7c15ULL) ^ (std::uint64_t{port_} << 40U);
    mixed ^= mixed >> 29U;
    mixed *= 0xbf58476d1ce4e5b9ULL;
    mixed ^= mixed >> 32U;
    return mixed;
}

}  // namespace beffroi
