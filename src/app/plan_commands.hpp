// SPDX-License-Identifier: AGPL-3.0-or-later
//
// `beffroi plan …`: what changes the plan, and what tells of it.
// Thread: main; blocks.
#pragma once

#include "app/command_line.hpp"

namespace beffroi::app {

// Each returns the program's exit code. They throw std::exception with a text for the administrator.
[[nodiscard]] int applyPlan(const config::Settings& settings, const CommandOptions& options);
[[nodiscard]] int importPlan(const config::Settings& settings, const CommandOptions& options);
[[nodiscard]] int setInPlan(const config::Settings& settings, const CommandOptions& options);
[[nodiscard]] int removeFromPlan(const config::Settings& settings, const CommandOptions& options);
[[nodiscard]] int exportPlan(const config::Settings& settings, const CommandOptions& options);
[[nodiscard]] int diffPlan(const config::Settings& settings, const CommandOptions& options);
[[nodiscard]] int auditPlan(const config::Settings& settings, const CommandOptions& options);

}  // namespace beffroi::app
