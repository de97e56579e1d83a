// SPDX-License-Identifier: AGPL-3.0-or-later
//
// Whether a plan makes sense as a whole: what its entries say of one another. The same checks judge a plan file, a
// spreadsheet and a single change of the plan in force.
// Thread: any but the loop: files of time zones are read.
#pragma once

#include "country/country.hpp"
#include "directory/plan.hpp"

#include <string>
#include <vector>

namespace beffroi::directory {

enum class Weight : std::uint8_t { Mistake, Warning };  // a warning is told, and stops nothing

struct PlanFinding {
    PlanSpot spot;
    std::string text;
    Weight weight = Weight::Mistake;
};

/// What is found, in no order. An entry that is no part of the plan because it could not be read is missed here, too.
/// `country` is the plan's; null: none is known.
[[nodiscard]] std::vector<PlanFinding> checkPlan(const Plan& plan, const country::Country* country = nullptr);

}  // namespace beffroi::directory
