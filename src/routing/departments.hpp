// SPDX-License-Identifier: AGPL-3.0-or-later
//
// A department that is called by its own number: its members while it is open, else where it sends callers.
// Thread: as route().
#pragma once

#include "routing/decision.hpp"

namespace beffroi::routing {

[[nodiscard]] Ending leadToDepartment(Decision& decision, const Extension& extension, Way way);

}  // namespace beffroi::routing
