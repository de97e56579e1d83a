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

}  // namespace beffroi::routing
