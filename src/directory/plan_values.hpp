// SPDX-License-Identifier: AGPL-3.0-or-later
//
// Whether one value may stand in the plan, by itself: its form and its bounds, whichever way it came in (a plan file, a
// spreadsheet, a command). What entries say of one another is plan_checks'.
// Thread: any.
#pragma once

#include "directory/plan_language.hpp"
#include "directory/plan_notes.hpp"

#include <optional>
#include <string>

namespace beffroi::directory {

struct ValueMistake {
    std::string text;
    std::size_t element = PlanSpot::kWhole;  // of a list
};

/// Brings `value` into the form that is kept (numbers outside as E.164, no spaces between digits), or says what is
/// wrong.
[[nodiscard]] std::optional<ValueMistake> settle(const Table& table, const Field& field, FieldValue& value);

/// Likewise of an entry's own key.
[[nodiscard]] std::optional<std::string> settleKey(const Table& table, std::string& key);

/// What is said of a value of the wrong type: "a text in quotes is expected".
[[nodiscard]] std::string expectedType(const Field& field);

}  // namespace beffroi::directory
