// SPDX-License-Identifier: AGPL-3.0-or-later
//
// Where the daemons' control sockets are.
#pragma once

#include "config/option.hpp"

namespace beffroi::admin {

inline constexpr config::Option<std::string> kSocket{
    .key = "admin.socket",
    .fallback = "/run/beffroi/control.sock",
    .bounds = {1, 107},
    .reload = config::Reload::Restart,
    .since = "0.1",
    .help = "The control socket of beffroid.",
};

inline constexpr config::Option<std::string> kBridgeSocket{
    .key = "admin.bridge-socket",
    .fallback = "/run/beffroi-bridge/control.sock",
    .bounds = {1, 107},
    .reload = config::Reload::Restart,
    .since = "0.1",
    .help = "The control socket of beffroi-bridge.",
};

}  // namespace beffroi::admin
