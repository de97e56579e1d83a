// SPDX-License-Identifier: AGPL-3.0-or-later

#include "country/digit_tree.hpp"

#include <algorithm>

namespace beffroi::country {
namespace {

bool isDigit(char c) noexcept { return c >= '0' && c <= '9'; }

std::size_t digitOf(char c) noexcept { return static_cast<std::size_t>(c - '0'); }

}  // namespace

bool DigitTree::add(std::string_view digits, std::size_t value) {
    if (digits.empty() || digits.size() > kLongest || !std::all_of(digits.begin(), digits.end(), isDigit)) return false;
    std::size_t at = 0;
    for (const char digit : digits) {
        auto next = nodes_[at].next[digitOf(digit)];
        if (next == 0) {
            next = static_cast<std::uint32_t>(nodes_.size());
            nodes_[at].next[digitOf(digit)] = next;
            nodes_.emplace_back();
        }
        at = next;
    }
    if (nodes_[at].value != kNone) return false;
    nodes_[at].value = value;
    return true;
}

DigitTree::Matches DigitTree::beginningsOf(std::string_view digits) const noexcept {
    Matches matches;
    std::size_t at = 0;
    for (const char digit : digits) {
        if (!isDigit(digit)) break;
        at = nodes_[at].next[digitOf(digit)];
        if (at == 0) break;
        if (nodes_[at].value != kNone) matches.values[matches.count++] = nodes_[at].value;
    }
    std::reverse(matches.values.begin(), matches.values.begin() + static_cast<std::ptrdiff_t>(matches.count));
    return matches;
}

bool DigitTree::continues(std::string_view digits) const noexcept {
    std::size_t at = 0;
    for (const char digit : digits) {
        if (!isDigit(digit)) return false;
        at = nodes_[at].next[digitOf(digit)];
        if (at == 0) return false;
    }
    return true;
}

}  // namespace beffroi::country
