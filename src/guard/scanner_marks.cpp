// SPDX-License-Identifier: AGPL-3.0-or-later
#include "guard/scanner_marks.hpp"

#include <algorithm>

namespace beffroi::guard {
namespace {

constexpr std::size_t kFurthest = 4096;

char lower(char c) noexcept { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

bool equals(std::string_view text, std::string_view lowerCase) noexcept {
    return text.size() == lowerCase.size() &&
           std::equal(text.begin(), text.end(), lowerCase.begin(), [](char a, char b) { return lower(a) == b; });
}

bool isTelling(std::string_view name) noexcept {
    while (!name.empty() && (name.back() == ' ' || name.back() == '\t')) name.remove_suffix(1);
    return equals(name, "user-agent") || equals(name, "from") || equals(name, "f");
}

}  // namespace

ScannerMarks::ScannerMarks(std::vector<std::string> marks) : marks_{std::move(marks)} {
    for (auto& mark : marks_) std::transform(mark.begin(), mark.end(), mark.begin(), lower);
    std::erase(marks_, std::string{});
}

std::string_view ScannerMarks::inValue(std::string_view value) const noexcept {
    for (const auto& mark : marks_) {
        const auto found = std::search(value.begin(), value.end(), mark.begin(), mark.end(),
                                       [](char a, char b) { return lower(a) == b; });
        if (found != value.end()) return mark;
    }
    return {};
}

std::string_view ScannerMarks::in(std::string_view message) const noexcept {
    auto rest = message.substr(0, kFurthest);
    while (!rest.empty()) {
        const auto end = std::min(rest.find('\n'), rest.size());
        const auto line = rest.substr(0, end);
        rest.remove_prefix(std::min(end + 1, rest.size()));
        if (line.empty() || line == "\r") return {};  // the body
        const auto colon = line.find(':');
        if (colon == std::string_view::npos || !isTelling(line.substr(0, colon))) continue;
        if (const auto mark = inValue(line.substr(colon + 1)); !mark.empty()) return mark;
    }
    return {};
}

}  // namespace beffroi::guard
