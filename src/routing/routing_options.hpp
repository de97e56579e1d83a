// SPDX-License-Identifier: AGPL-3.0-or-later
//
// What an administrator may set of routing.
#pragma once

#include "config/option.hpp"

#include <chrono>

namespace beffroi::routing {

inline constexpr config::Option<std::chrono::seconds> kRingTime{
    .key = "routing.ring-time",
    .fallback = std::chrono::seconds{60},
    .bounds = {std::chrono::seconds{5}, std::chrono::seconds{180}},
    .reload = config::Reload::Restart,
    .since = "0.1",
    .help = "How long the phones of an extension ring before the caller is told that nobody answers.",
};

inline constexpr config::Option<bool> kSayRefusals{
    .key = "routing.say-refusals",
    .fallback = true,
    .reload = config::Reload::Restart,
    .since = "0.1",
    .help =
        "Before a call is refused its caller is told why, as early media. Without it, and while the bridge is down, "
        "telephones get the bare status.",
};

}  // namespace beffroi::routing
