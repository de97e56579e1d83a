// SPDX-License-Identifier: AGPL-3.0-or-later
//
// Names of sources and accounts for tables of fixed size: 64 bits of SipHash under a key of this process, so that
// nobody outside can choose addresses that fall into one place. Thread: any.
#pragma once

#include "beffroi/socket_address.hpp"

#include <array>
#include <cstdint>
#include <string_view>

namespace beffroi::guard {

class SourceHash {
public:
    using Key = std::array<unsigned char, 16>;
    explicit SourceHash(const Key& key) noexcept : key_{key} {}

    [[nodiscard]] std::uint64_t ofText(std::string_view text) const noexcept;
    /// Of the address's network(), and of a number that belongs to it.
    [[nodiscard]] std::uint64_t ofHost(const SocketAddress& address, std::uint64_t with = 0) const noexcept;

private:
    Key key_;
};

}  // namespace beffroi::guard
