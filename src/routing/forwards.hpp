// SPDX-License-Identifier: AGPL-3.0-or-later
//
// Forwards: whose setting counts, and whether a call may follow it. A forward that cannot be followed is passed over
// with a reason, and the number that has it is treated as if it were not set: somebody's telephone rings.
// Thread: as route().
#pragma once

#include "routing/decision.hpp"

#include <chrono>
#include <optional>
#include <string_view>

namespace beffroi::routing {

/// What the telephone has set, else what the plan says of the extension, of its person, of its department.
[[nodiscard]] std::optional<Forward> forwardOf(const Decision& decision, const Extension& extension,
                                               Condition condition);

/// Sends a call on from `from`. Nothing: the forward is passed over.
[[nodiscard]] std::optional<Ending> follow(Decision& decision, const Extension& from, const Forward& forward,
                                           DiversionReason reason, const Way& way);

/// How long to wait for an answer before `forward`, if there is one.
[[nodiscard]] std::chrono::seconds waitBefore(const Decision& decision, const std::optional<Forward>& forward);

/// Asks for what follows `stage` on its own account: the next one on call, or the forwards of `from`.
void thenForwards(Decision& decision, std::size_t stage, const Extension& from, const Way& way);

/// What becomes of a call that `from` cannot take now: a forward for it, or a refusal. Where `from` is on call the next
/// one is, in place of a forward.
[[nodiscard]] Ending instead(Decision& decision, const Extension& from, Condition condition, DiversionReason reason,
                             const Way& way, RouteRefusal refusal);

}  // namespace beffroi::routing
