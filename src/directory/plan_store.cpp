// SPDX-License-Identifier: AGPL-3.0-or-later
#include "directory/plan_store.hpp"

#include "directory/meta.hpp"
#include "directory/plan_rows.hpp"
#include "directory/session.hpp"

namespace beffroi::directory {
namespace {

void putInForce(Session& session, const Plan& current, const Plan& plan, std::uint64_t revision,
                const ApplyRequest& request, Clock::WallTime now, const std::string& summary) {
    auto& sql = session.sql();
    writeRows(session, current, plan);
    sql << "DELETE FROM bindings WHERE NOT EXISTS (SELECT 1 FROM devices WHERE devices.account = bindings.account"
           " AND devices.extension = bindings.extension)";
    setMeta(session, "revision", std::to_string(revision));
    const auto number = static_cast<long long>(revision);
    const long long at = std::chrono::duration_cast<std::chrono::milliseconds>(now.time_since_epoch()).count();
    sql << "INSERT INTO plan_audit (revision, made_at, who, summary) VALUES (:revision, :at, :who, :summary)",
        soci::use(number), soci::use(at), soci::use(request.who), soci::use(summary);
}

std::string mistakeAt(const ApplyRequest& request, const PlanPlace& place, const std::string& text) {
    return PlanMistake{request.file, place.line, place.column, text}.toString();
}

std::string joined(const std::vector<std::string>& lines) {
    std::string text;
    for (const auto& line : lines) text.append(line).append("\n");
    return text;
}

}  // namespace

Plan loadPlan(Session& session) { return readRows(session); }

std::uint64_t planRevision(Session& session) {
    const auto text = meta(session, "revision");
    return text.empty() ? 0 : std::stoull(text);
}

PlanResult wantedPlan(const Plan& current, const ApplyRequest& request) {
    switch (request.form) {
        case ApplyRequest::Form::Table: return importTable(current, request.text, request.file, request.knowledge);
        case ApplyRequest::Form::Changes: return changePlan(current, request.changes, request.knowledge);
        case ApplyRequest::Form::File: break;
    }
    return readPlan(request.text, request.file, request.knowledge);
}

std::vector<AuditEntry> planAudit(Session& session, int count) {
    std::vector<AuditEntry> entries;
    long long revision = 0;
    long long at = 0;
    std::string who;
    std::string summary;
    soci::statement query =
        (session.sql().prepare << "SELECT revision, made_at, who, summary FROM plan_audit"
                                  " ORDER BY revision DESC LIMIT :count",
         soci::use(count), soci::into(revision), soci::into(at), soci::into(who), soci::into(summary));
    query.execute();
    while (query.fetch()) {
        entries.push_back(
            {static_cast<std::uint64_t>(revision), Clock::WallTime{} + std::chrono::milliseconds{at}, who, summary});
    }
    return entries;
}

ApplyOutcome applyPlan(Session& session, const ApplyRequest& request, Clock::WallTime now,
                       const std::function<std::string()>& random) {
    return applyPlan(session, loadPlan(session), request, now, random);
}

ApplyOutcome applyPlan(Session& session, const Plan& current, const ApplyRequest& request, Clock::WallTime now,
                       const std::function<std::string()>& random) {
    ApplyOutcome outcome;
    outcome.revision = planRevision(session);
    auto result = wantedPlan(current, request);
    if (const auto* mistakes = std::get_if<std::vector<PlanMistake>>(&result)) {
        for (const auto& mistake : *mistakes) outcome.mistakes.push_back(mistake.toString());
        return outcome;
    }
    auto& wanted = std::get<Plan>(result);
    outcome.warnings = wanted.notes.warnings;
    if (!request.realm.empty() && wanted.realm != request.realm) {
        outcome.mistakes.push_back(mistakeAt(
            request, wanted.notes.places.find({TableId::Town, {}, "realm"}),
            "the plan is for realm \"" + wanted.realm + "\", the server's is \"" + request.realm + "\" (sip.realm)"));
        return outcome;
    }
    const auto without = completeFrom(current, wanted);
    settlePins(current, wanted, request.pins);
    if (request.generatePasswords) {
        outcome.passwords = generatePasswords(wanted, without, random);
    } else {
        for (const auto& account : without) {
            outcome.mistakes.push_back(
                mistakeAt(request, wanted.notes.places.find({TableId::Device, account}),
                          "device \"" + account + "\" has no password: write one, or apply with --generate-passwords"));
        }
    }
    outcome.difference = difference(current, wanted);
    if (!current.realm.empty() && current.town.country != wanted.town.country)
        outcome.warnings.emplace_back("warning: beffroid reads the numbers of a country when it starts: restart it");
    if (!outcome.mistakes.empty() || request.dryRun || outcome.difference.empty()) {
        outcome.passwords.clear();  // they open nothing
        return outcome;
    }
    ++outcome.revision;
    putInForce(session, current, wanted, outcome.revision, request, now, joined(outcome.difference));
    outcome.applied = true;
    wanted.notes = {};
    outcome.plan = std::make_shared<const Plan>(std::move(wanted));
    return outcome;
}

}  // namespace beffroi::directory
