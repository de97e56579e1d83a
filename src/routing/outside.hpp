// SPDX-License-Identifier: AGPL-3.0-or-later
//
// Numbers outside: read once, kept inside if they are ours, judged by the class of service of whoever answers for the
// call, and sent out by the gateway of the place.
// Thread: as route().
#pragma once

#include "routing/decision.hpp"

#include <string_view>
#include <variant>

namespace beffroi::routing {

[[nodiscard]] Ending leadOutside(Decision& decision, std::string_view number, Way way);

/// A number outside as a target, or why it is none. For members of groups; a number of ours is none.
[[nodiscard]] std::variant<DialOutside, Ending> outsideTarget(Decision& decision, std::string_view number,
                                                              const Way& way);

}  // namespace beffroi::routing
