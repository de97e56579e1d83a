// SPDX-License-Identifier: AGPL-3.0-or-later
//
// Where a number or a target of the plan leads: to an extension of any kind, a short code's target, a number outside,
// an announcement or who is on call. Thread: as route().
#pragma once

#include "routing/decision.hpp"

#include <string_view>

namespace beffroi::routing {

/// The way of a call that nothing has sent on yet.
[[nodiscard]] Way callersWay(const Decision& decision);

[[nodiscard]] Ending leadTo(Decision& decision, std::string_view target, Way way);
[[nodiscard]] Ending leadToExtension(Decision& decision, const Extension& extension, Way way);
[[nodiscard]] Ending leadToAnnouncement(Decision& decision, std::string_view names, const Way& way);

}  // namespace beffroi::routing
