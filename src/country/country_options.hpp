// SPDX-License-Identifier: AGPL-3.0-or-later
//
// Where the facts about countries are.
#pragma once

#include "config/option.hpp"

#include <string>

namespace beffroi::country {

inline constexpr config::Option<std::string> kFolder{
    .key = "directory.countries",
    .fallback = "/usr/share/beffroi/countries",
    .bounds = {1, 255},
    .reload = config::Reload::Restart,
    .since = "0.1",
    .help =
        "The folder of what is known of countries: numbers, emergency numbers, holidays. The town's plan says which "
        "of its files counts.",
};

}  // namespace beffroi::country
