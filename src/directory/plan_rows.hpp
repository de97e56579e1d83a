// SPDX-License-Identifier: AGPL-3.0-or-later
//
// The plan in the tables of the database: a row for each entry, a column for each key, as plan_language declares them.
// Lists are JSON arrays, durations seconds, flags 0 or 1, so that an administrator can read them with sqlite3.
// Thread: the session's owner's.
#pragma once

#include "directory/plan.hpp"

namespace beffroi::directory {

class Session;

/// Throws DatabaseError if a row holds what no plan can.
[[nodiscard]] Plan readRows(Session& session);

/// Writes what leads from `current`, which is in the tables, to `wanted`: one statement for each entry that differs.
void writeRows(Session& session, const Plan& current, const Plan& wanted);

}  // namespace beffroi::directory
