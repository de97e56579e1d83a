// SPDX-License-Identifier: AGPL-3.0-or-later
//
// Groups: which members ring, in which order, for how long, and what follows.
// Thread: as route().
#pragma once

#include "routing/decision.hpp"

namespace beffroi::routing {

[[nodiscard]] Ending leadToGroup(Decision& decision, const Extension& group, Way way);

/// The members of a group, or of a department that is open.
[[nodiscard]] Ending ringMembers(Decision& decision, const Extension& group, const Way& way);

}  // namespace beffroi::routing
