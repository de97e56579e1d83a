// SPDX-License-Identifier: AGPL-3.0-or-later
//
// UTF-8 by the table of Unicode 15, 3-7: no overlong form, no surrogate, nothing above U+10FFFF.

#include "base/text.hpp"

#include <cstdint>

namespace beffroi::base {
namespace {

std::uint8_t octet(std::string_view text, std::size_t index) noexcept { return static_cast<std::uint8_t>(text[index]); }

bool continues(std::string_view text, std::size_t index) noexcept {
    return index < text.size() && (octet(text, index) & 0xc0U) == 0x80U;
}

bool between(std::uint8_t value, std::uint8_t least, std::uint8_t most) noexcept {
    return value >= least && value <= most;
}

// The first continuation octet alone tells overlong forms, surrogates and what is too large.
bool secondFits(std::uint8_t first, std::uint8_t second) noexcept {
    switch (first) {
        case 0xe0: return second >= 0xa0;
        case 0xed: return second < 0xa0;
        case 0xf0: return second >= 0x90;
        case 0xf4: return second < 0x90;
        default: return true;
    }
}

// U+202A to U+202E and U+2066 to U+2069: a value must not make its line read as another one.
bool turnsDirection(std::string_view text) noexcept {
    if (octet(text, 0) != 0xe2) return false;
    return (octet(text, 1) == 0x80 && between(octet(text, 2), 0xa8, 0xae)) ||
           (octet(text, 1) == 0x81 && between(octet(text, 2), 0xa6, 0xa9));
}

}  // namespace

std::size_t characterLength(std::string_view text) noexcept {
    if (text.empty()) return 0;
    const auto first = octet(text, 0);
    if (first < 0x80) return 1;
    const std::size_t length = between(first, 0xc2, 0xdf) ? 2 : between(first, 0xe0, 0xef) ? 3 : 4;
    if (!between(first, 0xc2, 0xf4)) return 0;
    for (std::size_t i = 1; i < length; ++i) {
        if (!continues(text, i)) return 0;
    }
    return secondFits(first, octet(text, 1)) ? length : 0;
}

std::size_t printableLength(std::string_view text) noexcept {
    const auto length = characterLength(text);
    if (length == 1) return octet(text, 0) >= 0x20 && octet(text, 0) != 0x7f ? 1 : 0;
    if (length == 2 && octet(text, 0) == 0xc2 && octet(text, 1) < 0xa0) return 0;
    if (length == 3 && turnsDirection(text)) return 0;
    return length;
}

std::string lowerCase(std::string_view text) {
    std::string lower{text};
    for (auto& c : lower) {
        if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
    }
    return lower;
}

void appendEscaped(std::string& to, std::string_view text) {
    constexpr char kDigits[] = "0123456789abcdef";
    while (!text.empty()) {
        const auto length = printableLength(text);
        if (length == 0) {
            const auto value = octet(text, 0);
            to.append("\\x").append(1, kDigits[value >> 4U]).append(1, kDigits[value & 15U]);
        } else {
            if (text.front() == '"' || text.front() == '\\') to.append(1, '\\');
            to.append(text.substr(0, length));
        }
        text.remove_prefix(length == 0 ? 1 : length);
    }
}

}  // namespace beffroi::base
