// SPDX-License-Identifier: AGPL-3.0-or-later
//
// Comma-separated values as spreadsheets write them (RFC 4180), with ',' or ';', and nothing guessed: what is not well
// formed is a mistake with its place.
// Thread: any.
#pragma once

#include "directory/plan_notes.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace beffroi::directory {

struct CsvCell {
    std::string text;
    PlanPlace place;
};
using CsvRow = std::vector<CsvCell>;

struct CsvMistake {
    PlanPlace place;
    std::string text;
};

struct Csv {
    std::vector<CsvRow> rows;  // without empty lines
    std::vector<CsvMistake> mistakes;
};

/// UTF-8, with or without a byte order mark. The separator is the one that the first line has more of.
[[nodiscard]] Csv readCsv(std::string_view text);

}  // namespace beffroi::directory
