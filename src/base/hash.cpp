// SPDX-License-Identifier: AGPL-3.0-or-later
#include "base/hash.hpp"

#include <bctoolbox/crypto.h>

#include <array>

namespace beffroi::base {

std::string hashHex(HashAlgorithm algorithm, std::string_view text) {
    constexpr char kHex[] = "0123456789abcdef";
    constexpr std::size_t kMd5Size = 16;
    constexpr std::size_t kSha256Size = 32;
    std::array<std::uint8_t, kSha256Size> digest{};
    const auto* bytes = reinterpret_cast<const std::uint8_t*>(text.data());
    std::size_t size = kMd5Size;
    if (algorithm == HashAlgorithm::Md5) {
        bctbx_md5(bytes, text.size(), digest.data());
    } else {
        size = kSha256Size;
        bctbx_sha256(bytes, text.size(), kSha256Size, digest.data());
    }
    std::string hex;
    hex.reserve(2 * size);
    for (std::size_t i = 0; i < size; ++i) {
        hex.push_back(kHex[digest[i] >> 4U]);
        hex.push_back(kHex[digest[i] & 15U]);
    }
    return hex;
}

std::string makeHa1(HashAlgorithm algorithm, std::string_view user, std::string_view realm, std::string_view password) {
    std::string text{user};
    text.append(1, ':').append(realm).append(1, ':').append(password);
    return hashHex(algorithm, text);
}

}  // namespace beffroi::base
