// SPDX-License-Identifier: AGPL-3.0-or-later
//
// Digest credentials and their arithmetic (RFC 7616 §3.4, RFC 8760): parsing of an Authorization value into views and
// the response that a password's HA1 demands. No state, no decision.
// Thread: any.
#pragma once

#include "base/hash.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace beffroi::auth {

using Algorithm = base::HashAlgorithm;

[[nodiscard]] std::string_view toString(Algorithm algorithm) noexcept;

/// One Authorization or Proxy-Authorization value, quotes taken off. Views into the header's text.
struct Credentials {
    std::string_view username;
    std::string_view realm;
    std::string_view nonce;
    std::string_view uri;
    std::string_view response;
    std::string_view cnonce;
    std::string_view nonceCount;  // 8 hexadecimal digits
    std::string_view qop;
    std::optional<Algorithm> algorithm = Algorithm::Md5;  // nothing: one that we do not know
};

/// Nothing if it is not "Digest" or not well-formed: a list of name=token or name="text", no name twice.
[[nodiscard]] std::optional<Credentials> parseCredentials(std::string_view value) noexcept;

/// The response that `ha1` gives to these credentials for `method`, with qop=auth.
[[nodiscard]] std::string expectedResponse(Algorithm algorithm, std::string_view ha1, const Credentials& credentials,
                                           std::string_view method);

}  // namespace beffroi::auth
