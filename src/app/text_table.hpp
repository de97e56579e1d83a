// SPDX-License-Identifier: AGPL-3.0-or-later
//
// Columns for a terminal: as wide as their longest cell, two spaces between.
// Thread: any.
#pragma once

#include <string>
#include <vector>

namespace beffroi::app {

class TextTable {
public:
    explicit TextTable(std::vector<std::string> headings) { rows_.push_back(std::move(headings)); }
    /// As many cells as there are headings. What is not printable is shown as '?'.
    void add(std::vector<std::string> row);
    [[nodiscard]] std::string toString() const;

private:
    std::vector<std::vector<std::string>> rows_;
};

/// "1 h 02 min", "3 min 20 s", "8 s".
[[nodiscard]] std::string durationText(long long seconds);

}  // namespace beffroi::app
