// SPDX-License-Identifier: AGPL-3.0-or-later
//
// A network as administrators write it: 192.0.2.0/24, 2001:db8::/32, or one address.
// Thread: any; a value.
#pragma once

#include "beffroi/socket_address.hpp"

#include <charconv>
#include <optional>
#include <string>
#include <string_view>

namespace beffroi {

class AddressRange {
public:
    /// Nothing in it.
    AddressRange() = default;
    /// `address` with what stands behind its first `bits` cleared; more bits than it has count as all.
    AddressRange(const SocketAddress& address, unsigned bits) : bits_{bits < bitsOf(address) ? bits : bitsOf(address)} {
        network_ = address.network(bits_);
    }
    /// What one peer can choose its address from: SocketAddress::network().
    [[nodiscard]] static AddressRange site(const SocketAddress& address) {
        return {address, address.isV6() && !address.isLoopback() ? 64U : 128U};
    }

    /// "ADDRESS" or "ADDRESS/BITS"; nothing for anything else, a zone included.
    [[nodiscard]] static std::optional<AddressRange> parse(std::string_view text) {
        const auto slash = text.find('/');
        const auto host = text.substr(0, slash);
        const auto address = SocketAddress::parse(host, 0);
        if (!address || host.find_first_of("%[") != std::string_view::npos) return std::nullopt;
        if (slash == std::string_view::npos) return AddressRange{*address, bitsOf(*address)};
        const auto digits = text.substr(slash + 1);
        unsigned bits = 0;
        const auto result = std::from_chars(digits.data(), digits.data() + digits.size(), bits);
        const bool whole = result.ec == std::errc{} && result.ptr == digits.data() + digits.size();
        if (digits.empty() || !whole || bits > bitsOf(*address)) return std::nullopt;
        return AddressRange{*address, bits};
    }

    [[nodiscard]] bool isSet() const noexcept { return network_.isSet(); }
    [[nodiscard]] const SocketAddress& network() const noexcept { return network_; }
    [[nodiscard]] unsigned bits() const noexcept { return bits_; }

    [[nodiscard]] bool isOneAddress() const noexcept { return isSet() && bits_ == bitsOf(network_); }
    [[nodiscard]] bool contains(const SocketAddress& address) const noexcept {
        return address.isV6() == network_.isV6() && network_.isSet() && network_.sameHost(address.network(bits_));
    }
    [[nodiscard]] bool contains(const AddressRange& other) const noexcept {
        return other.bits_ >= bits_ && contains(other.network_);
    }

    /// "192.0.2.1" or "192.0.2.0/24": what parse() reads back.
    [[nodiscard]] std::string toString() const {
        auto text = network_.host();
        if (bits_ != bitsOf(network_)) text.append(1, '/').append(std::to_string(bits_));
        return text;
    }

    friend bool operator==(const AddressRange&, const AddressRange&) = default;

private:
    [[nodiscard]] static unsigned bitsOf(const SocketAddress& address) noexcept { return address.isV6() ? 128 : 32; }

    SocketAddress network_;
    unsigned bits_ = 0;
};

}  // namespace beffroi
