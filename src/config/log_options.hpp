// SPDX-License-Identifier: AGPL-3.0-or-later
//
// What an administrator may set of the log; the same for every program.
#pragma once

#include "config/option.hpp"

namespace beffroi::config {

inline constexpr Option<std::string> kLogLevel{
    .key = "log.level",
    .fallback = "info",
    .bounds = {1, 16},
    .reload = Reload::Restart,
    .since = "0.1",
    .help = "The least important entry that is written: debug, info, warning or error.",
    .check = [](const std::string& level) -> std::string {
        if (level == "debug" || level == "info" || level == "warning" || level == "error") return {};
        return "must be debug, info, warning or error";
    },
};

inline constexpr Option<std::string> kLogTarget{
    .key = "log.target",
    .fallback = "stderr",
    .bounds = {1, 16},
    .reload = Reload::Restart,
    .since = "0.1",
    .help = "Where entries go: stderr, or journal for systemd's journal with one field a value.",
    .check = [](const std::string& target) -> std::string {
        if (target == "stderr" || target == "journal") return {};
        return "must be stderr or journal";
    },
};

}  // namespace beffroi::config
