// SPDX-License-Identifier: AGPL-3.0-or-later
//
// What an administrator may set of authentication.
#pragma once

#include "config/option.hpp"

#include <chrono>
#include <string>
#include <vector>

namespace beffroi::auth {

inline constexpr config::Option<std::chrono::seconds> kNonceLifetime{
    .key = "auth.nonce-lifetime",
    .fallback = std::chrono::seconds{300},
    .bounds = {std::chrono::seconds{10}, std::chrono::seconds{86400}},
    .reload = config::Reload::Restart,
    .since = "0.1",
    .help = "How long an answer to a challenge may be used before the phone is challenged anew.",
};

inline constexpr config::Option<std::vector<std::string>> kAlgorithms{
    .key = "auth.algorithms",
    .fallback = "SHA-256, MD5",
    .bounds = {1, 2},
    .reload = config::Reload::Restart,
    .since = "0.1",
    .help =
        "The digest algorithms offered to phones, SHA-256 always first. Leave out MD5 once all phones know SHA-256; "
        "leave out SHA-256 only for phones that stumble over an algorithm they do not know. A device can refuse MD5 "
        "in the extension plan.",
    .check = [](const std::vector<std::string>& names) -> std::string {
        for (const auto& name : names) {
            if (name != "SHA-256" && name != "MD5") return "must be of SHA-256 and MD5; \"" + name + "\" is neither";
        }
        return {};
    },
};

}  // namespace beffroi::auth
