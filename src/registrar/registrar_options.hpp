// SPDX-License-Identifier: AGPL-3.0-or-later
//
// What an administrator may set of the registrar.
#pragma once

#include "config/option.hpp"

#include <chrono>

namespace beffroi::registrar {

inline constexpr config::Option<std::chrono::seconds> kMinExpires{
    .key = "registrar.min-expires",
    .fallback = std::chrono::seconds{60},
    .bounds = {std::chrono::seconds{1}, std::chrono::seconds{3600}},
    .reload = config::Reload::Restart,
    .since = "0.1",
    .help = "Shortest registration accepted. A shorter one is answered 423 with this Min-Expires.",
};

inline constexpr config::Option<std::chrono::seconds> kMaxExpires{
    .key = "registrar.max-expires",
    .fallback = std::chrono::seconds{7200},
    .bounds = {std::chrono::seconds{60}, std::chrono::seconds{7 * 86400}},
    .reload = config::Reload::Restart,
    .since = "0.1",
    .help = "Longest registration granted, whatever the phone asks for.",
};

inline constexpr config::Option<std::chrono::seconds> kDefaultExpires{
    .key = "registrar.default-expires",
    .fallback = std::chrono::seconds{3600},
    .bounds = {std::chrono::seconds{60}, std::chrono::seconds{7 * 86400}},
    .reload = config::Reload::Restart,
    .since = "0.1",
    .help = "Granted to a phone that does not say how long it wants to be registered.",
};

inline constexpr config::Option<unsigned> kMaximumContacts{
    .key = "registrar.maximum-contacts",
    .fallback = 5,
    .bounds = {1, 50},
    .reload = config::Reload::Restart,
    .since = "0.1",
    .help = "Contacts that one extension may have at a time. One more is refused with 403.",
};

inline constexpr config::Option<std::chrono::seconds> kFlowTimer{
    .key = "registrar.flow-timer",
    .fallback = std::chrono::seconds{120},
    .bounds = {std::chrono::seconds{15}, std::chrono::seconds{1800}},
    .reload = config::Reload::Restart,
    .since = "0.1",
    .help =
        "How often a phone that knows \"outbound\" (RFC 5626) says that it is there, by UDP every 29 s at least. One "
        "that is silent for half as long again, by UDP for 40 s more, is no longer registered.",
};

}  // namespace beffroi::registrar
