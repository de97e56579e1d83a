// SPDX-License-Identifier: AGPL-3.0-or-later
//
// What an administrator may set of the store.
#pragma once

#include "config/option.hpp"

namespace beffroi::directory {

inline constexpr config::Option<std::string_view> kStorePath{
    .key = "store.path",
    .fallback = "/var/lib/beffroi/beffroi.db",
    .bounds = {1, 1024},
    .reload = config::Reload::Restart,
    .since = "0.1",
    .help = "The database: the extension plan, registrations and call records. Its folder must exist.",
};

}  // namespace beffroi::directory
