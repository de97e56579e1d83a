// SPDX-License-Identifier: AGPL-3.0-or-later
//
// An extension whose telephones ring, unless its person's secretary, a forward, do-not-disturb or another call is in
// the way. Thread: as route().
#pragma once

#include "routing/decision.hpp"

namespace beffroi::routing {

[[nodiscard]] Ending leadToPhone(Decision& decision, const Extension& extension, Way way);

/// The caller may disturb the person of this extension: it is one of `reached-by`.
[[nodiscard]] bool mayDisturb(const Decision& decision, const Extension& extension);

}  // namespace beffroi::routing
