// SPDX-License-Identifier: AGPL-3.0-or-later
//
// The commands that say where calls go, `beffroi explain` and `beffroi plan test`, and what they have in common with
// `beffroi plan apply`: a plan that does not do what is expected of it.
// Thread: main; blocks.
#pragma once

#include "app/command_line.hpp"
#include "directory/plan.hpp"

#include <string>
#include <vector>

namespace beffroi::app {

[[nodiscard]] int explainCall(const config::Settings& settings, const CommandOptions& options);
[[nodiscard]] int testPlan(const config::Settings& settings, const CommandOptions& options);

/// A line for each expectation in the file that `plan` does not meet, or for each mistake in the file; as if no
/// telephone had set anything and every line were idle. Throws what says that a file cannot be read.
[[nodiscard]] std::vector<std::string> unmetBy(const directory::Plan& plan, const std::string& expectFile,
                                               const config::Settings& settings);

}  // namespace beffroi::app
