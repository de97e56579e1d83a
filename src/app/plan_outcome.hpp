// SPDX-License-Identifier: AGPL-3.0-or-later
//
// Changes of the plan and what became of them, as JSON: between the command line and the exchange, or within the
// command line when no exchange runs. Thread: any.
#pragma once

#include "base/random.hpp"
#include "directory/plan_store.hpp"

#include <nlohmann/json_fwd.hpp>

#include <string>
#include <vector>

namespace beffroi::app {

[[nodiscard]] nlohmann::json describeOutcome(const directory::ApplyOutcome& outcome);

/// The exchange's realm and knowledge are no part of it.
[[nodiscard]] nlohmann::json describeRequest(const directory::ApplyRequest& request);
/// Throws std::invalid_argument, with the words for the client, for what is no request.
[[nodiscard]] directory::ApplyRequest applyRequestFrom(const nlohmann::json& request);

[[nodiscard]] nlohmann::json describeAudit(const std::vector<directory::AuditEntry>& entries);

/// 20 letters and digits that cannot be mistaken for one another: what is typed into a phone. 99 bits.
[[nodiscard]] std::string newPassword(base::Random& random);

}  // namespace beffroi::app
