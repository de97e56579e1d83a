// SPDX-License-Identifier: AGPL-3.0-or-later

#include "country/number_class.hpp"

#include <algorithm>
#include <cstddef>

namespace beffroi::country {

// In the order of NumberClass.
const std::vector<std::string_view>& numberClassNames() {
    static const std::vector<std::string_view> kNames{"internal",  "emergency",     "free",        "national",
                                                      "mobile",    "overseas",      "shared-cost", "premium",
                                                      "directory", "international", "unknown"};
    return kNames;
}

std::string_view toString(NumberClass numberClass) noexcept {
    return numberClassNames()[static_cast<std::size_t>(numberClass)];
}

std::optional<NumberClass> numberClassFrom(std::string_view name) noexcept {
    const auto& names = numberClassNames();
    const auto found = std::find(names.begin(), names.end(), name);
    if (found == names.end()) return std::nullopt;
    return static_cast<NumberClass>(found - names.begin());
}

}  // namespace beffroi::country
