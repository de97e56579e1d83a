// SPDX-License-Identifier: AGPL-3.0-or-later
//
// `beffroi numbers` and `beffroi holidays`: what the data files of a country say, without a daemon. Whoever corrected
// one sees here what has come of it. Thread: main; reads files.
#pragma once

#include "config/settings.hpp"

#include <string>

namespace beffroi::app {

struct CommandOptions;

// Each returns the program's exit code. They throw std::exception with a text for the administrator.
[[nodiscard]] int explainNumber(const config::Settings& settings, const CommandOptions& options);
[[nodiscard]] int listHolidays(const config::Settings& settings, const CommandOptions& options);

}  // namespace beffroi::app
