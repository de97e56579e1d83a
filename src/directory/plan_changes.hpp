// SPDX-License-Identifier: AGPL-3.0-or-later
//
// The plan in force with something changed: single entries by `beffroi plan set` and `remove`, many by a spreadsheet.
// What comes out is checked as a plan file is; what was wrong in the plan before is not told again.
// Thread: any but the loop.
#pragma once

#include "directory/plan.hpp"

#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

namespace beffroi::directory {

using PlanResult = std::variant<Plan, std::vector<PlanMistake>>;

struct PlanChange {
    std::string table;  // "extension"
    std::string entry;  // its key: "2101"; empty for the town
    std::vector<std::pair<std::string, std::string>>
        values;           // by key, as valueFrom() reads them; empty: as if not said
    bool remove = false;  // the entry goes; no values
};

/// Mistakes have no place in a file.
[[nodiscard]] PlanResult changePlan(const Plan& current, const std::vector<PlanChange>& changes,
                                    const PlanKnowledge& knowledge);

/// A CSV file with a header of keys ("extension.number;extension.label;person.id"), separated by commas or semicolons,
/// UTF-8. A row may speak of an entry of each table; an empty cell leaves what is there, "-" takes it away.
[[nodiscard]] PlanResult importTable(const Plan& current, std::string_view text, const std::string& file,
                                     const PlanKnowledge& knowledge);

}  // namespace beffroi::directory
