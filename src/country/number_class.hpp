// SPDX-License-Identifier: AGPL-3.0-or-later
//
// The classes of destinations by the names that the plan and the data files of countries use for them: "shared-cost".
// Thread: any.
#pragma once

#include "beffroi/directory.hpp"

#include <optional>
#include <string_view>
#include <vector>

namespace beffroi::country {

[[nodiscard]] std::string_view toString(NumberClass numberClass) noexcept;
[[nodiscard]] std::optional<NumberClass> numberClassFrom(std::string_view name) noexcept;
/// All names, for "did you mean".
[[nodiscard]] const std::vector<std::string_view>& numberClassNames();

}  // namespace beffroi::country
