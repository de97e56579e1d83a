// SPDX-License-Identifier: AGPL-3.0-or-later
//
// Literals only, read by inet_pton(), which takes no shortened or octal IPv4. A zone is kept where the kernel gives or
// needs one: with link-local addresses.

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
constexpr std::array<std::uint8_t, 16> kLoopbackV6{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1};

// An interface by name or by number; nothing if there is none of that name.
std::optional<std::uint32_t> zoneIndex(std::string_view zone) {
    std::array<char, kLongestLiteral> name{};
    if (!terminated(zone, name)) return std::nullopt;
    if (const auto index = if_nametoindex(name.data()); index != 0) return index;
    std::uint32_t number = 0;
    const auto result = std::from_chars(zone.data(), zone.data() + zone.size(), number);
    if (result.ec != std::errc{} || result.ptr != zone.data() + zone.size() || number == 0) return std::nullopt;
    return number;
}

std::optional<SocketAddress> parseV6(std::string_view host, std::uint16_t port) {
    sockaddr_in6 v6{};
    v6.sin6_family = AF_INET6;
    v6.sin6_port = htons(port);
    if (const auto percent = host.find('%'); percent != std::string_view::npos) {
        const auto zone = zoneIndex(host.substr(percent + 1));
        if (!zone) return std::nullopt;
        v6.sin6_scope_id = *zone;
        host = host.substr(0, percent);
    }
    std::array<char, kLongestLiteral> text{};
    if (!terminated(host, text) || inet_pton(AF_INET6, text.data(), &v6.sin6_addr) != 1) return std::nullopt;
    return SocketAddress::from(reinterpret_cast<const sockaddr&>(v6));
}

}  // namespace

std::optional<SocketAddress> SocketAddress::parse(std::string_view host, std::uint16_t port) {
    if (host.size() > 2 && host.front() == '[' && host.back() == ']')
        return parseV6(host.substr(1, host.size() - 2), port);
    std::array<char, kLongestLiteral> text{};
    if (!terminated(host, text)) return std::nullopt;
    sockaddr_in v4{};
    v4.sin_family = AF_INET;
    v4.sin_port = htons(port);
    if (inet_pton(AF_INET, text.data(), &v4.sin_addr) == 1) return from(reinterpret_cast<const sockaddr&>(v4));
    return parseV6(host, port);
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
    return isV6() && ip_ == kLoopbackV6;
}

SocketAddress SocketAddress::withPort(std::uint16_t port) const noexcept {
    auto copy = *this;
    copy.port_ = port;
    return copy;
}

SocketAddress SocketAddress::network() const noexcept {
    constexpr std::size_t kPrefixOctets = 8;
    auto copy = withPort(0);
    if (!isV6() || isLoopback()) return copy;
    std::fill(copy.ip_.begin() + kPrefixOctets, copy.ip_.end(), std::uint8_t{0});
    return copy;
}

SocketAddress SocketAddress::network(unsigned bits) const noexcept {
    auto copy = *this;
    copy.port_ = 0;
    copy.scope_ = 0;
    for (unsigned i = 0; i < copy.ip_.size(); ++i) {
        const unsigned kept = bits > 8 * i ? bits - 8 * i : 0;
        if (kept < 8) copy.ip_[i] = static_cast<std::uint8_t>(copy.ip_[i] & ~(0xffU >> kept));
    }
    return copy;
}

std::string SocketAddress::bareHost() const {
    if (family_ == Family::None) return {};
    std::array<char, INET6_ADDRSTRLEN> text{};
    inet_ntop(isV4() ? AF_INET : AF_INET6, ip_.data(), text.data(), text.size());
    return text.data();
}

std::string SocketAddress::host() const {
    auto text = bareHost();
    if (scope_ == 0) return text;
    std::array<char, IF_NAMESIZE> name{};
    const bool named = if_indextoname(scope_, name.data()) != nullptr;
    return text.append(1, '%').append(named ? std::string{name.data()} : std::to_string(scope_));
}

std::string SocketAddress::uriHost() const { return isV6() ? '[' + bareHost() + ']' : bareHost(); }

std::string SocketAddress::toString() const {
    auto text = isV6() ? '[' + host() + ']' : host();
    return text.append(1, ':').append(std::to_string(port_));
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
    if (!isV6()) {
        out.ss_family = AF_UNSPEC;
        return 0;
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
