// SPDX-License-Identifier: AGPL-3.0-or-later
//
// The migrations, in order: statement lists that lead from schema version N to N + 1. One that was released is never
// changed.
// Thread: any; constants.
#pragma once

#include <string_view>
#include <vector>

namespace beffroi::directory {

/// migrations()[n] leads from version n to n + 1.
[[nodiscard]] const std::vector<std::vector<std::string_view>>& migrations();

}  // namespace beffroi::directory
