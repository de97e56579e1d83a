// SPDX-License-Identifier: AGPL-3.0-or-later
#include "directory/schema.hpp"

namespace beffroi::directory {

const std::vector<std::vector<std::string_view>>& migrations() {
    static const std::vector<std::vector<std::string_view>> kMigrations{
        {
            "CREATE TABLE meta (name TEXT PRIMARY KEY, value TEXT NOT NULL)",
            "CREATE TABLE sites (id TEXT PRIMARY KEY, name TEXT NOT NULL)",
            "CREATE TABLE departments (id TEXT PRIMARY KEY, name TEXT NOT NULL, parent TEXT NOT NULL DEFAULT '')",
            "CREATE TABLE people (id TEXT PRIMARY KEY, name TEXT NOT NULL, department TEXT NOT NULL DEFAULT '')",
            "CREATE TABLE extensions (number TEXT PRIMARY KEY, kind TEXT NOT NULL, label TEXT NOT NULL DEFAULT '',"
            " person TEXT NOT NULL DEFAULT '', department TEXT NOT NULL DEFAULT '',"
            " maximum_members INTEGER NOT NULL DEFAULT 0)",
            "CREATE TABLE devices (account TEXT PRIMARY KEY,"
            " extension TEXT NOT NULL REFERENCES extensions(number) ON DELETE CASCADE,"
            " site TEXT NOT NULL DEFAULT '', ha1_md5 TEXT NOT NULL DEFAULT '', ha1_sha256 TEXT NOT NULL)",
            "CREATE TABLE bindings (id INTEGER PRIMARY KEY, extension TEXT NOT NULL, domain TEXT NOT NULL,"
            " contact TEXT NOT NULL, parameters TEXT NOT NULL, instance TEXT NOT NULL, path TEXT NOT NULL,"
            " call_id TEXT NOT NULL, cseq INTEGER NOT NULL, q INTEGER NOT NULL, account TEXT NOT NULL,"
            " user_agent TEXT NOT NULL, transport INTEGER NOT NULL, local TEXT NOT NULL, remote TEXT NOT NULL,"
            " expires_at INTEGER NOT NULL)",
            "CREATE TABLE calls (id TEXT PRIMARY KEY, call_id TEXT NOT NULL, caller TEXT NOT NULL,"
            " caller_name TEXT NOT NULL, caller_account TEXT NOT NULL, dialled TEXT NOT NULL, answered_by TEXT NOT NULL,"
            " start_at INTEGER NOT NULL, ring_at INTEGER NOT NULL, answer_at INTEGER NOT NULL, end_at INTEGER NOT NULL,"
            " cause INTEGER NOT NULL, status INTEGER NOT NULL)",
        },
        {
            "CREATE TABLE plan_audit (revision INTEGER PRIMARY KEY, at INTEGER NOT NULL, who TEXT NOT NULL,"
            " summary TEXT NOT NULL)",
            "CREATE INDEX calls_by_start ON calls(start_at)",
            "CREATE INDEX calls_open ON calls(cause) WHERE cause = 0",
        },
    };
    return kMigrations;
}

}  // namespace beffroi::directory
