// SPDX-License-Identifier: AGPL-3.0-or-later
//
// What an administrator may set of the proxy.
#pragma once

#include "config/option.hpp"

#include <chrono>

namespace beffroi::proxy {

inline constexpr config::Option<std::chrono::seconds> kTimerC{
    .key = "proxy.timer-c",
    .fallback = std::chrono::seconds{185},
    .bounds = {std::chrono::seconds{181}, std::chrono::seconds{3600}},
    .reload = config::Reload::Restart,
    .since = "0.1",
    .help = "How long a call may ring without any news before it is given up (RFC 3261, timer C).",
};

inline constexpr config::Option<std::chrono::seconds> kLongestCall{
    .key = "proxy.longest-call",
    .fallback = std::chrono::seconds{12 * 3600},
    .bounds = {std::chrono::seconds{600}, std::chrono::seconds{7 * 24 * 3600}},
    .reload = config::Reload::Restart,
    .since = "0.1",
    .help = "A call whose end was never seen is closed in the records after this time.",
};

}  // namespace beffroi::proxy
