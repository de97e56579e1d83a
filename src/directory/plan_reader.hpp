// SPDX-License-Identifier: AGPL-3.0-or-later
//
// The plan of an exported file for commands that compare with it or keep its hashes of PINs: what is wrong with it is
// no mistake of theirs. A database without a plan exports a town without a realm; one that an earlier version has
// checked may have what this one refuses. Thread: any.
#pragma once

#include "directory/plan.hpp"

#include <string_view>

namespace beffroi::directory {

/// What can be read of it. Numbers outside stand in it as they are kept, so that no country is needed.
[[nodiscard]] Plan readExport(std::string_view text);

}  // namespace beffroi::directory
