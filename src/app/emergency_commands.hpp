// SPDX-License-Identifier: AGPL-3.0-or-later
//
// `beffroi emergency audit`: what an emergency call from each telephone would do. Thread: main; blocks.
#pragma once

#include "config/settings.hpp"

namespace beffroi::app {

struct CommandOptions;

/// 0, or 1 if there is a fault. Throws std::exception with a text for the administrator.
[[nodiscard]] int auditEmergency(const config::Settings& settings, const CommandOptions& options);

}  // namespace beffroi::app
