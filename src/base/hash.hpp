// SPDX-License-Identifier: AGPL-3.0-or-later
//
// The two hashes of SIP's digest authentication, as lower-case hexadecimal, and the HA1 that is kept instead of a
// password (RFC 7616 §3.4.2).
// Thread: any.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace beffroi::base {

enum class HashAlgorithm : std::uint8_t { Md5, Sha256 };

[[nodiscard]] std::string hashHex(HashAlgorithm algorithm, std::string_view text);

[[nodiscard]] std::string makeHa1(HashAlgorithm algorithm, std::string_view user, std::string_view realm,
                                  std::string_view password);

}  // namespace beffroi::base
