// SPDX-License-Identifier: AGPL-3.0-or-later
//
// The tables and how they came to be: numbered steps, forward only, each in its own transaction. The SQL is the common
// part of SQLite and PostgreSQL; there INTEGER PRIMARY KEY is read as BIGINT PRIMARY KEY.
#pragma once

#include <string>

namespace beffroi::directory {

class Session;

/// The version that this program writes.
[[nodiscard]] int newestSchema() noexcept;

/// 0 for an empty file. Throws DatabaseError for tables of another program.
[[nodiscard]] int schemaOf(Session& session);

/// Brings the tables to `version`. Throws DatabaseError if they are newer than this program.
void migrate(Session& session, int version);

}  // namespace beffroi::directory
