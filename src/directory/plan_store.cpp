// SPDX-License-Identifier: AGPL-3.0-or-later
#include "directory/plan_store.hpp"

#include "directory/meta.hpp"
#include "directory/session.hpp"

namespace beffroi::directory {
namespace {

template <typename... Columns>
void select(soci::session& sql, const char* query, const std::function<void()>& take, Columns&... columns) {
    auto prepared = sql.prepare << query;
    (prepared, ..., soci::into(columns));
    soci::statement statement = prepared;
    statement.execute();
    while (statement.fetch()) take();
}

void insertPeople(soci::session& sql, const Plan& plan) {
    for (const auto& [id, site] : plan.sites) {
        sql << "INSERT INTO sites (id, name) VALUES (:id, :name)", soci::use(id), soci::use(site.name);
    }
    for (const auto& [id, department] : plan.departments) {
        sql << "INSERT INTO departments (id, name, parent) VALUES (:id, :name, :parent)", soci::use(id),
            soci::use(department.name), soci::use(department.parent);
    }
    for (const auto& [id, person] : plan.people) {
        sql << "INSERT INTO people (id, name, department) VALUES (:id, :name, :department)", soci::use(id),
            soci::use(person.name), soci::use(person.department);
    }
}

void insertExtensions(soci::session& sql, const Plan& plan) {
    for (const auto& [number, extension] : plan.extensions) {
        const std::string kind{toString(extension.kind)};
        const int members = static_cast<int>(extension.maximumMembers);
        sql << "INSERT INTO extensions (number, kind, label, person, department, maximum_members)"
               " VALUES (:number, :kind, :label, :person, :department, :members)",
            soci::use(number), soci::use(kind), soci::use(extension.label), soci::use(extension.person),
            soci::use(extension.department), soci::use(members);
    }
    std::string account;
    Device device;
    soci::statement insert =
        (sql.prepare << "INSERT INTO devices (account, extension, site, ha1_md5, ha1_sha256, certificate)"
                        " VALUES (:account, :extension, :site, :md5, :sha256, :certificate)",
         soci::use(account), soci::use(device.extension), soci::use(device.site), soci::use(device.ha1Md5),
         soci::use(device.ha1Sha256), soci::use(device.certificate));
    for (const auto& [name, value] : plan.devices) {
        account = name;
        device = value;
        insert.execute(true);
    }
}

void replacePlan(Session& session, const Plan& plan, std::uint64_t revision, const ApplyRequest& request,
                 Clock::WallTime now, const std::string& summary) {
    auto& sql = session.sql();
    for (const char* table : {"devices", "extensions", "people", "departments", "sites"}) {
        sql << "DELETE FROM " << table;
    }
    insertPeople(sql, plan);
    insertExtensions(sql, plan);
    sql << "DELETE FROM bindings WHERE NOT EXISTS (SELECT 1 FROM devices WHERE devices.account = bindings.account"
           " AND devices.extension = bindings.extension)";
    setMeta(session, "town", plan.town);
    setMeta(session, "realm", plan.realm);
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

Plan loadPlan(Session& session) {
    auto& sql = session.sql();
    Plan plan;
    plan.town = meta(session, "town");
    plan.realm = meta(session, "realm");
    Site site;
    select(
        sql, "SELECT id, name FROM sites", [&] { plan.sites.emplace(site.id, site); }, site.id, site.name);
    Department department;
    select(
        sql, "SELECT id, name, parent FROM departments", [&] { plan.departments.emplace(department.id, department); },
        department.id, department.name, department.parent);
    Person person;
    select(
        sql, "SELECT id, name, department FROM people", [&] { plan.people.emplace(person.id, person); }, person.id,
        person.name, person.department);
    Extension extension;
    std::string kind;
    int members = 0;
    select(
        sql, "SELECT number, kind, label, person, department, maximum_members FROM extensions",
        [&] {
            if (!kindFrom(kind, extension.kind))
                throw DatabaseError{Fault::Corrupt, "the plan has an extension of kind " + kind};
            extension.maximumMembers = static_cast<std::uint32_t>(members);
            plan.extensions.emplace(extension.number, extension);
        },
        extension.number, kind, extension.label, extension.person, extension.department, members);
    Device device;
    select(
        sql, "SELECT account, extension, site, ha1_md5, ha1_sha256, certificate FROM devices",
        [&] { plan.devices.emplace(device.account, device); }, device.account, device.extension, device.site,
        device.ha1Md5, device.ha1Sha256, device.certificate);
    return plan;
}

std::uint64_t planRevision(Session& session) {
    const auto text = meta(session, "revision");
    return text.empty() ? 0 : std::stoull(text);
}

ApplyOutcome applyPlan(Session& session, const ApplyRequest& request, Clock::WallTime now,
                       const std::function<std::string()>& random) {
    ApplyOutcome outcome;
    outcome.revision = planRevision(session);
    auto result = readPlan(request.text, request.file);
    if (const auto* mistakes = std::get_if<std::vector<PlanMistake>>(&result)) {
        for (const auto& mistake : *mistakes) outcome.mistakes.push_back(mistake.toString());
        return outcome;
    }
    auto& wanted = std::get<Plan>(result);
    if (!request.realm.empty() && wanted.realm != request.realm) {
        outcome.mistakes.push_back(mistakeAt(
            request, wanted.notes.realm,
            "the plan is for realm \"" + wanted.realm + "\", the server's is \"" + request.realm + "\" (sip.realm)"));
        return outcome;
    }
    const auto current = loadPlan(session);
    const auto without = completeFrom(current, wanted);
    if (request.generatePasswords) {
        outcome.passwords = generatePasswords(wanted, without, random);
    } else {
        for (const auto& account : without) {
            outcome.mistakes.push_back(
                mistakeAt(request, wanted.notes.devices.at(account),
                          "device \"" + account + "\" has no password: write one, or apply with --generate-passwords"));
        }
    }
    outcome.difference = difference(current, wanted);
    if (!outcome.mistakes.empty() || request.dryRun || outcome.difference.empty()) {
        outcome.passwords.clear();  // they open nothing
        return outcome;
    }
    ++outcome.revision;
    replacePlan(session, wanted, outcome.revision, request, now, joined(outcome.difference));
    outcome.applied = true;
    return outcome;
}

}  // namespace beffroi::directory
