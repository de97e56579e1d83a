// SPDX-License-Identifier: AGPL-3.0-or-later
//
// What an administrator may set of authentication.
#pragma once

#include "config/option.hpp"

#include <chrono>

namespace beffroi::auth {

inline constexpr config::Option<std::chrono::seconds> kNonceLifetime{
    .key = "auth.nonce-lifetime",
    .fallback = std::chrono::seconds{300},
    .bounds = {std::chrono::seconds{10}, std::chrono::seconds{86400}},
    .reload = config::Reload::Restart,
    .since = "0.1",
    .help = "How long an answer to a challenge may be used before the phone is challenged anew.",
};

inline constexpr config::Option<bool> kAllowMd5{
    .key = "auth.allow-md5",
    .fallback = true,
    .bounds = config::kAnyBool,
    .reload = config::Reload::Restart,
    .since = "0.1",
    .help = "Offer MD5 behind SHA-256 for phones that know no better. A device can refuse MD5 in the extension plan.",
};

}  // namespace beffroi::auth
