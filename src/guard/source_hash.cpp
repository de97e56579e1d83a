// SPDX-License-Identifier: AGPL-3.0-or-later
#include "guard/source_hash.hpp"

#include <sodium.h>

#include <cstring>
#include <tuple>

namespace beffroi::guard {
namespace {

static_assert(std::tuple_size_v<SourceHash::Key> == crypto_shorthash_KEYBYTES);

std::uint64_t sipHash(const void* data, std::size_t size, const SourceHash::Key& key) noexcept {
    std::uint64_t value = 0;
    crypto_shorthash(reinterpret_cast<unsigned char*>(&value), static_cast<const unsigned char*>(data), size,
                     key.data());
    return value;
}

}  // namespace

std::uint64_t SourceHash::ofText(std::string_view text) const noexcept {
    return sipHash(text.data(), text.size(), key_);
}

std::uint64_t SourceHash::ofHost(const SocketAddress& address, std::uint64_t with) const noexcept {
    const auto site = address.network();
    struct {
        std::array<std::uint8_t, 16> octets;
        std::uint64_t with;
        std::uint64_t family;
    } const name{site.octets(), with, site.isV6() ? 6U : 4U};
    static_assert(sizeof name == 32);  // no padding
    return sipHash(&name, sizeof name, key_);
}

}  // namespace beffroi::guard
