// SPDX-License-Identifier: AGPL-3.0-or-later
//
// Hours and rotas of the plan as they are computed with: the texts read by calendar/, and what is wrong with them.
// Thread: any.
#pragma once

#include "beffroi/directory.hpp"

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace beffroi::directory {

struct TimeMistake {
    std::string_view key;
    std::size_t element = 0;  // of a list; PlanSpot::kWhole otherwise
    std::size_t offset = 0;   // characters behind the quotation mark
    std::string text;
};

/// What cannot be read is left out, and told if `mistakes` is not null.
[[nodiscard]] OpeningHours timesOf(const Hours& hours, std::vector<TimeMistake>* mistakes = nullptr);
[[nodiscard]] OnCallTurns timesOf(const Rota& rota, std::vector<TimeMistake>* mistakes = nullptr);

}  // namespace beffroi::directory
