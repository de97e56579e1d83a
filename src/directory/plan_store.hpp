// SPDX-License-Identifier: AGPL-3.0-or-later
//
// The extension plan in the database: loaded whole, replaced in one transaction, every change audited.
// Thread: the store's, or a command's when no daemon runs.
#pragma once

#include "beffroi/clock.hpp"
#include "directory/plan.hpp"
#include "directory/plan_secrets.hpp"

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace beffroi::directory {

class Session;

[[nodiscard]] Plan loadPlan(Session& session);
[[nodiscard]] std::uint64_t planRevision(Session& session);

struct ApplyRequest {
    std::string text;   // of the plan file
    std::string file;   // its name, for mistakes
    std::string who;    // for the audit
    std::string realm;  // the server's: a plan for another one is refused
    bool dryRun = false;
    bool generatePasswords = false;  // for devices that have none
    PinHashes pins{};                // of PINs that the text has in clear, made by who read it; others are made now
};

struct ApplyOutcome {
    std::vector<std::string> mistakes;  // nothing was applied if there are any
    std::vector<std::string> difference;
    std::vector<GeneratedPassword> passwords;
    std::uint64_t revision = 0;  // of the plan in the database afterwards
    bool applied = false;
};

/// Reads the text, compares it with the database and applies it, in the transaction that the caller has open. `random`
/// makes passwords.
[[nodiscard]] ApplyOutcome applyPlan(Session& session, const ApplyRequest& request, Clock::WallTime now,
                                     const std::function<std::string()>& random);

}  // namespace beffroi::directory
