// SPDX-License-Identifier: AGPL-3.0-or-later
//
// Feature codes: keys that ask the exchange for something ("*21*2105#": forward all my calls to 2105). The profile
// `france` is what French telephones and their users know; a plan changes it code by code or switches it off.
// Thread: as route().
#pragma once

#include "routing/decision.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace beffroi::routing {

/// Nothing: these keys are no code. A stage, a feature in the plan, or a refusal otherwise.
[[nodiscard]] std::optional<Ending> featureCode(Decision& decision, std::string_view dialled);

/// What may be shown and kept of what was dialled: "*33*0612345678" for "*33*1234*0612345678".
[[nodiscard]] std::string withoutPin(std::string_view dialled, const DirectorySnapshot& directory);

}  // namespace beffroi::routing
