// SPDX-License-Identifier: AGPL-3.0-or-later
#include "app/text_table.hpp"

#include "base/assert.hpp"
#include "base/text.hpp"

#include <algorithm>
#include <string_view>
#include <utility>

namespace beffroi::app {
namespace {

constexpr std::size_t kGap = 2;

// Characters, not octets: names have accents.
std::size_t widthOf(const std::string& text) {
    return static_cast<std::size_t>(std::count_if(
        text.begin(), text.end(), [](char c) { return (static_cast<unsigned char>(c) & 0xc0U) != 0x80U; }));
}

std::string twoDigits(long long value) {
    auto text = std::to_string(value);
    if (text.size() < 2) text.insert(text.begin(), '0');
    return text;
}

// What a telephone says of itself must not steer the administrator's terminal.
std::string printable(std::string_view text) {
    std::string shown;
    while (!text.empty()) {
        const auto length = base::printableLength(text);
        shown.append(length > 0 ? text.substr(0, length) : "?");
        text.remove_prefix(length > 0 ? length : 1);
    }
    return shown;
}

}  // namespace

void TextTable::add(std::vector<std::string> row) {
    BEFFROI_ASSERT(row.size() == rows_.front().size());
    for (auto& cell : row) cell = printable(cell);
    rows_.push_back(std::move(row));
}

std::string TextTable::toString() const {
    std::vector<std::size_t> widths(rows_.front().size(), 0);
    for (const auto& row : rows_) {
        for (std::size_t i = 0; i < row.size(); ++i) widths[i] = std::max(widths[i], widthOf(row[i]));
    }
    std::string text;
    for (const auto& row : rows_) {
        for (std::size_t i = 0; i < row.size(); ++i) {
            text += row[i];
            if (i + 1 < row.size()) text.append(widths[i] - widthOf(row[i]) + kGap, ' ');
        }
        text += '\n';
    }
    return text;
}

std::string durationText(long long seconds) {
    const auto hours = seconds / 3600;
    const auto minutes = seconds / 60 % 60;
    if (hours > 0) return std::to_string(hours) + " h " + twoDigits(minutes) + " min";
    if (minutes > 0) return std::to_string(minutes) + " min " + twoDigits(seconds % 60) + " s";
    return std::to_string(seconds) + " s";
}

}  // namespace beffroi::app
