// SPDX-License-Identifier: AGPL-3.0-or-later
//
// The extension plan in the database: loaded whole, replaced in one transaction, every change audited.
// Thread: the store's, or a command's when no daemon runs.
#pragma once

#include "beffroi/clock.hpp"
#include "directory/plan.hpp"
#include "directory/plan_changes.hpp"
#include "directory/plan_secrets.hpp"

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace beffroi::directory {

class Session;

[[nodiscard]] Plan loadPlan(Session& session);
[[nodiscard]] std::uint64_t planRevision(Session& session);

struct ApplyRequest {
    enum class Form : std::uint8_t { File, Table, Changes } form = Form::File;
    PlanKnowledge knowledge{};
    std::string text;  // of the plan file, or of the CSV table
    std::string file;  // its name, for mistakes
    std::vector<PlanChange> changes{};
    std::string who;    // for the audit
    std::string realm;  // the server's: a plan for another one is refused
    bool dryRun = false;
    bool generatePasswords = false;  // for devices that have none
    PinHashes pins{};                // of PINs that the text has in clear, made by who read it; others are made now
};

struct ApplyOutcome {
    std::vector<std::string> mistakes;  // nothing was applied if there are any
    std::vector<std::string> warnings;
    std::vector<std::string> difference;
    std::vector<GeneratedPassword> passwords;
    std::uint64_t revision = 0;  // of the plan in the database afterwards
    bool applied = false;
    std::shared_ptr<const Plan> plan{};  // that is in force now, if it was applied
};

/// The plan that the request leads to, or its mistakes; without secrets that `current` has.
[[nodiscard]] PlanResult wantedPlan(const Plan& current, const ApplyRequest& request);

/// One change of the plan, as it was audited.
struct AuditEntry {
    std::uint64_t revision = 0;
    Clock::WallTime at;
    std::string who;
    std::string summary;  // the difference, a line each
};
/// The latest `count`, the newest first.
[[nodiscard]] std::vector<AuditEntry> planAudit(Session& session, int count);

/// Reads the text, compares it with the database and applies it, in the transaction that the caller has open. `random`
/// makes passwords.
[[nodiscard]] ApplyOutcome applyPlan(Session& session, const ApplyRequest& request, Clock::WallTime now,
                                     const std::function<std::string()>& random);
/// The same where the plan in the database is known.
[[nodiscard]] ApplyOutcome applyPlan(Session& session, const Plan& current, const ApplyRequest& request,
                                     Clock::WallTime now, const std::function<std::string()>& random);

}  // namespace beffroi::directory
