// SPDX-License-Identifier: AGPL-3.0-or-later
//
// What an administrator may set of the store.
#pragma once

#include "config/option.hpp"

namespace beffroi::directory {

inline constexpr config::Option<std::string> kStorePath{
    .key = "store.path",
    .fallback = "/var/lib/beffroi/beffroi.db",
    .bounds = {1, 1024},
    .reload = config::Reload::Restart,
    .since = "0.1",
    .help = "The database file: extension plan, registrations, call records. Its folder must exist and be writable.",
    .check = [](const std::string& path) -> std::string {
        if (path.front() != '/') return "must be an absolute path";
        if (path.back() == '/') return "must name a file, not a folder";
        if (path.find('"') != std::string::npos) return "must not contain a quotation mark";
        return {};
    },
};

}  // namespace beffroi::directory
