// SPDX-License-Identifier: AGPL-3.0-or-later
//
// What an administrator expects of a plan, kept in a file beside it: who dials what, when, and what should become of
// it. Routing says whether it does (routing/expectation.hpp). Thread: any.
#pragma once

#include "directory/plan.hpp"

#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace beffroi::directory {

struct Expectation {
    std::string from;                  // an extension, or a number outside with '+'
    std::string number;                // what it dials
    std::string at;                    // "2026-12-24 10:00", by the clocks of the town
    std::vector<std::string> results;  // all of which must be so
    std::size_t line = 0;
};

/// Reads the [[expect]] entries of a file. All mistakes are reported together and in their order.
[[nodiscard]] std::variant<std::vector<Expectation>, std::vector<PlanMistake>> readExpectations(
    std::string_view text, const std::string& file);

}  // namespace beffroi::directory
