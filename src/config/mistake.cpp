// SPDX-License-Identifier: AGPL-3.0-or-later
//
// The caret must stand below its column whatever the line holds: tabs, accents, or octets that are no text at all.

#include "config/mistake.hpp"

#include "base/text.hpp"

#include <string_view>

namespace beffroi::config {
namespace {

constexpr std::size_t kLongestLine = 160;  // of what is shown

std::string join(const std::vector<Mistake>& mistakes) {
    std::string text;
    for (const auto& mistake : mistakes) text.append(text.empty() ? "" : "\n").append(mistake.toString());
    return text;
}

void appendWithCaret(std::string& to, std::string_view line, std::size_t column) {
    std::string shown;
    std::string indent;
    for (std::size_t at = 1; !line.empty() && at <= kLongestLine; ++at) {
        const auto length = base::printableLength(line);
        if (line.front() == '\t' || length > 0) {
            shown.append(line.substr(0, length > 0 ? length : 1));
        } else {
            shown.append(1, '?');
        }
        if (at < column) indent.append(1, line.front() == '\t' ? '\t' : ' ');
        line.remove_prefix(length > 0 ? length : 1);
    }
    if (column > kLongestLine) return;
    to.append("\n  ").append(shown).append("\n  ").append(indent).append(1, '^');
}

}  // namespace

std::string Mistake::toString() const {
    std::string result{place.file};
    if (place.line != 0) result.append(1, ':').append(std::to_string(place.line));
    if (place.line != 0 && place.column != 0) result.append(1, ':').append(std::to_string(place.column));
    result.append(": ").append(text);
    if (!place.source.empty() && place.column != 0) appendWithCaret(result, place.source, place.column);
    if (!help.empty()) result.append("\n  ").append(help);
    return result;
}

ConfigError::ConfigError(std::vector<Mistake> mistakes)
    : std::runtime_error{join(mistakes)}, mistakes_{std::move(mistakes)} {}

}  // namespace beffroi::config
