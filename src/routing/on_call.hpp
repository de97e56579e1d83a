// SPDX-License-Identifier: AGPL-3.0-or-later
//
// Who is on call: the one whose turn it is, then the escalation, each after the one before has not taken the call.
// Thread: as route().
#pragma once

#include "routing/decision.hpp"

#include <string_view>

namespace beffroi::routing {

[[nodiscard]] Ending leadToOnCall(Decision& decision, std::string_view rota, Way way);

/// The next one of way.rota, from way.rung on.
[[nodiscard]] Ending nextOnCall(Decision& decision, Way way);

/// Whatever becomes of `stage`: who is called next.
void thenNextOnCall(Decision& decision, std::size_t stage, const Way& way);

}  // namespace beffroi::routing
