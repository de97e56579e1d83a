// SPDX-License-Identifier: AGPL-3.0-or-later
//
// The tables and how they came to be: numbered steps, forward only, each in its own transaction. The SQL is the common
// part of SQLite and PostgreSQL; there INTEGER PRIMARY KEY is read as BIGINT PRIMARY KEY.
#pragma once

#include <span>

namespace beffroi::directory {

class Session;

/// Each leads from one version of the tables to the next: statements separated by semicolons.
using SchemaSteps = std::span<const char* const>;

/// The version that this program writes is their number.
[[nodiscard]] SchemaSteps schemaSteps() noexcept;

/// 0 for an empty file. Throws DatabaseError for tables of another program.
[[nodiscard]] int schemaOf(Session& session);

/// Takes the steps that the tables have not taken yet. Throws DatabaseError if they have taken more than there are.
void migrate(Session& session, SchemaSteps steps);

}  // namespace beffroi::directory
