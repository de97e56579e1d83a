// SPDX-License-Identifier: AGPL-3.0-or-later
//
// Whether one value may stand in the plan, by itself: its form and its bounds, whichever way it came in (a plan file, a
// spreadsheet, a command). What entries say of one another is plan_checks'.
// Thread: any.
#pragma once

#include "country/country.hpp"
#include "directory/plan_language.hpp"
#include "directory/plan_notes.hpp"

#include <optional>
#include <string>

namespace beffroi::directory {

struct ValueMistake {
    std::string text{};
    std::size_t element = PlanSpot::kWhole;  // of a list
    std::size_t offset = 0;                  // octets into the text that was written; 0: all of it
};

/// Brings `value` into the form that is kept (numbers outside as E.164, no spaces between digits), or says what is
/// wrong. `country`: whose numbers there are; null: E.164 alone is understood.
[[nodiscard]] std::optional<ValueMistake> settle(const Table& table, const Field& field, FieldValue& value,
                                                 const country::Country* country = nullptr);

/// Likewise of an entry's own key.
[[nodiscard]] std::optional<ValueMistake> settleKey(const Table& table, std::string& key,
                                                    const country::Country* country = nullptr);

/// What is said of a value of the wrong type: "a text in quotes is expected".
[[nodiscard]] std::string expectedType(const Field& field);

}  // namespace beffroi::directory
