// SPDX-License-Identifier: AGPL-3.0-or-later
//
// The result of `beffroi plan apply` as JSON: made by the exchange, or by the command line when no exchange runs.
// Thread: any.
#pragma once

#include "base/random.hpp"
#include "directory/plan_store.hpp"

#include <nlohmann/json_fwd.hpp>

#include <string>

namespace beffroi::app {

[[nodiscard]] nlohmann::json describeOutcome(const directory::ApplyOutcome& outcome);

/// 20 letters and digits that cannot be mistaken for one another: what is typed into a phone. 99 bits.
[[nodiscard]] std::string newPassword(base::Random& random);

}  // namespace beffroi::app
