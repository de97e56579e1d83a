// SPDX-License-Identifier: AGPL-3.0-or-later
#include "directory/schema.hpp"

#include "directory/session.hpp"

#include <algorithm>
#include <string>

namespace beffroi::directory {
namespace {

/// One step: statements separated by semicolons. A step that was released is never edited; add another.
constexpr const char* kSteps[] = {
    R"(CREATE TABLE meta (name TEXT NOT NULL PRIMARY KEY, value TEXT NOT NULL);
       CREATE TABLE sites (id TEXT NOT NULL PRIMARY KEY, name TEXT NOT NULL);
       CREATE TABLE departments (id TEXT NOT NULL PRIMARY KEY, name TEXT NOT NULL, parent TEXT NOT NULL);
       CREATE TABLE people (id TEXT NOT NULL PRIMARY KEY, name TEXT NOT NULL, department TEXT NOT NULL);
       CREATE TABLE extensions (number TEXT NOT NULL PRIMARY KEY, kind TEXT NOT NULL, label TEXT NOT NULL,
           person TEXT NOT NULL, department TEXT NOT NULL, maximum_members BIGINT NOT NULL);
       CREATE TABLE devices (account TEXT NOT NULL PRIMARY KEY,
           extension TEXT NOT NULL REFERENCES extensions (number), site TEXT NOT NULL, ha1_md5 TEXT NOT NULL,
           ha1_sha256 TEXT NOT NULL);
       CREATE TABLE plan_audit (revision BIGINT NOT NULL PRIMARY KEY, made_at BIGINT NOT NULL, who TEXT NOT NULL,
           summary TEXT NOT NULL);
       CREATE TABLE bindings (id INTEGER PRIMARY KEY, extension TEXT NOT NULL, domain TEXT NOT NULL,
           contact TEXT NOT NULL, parameters TEXT NOT NULL, instance TEXT NOT NULL, path TEXT NOT NULL,
           call_id TEXT NOT NULL, cseq BIGINT NOT NULL, q INTEGER NOT NULL, account TEXT NOT NULL,
           user_agent TEXT NOT NULL, transport INTEGER NOT NULL, local TEXT NOT NULL, remote TEXT NOT NULL,
           expires_at BIGINT NOT NULL);
       CREATE TABLE calls (id TEXT NOT NULL PRIMARY KEY, call_id TEXT NOT NULL, caller TEXT NOT NULL,
           caller_name TEXT NOT NULL, caller_account TEXT NOT NULL, dialled TEXT NOT NULL, answered_by TEXT NOT NULL,
           start_at BIGINT NOT NULL, ring_at BIGINT NOT NULL, answer_at BIGINT NOT NULL, end_at BIGINT NOT NULL,
           cause INTEGER NOT NULL, status INTEGER NOT NULL);
       CREATE INDEX calls_by_start ON calls (start_at);
       CREATE INDEX calls_open ON calls (id) WHERE cause = 0)",
    R"(ALTER TABLE devices ADD COLUMN certificate TEXT NOT NULL DEFAULT '')",
    R"(CREATE TABLE bans (range TEXT NOT NULL, account TEXT NOT NULL, since_at BIGINT NOT NULL,
           until_at BIGINT NOT NULL, reason TEXT NOT NULL, made_by TEXT NOT NULL, PRIMARY KEY (range, account)))",
    R"(CREATE TABLE line_settings (extension TEXT NOT NULL PRIMARY KEY, forward_always TEXT NOT NULL,
           forward_busy TEXT NOT NULL, forward_no_answer TEXT NOT NULL, forward_unreachable TEXT NOT NULL,
           forward_closed TEXT NOT NULL, no_answer_after INTEGER NOT NULL, do_not_disturb INTEGER NOT NULL,
           call_waiting INTEGER NOT NULL, left_groups TEXT NOT NULL);
       CREATE TABLE hot_desk_logins (account TEXT NOT NULL PRIMARY KEY, extension TEXT NOT NULL);
       CREATE TABLE hours_overrides (department TEXT NOT NULL PRIMARY KEY, open INTEGER NOT NULL,
           until_at BIGINT NOT NULL, announcement TEXT NOT NULL))",
    R"(ALTER TABLE sites ADD COLUMN address TEXT NOT NULL DEFAULT '';
       ALTER TABLE sites ADD COLUMN insee TEXT NOT NULL DEFAULT '';
       ALTER TABLE sites ADD COLUMN time_zone TEXT NOT NULL DEFAULT '';
       ALTER TABLE sites ADD COLUMN holidays TEXT NOT NULL DEFAULT '';
       ALTER TABLE sites ADD COLUMN number TEXT NOT NULL DEFAULT '';
       ALTER TABLE sites ADD COLUMN emergency_number TEXT NOT NULL DEFAULT '';
       ALTER TABLE sites ADD COLUMN emergency_notify TEXT NOT NULL DEFAULT '';
       ALTER TABLE sites ADD COLUMN gateway TEXT NOT NULL DEFAULT '';
       ALTER TABLE departments ADD COLUMN head TEXT NOT NULL DEFAULT '';
       ALTER TABLE departments ADD COLUMN site TEXT NOT NULL DEFAULT '';
       ALTER TABLE departments ADD COLUMN hours TEXT NOT NULL DEFAULT '';
       ALTER TABLE departments ADD COLUMN forward_always TEXT NOT NULL DEFAULT '';
       ALTER TABLE departments ADD COLUMN forward_busy TEXT NOT NULL DEFAULT '';
       ALTER TABLE departments ADD COLUMN forward_no_answer TEXT NOT NULL DEFAULT '';
       ALTER TABLE departments ADD COLUMN forward_unreachable TEXT NOT NULL DEFAULT '';
       ALTER TABLE departments ADD COLUMN forward_closed TEXT NOT NULL DEFAULT '';
       ALTER TABLE departments ADD COLUMN no_answer_after BIGINT NOT NULL DEFAULT 0;
       ALTER TABLE people ADD COLUMN class_of_service TEXT NOT NULL DEFAULT '';
       ALTER TABLE people ADD COLUMN secretary TEXT NOT NULL DEFAULT '';
       ALTER TABLE people ADD COLUMN reached_by TEXT NOT NULL DEFAULT '[]';
       ALTER TABLE people ADD COLUMN pin_hash TEXT NOT NULL DEFAULT '';
       ALTER TABLE people ADD COLUMN forward_always TEXT NOT NULL DEFAULT '';
       ALTER TABLE people ADD COLUMN forward_busy TEXT NOT NULL DEFAULT '';
       ALTER TABLE people ADD COLUMN forward_no_answer TEXT NOT NULL DEFAULT '';
       ALTER TABLE people ADD COLUMN forward_unreachable TEXT NOT NULL DEFAULT '';
       ALTER TABLE people ADD COLUMN forward_closed TEXT NOT NULL DEFAULT '';
       ALTER TABLE people ADD COLUMN no_answer_after BIGINT NOT NULL DEFAULT 0;
       ALTER TABLE extensions ADD COLUMN class_of_service TEXT NOT NULL DEFAULT '';
       ALTER TABLE extensions ADD COLUMN target TEXT NOT NULL DEFAULT '';
       ALTER TABLE extensions ADD COLUMN strategy TEXT NOT NULL DEFAULT 'all';
       ALTER TABLE extensions ADD COLUMN members TEXT NOT NULL DEFAULT '[]';
       ALTER TABLE extensions ADD COLUMN ring_time BIGINT NOT NULL DEFAULT 0;
       ALTER TABLE extensions ADD COLUMN member_ring_time BIGINT NOT NULL DEFAULT 0;
       ALTER TABLE extensions ADD COLUMN forward_always TEXT NOT NULL DEFAULT '';
       ALTER TABLE extensions ADD COLUMN forward_busy TEXT NOT NULL DEFAULT '';
       ALTER TABLE extensions ADD COLUMN forward_no_answer TEXT NOT NULL DEFAULT '';
       ALTER TABLE extensions ADD COLUMN forward_unreachable TEXT NOT NULL DEFAULT '';
       ALTER TABLE extensions ADD COLUMN forward_closed TEXT NOT NULL DEFAULT '';
       ALTER TABLE extensions ADD COLUMN no_answer_after BIGINT NOT NULL DEFAULT 0;
       ALTER TABLE devices ADD COLUMN hot_desk BIGINT NOT NULL DEFAULT 0;
       CREATE TABLE classes_of_service (id TEXT NOT NULL PRIMARY KEY, name TEXT NOT NULL, allowed TEXT NOT NULL,
           hours TEXT NOT NULL, allowed_closed TEXT NOT NULL, allowed_by_pin TEXT NOT NULL, forwards TEXT NOT NULL);
       CREATE TABLE hours (id TEXT NOT NULL PRIMARY KEY, name TEXT NOT NULL, weekly TEXT NOT NULL, exceptions TEXT
           NOT NULL, open_on_holidays BIGINT NOT NULL);
       CREATE TABLE rotas (id TEXT NOT NULL PRIMARY KEY, name TEXT NOT NULL, turns TEXT NOT NULL, cycle TEXT NOT
           NULL, start TEXT NOT NULL, period BIGINT NOT NULL, escalation TEXT NOT NULL, ring_time BIGINT NOT NULL,
           site TEXT NOT NULL);
       CREATE TABLE gateways (id TEXT NOT NULL PRIMARY KEY, name TEXT NOT NULL, uri TEXT NOT NULL, sources TEXT NOT
           NULL, called_format TEXT NOT NULL, calling_format TEXT NOT NULL, number TEXT NOT NULL, presents TEXT NOT
           NULL, presents_caller BIGINT NOT NULL, maximum_calls BIGINT NOT NULL);
       CREATE TABLE direct_numbers (first TEXT NOT NULL PRIMARY KEY, last TEXT NOT NULL, target TEXT NOT NULL,
           first_extension TEXT NOT NULL);
       CREATE TABLE short_codes (number TEXT NOT NULL PRIMARY KEY, name TEXT NOT NULL, target TEXT NOT NULL);
       CREATE TABLE contacts (number TEXT NOT NULL PRIMARY KEY, name TEXT NOT NULL);
       CREATE TABLE code_changes (code TEXT NOT NULL PRIMARY KEY, function TEXT NOT NULL);
       CREATE TABLE town (id TEXT NOT NULL PRIMARY KEY, name TEXT NOT NULL, realm TEXT NOT NULL, country TEXT NOT
           NULL DEFAULT 'france', time_zone TEXT NOT NULL DEFAULT 'Europe/Paris', holidays TEXT NOT NULL DEFAULT
           'metropole', outside_prefix TEXT NOT NULL DEFAULT '', gateway TEXT NOT NULL DEFAULT '', class_of_service
           TEXT NOT NULL DEFAULT '', codes TEXT NOT NULL DEFAULT 'france');
       INSERT INTO town (id, name, realm) SELECT 'town', COALESCE((SELECT value FROM meta WHERE name = 'town'), ''),
           value FROM meta WHERE name = 'realm';
       DELETE FROM meta WHERE name IN ('town', 'realm'))",
    R"(ALTER TABLE calls ADD COLUMN kind INTEGER NOT NULL DEFAULT 0;
       ALTER TABLE calls ADD COLUMN incoming_gateway TEXT NOT NULL DEFAULT '';
       ALTER TABLE calls ADD COLUMN destination TEXT NOT NULL DEFAULT '';
       ALTER TABLE calls ADD COLUMN forwarded_by TEXT NOT NULL DEFAULT '';
       ALTER TABLE calls ADD COLUMN gateway TEXT NOT NULL DEFAULT '';
       ALTER TABLE calls ADD COLUMN number_class TEXT NOT NULL DEFAULT '';
       ALTER TABLE calls ADD COLUMN presented TEXT NOT NULL DEFAULT '')",
};

void runStep(soci::session& sql, const std::string& step) {
    std::size_t begin = 0;
    while (begin < step.size()) {
        const auto end = std::min(step.find(';', begin), step.size());
        sql << step.substr(begin, end - begin);
        begin = end + 1;
    }
}

}  // namespace

SchemaSteps schemaSteps() noexcept { return kSteps; }

int schemaOf(Session& session) {
    auto& sql = session.sql();
    int tables = 0;
    int ours = 0;
    sql << "SELECT COUNT(*), COUNT(CASE WHEN name = 'schema_version' THEN 1 END) FROM sqlite_master WHERE type = "
           "'table'",
        soci::into(tables), soci::into(ours);
    if (tables == 0) return 0;
    if (ours == 0) throw DatabaseError{Fault::Foreign, std::string{toString(Fault::Foreign)}};
    int version = 0;
    sql << "SELECT COALESCE(MAX(version), 0) FROM schema_version", soci::into(version);
    return version;
}

void migrate(Session& session, SchemaSteps steps) {
    const auto found = schemaOf(session);
    const auto newest = static_cast<int>(steps.size());
    if (found > newest) {
        throw DatabaseError{Fault::TooNew, std::string{toString(Fault::TooNew)} + ": its tables have version " +
                                               std::to_string(found) + ", this program knows " +
                                               std::to_string(newest)};
    }
    for (int step = found + 1; step <= newest; ++step) {
        session.transaction([&session, &steps, step] {
            auto& sql = session.sql();
            sql << "CREATE TABLE IF NOT EXISTS schema_version (version INTEGER PRIMARY KEY)";
            runStep(sql, steps[static_cast<std::size_t>(step) - 1]);
            sql << "INSERT INTO schema_version (version) VALUES (:version)", soci::use(step, "version");
        });
    }
}

}  // namespace beffroi::directory
