// SPDX-License-Identifier: AGPL-3.0-or-later
//
// The classes of destinations by the names that the plan and the data files of countries use for them: "shared-cost".
// Thread: any.
#pragma once

#include "beffroi/directory.hpp"

#include <cstddef>
#include <iterator>
#include <optional>
#include <string_view>

namespace beffroi::country {

/// In the order of NumberClass.
inline constexpr std::string_view kNumberClassNames[] = {"internal",  "emergency",     "free",        "national",
                                                         "mobile",    "overseas",      "shared-cost", "premium",
                                                         "directory", "international", "unknown"};

[[nodiscard]] constexpr std::string_view toString(NumberClass numberClass) noexcept {
    return kNumberClassNames[static_cast<std::size_t>(numberClass)];
}

[[nodiscard]] constexpr std::optional<NumberClass> numberClassFrom(std::string_view name) noexcept {
    for (std::size_t i = 0; i < std::size(kNumberClassNames); ++i) {
        if (kNumberClassNames[i] == name) return static_cast<NumberClass>(i);
    }
    return std::nullopt;
}

}  // namespace beffroi::country
