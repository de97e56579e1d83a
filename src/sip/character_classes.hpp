// SPDX-License-Identifier: AGPL-3.0-or-later
//
// The character classes of RFC 3261 §25.1 as one table of bits, made at compile time.
// Thread: any.
#pragma once

#include <array>
#include <cstdint>
#include <string_view>

namespace beffroi::sip {

enum CharacterClass : std::uint16_t {
    kAlpha = 1,
    kDigit = 2,
    kHex = 4,
    kTokenChar = 8,
    kUnreserved = 16,  // alphanum and mark
    kUserChar = 32,    // unreserved, user-unreserved, and the raw '#' of dial strings
    kPasswordChar = 64,
    kParamChar = 128,   // paramchar without the escape
    kHeaderChar = 256,  // hnv-unreserved and unreserved
    kHostChar = 512,
    kUriChar = 1024,      // anything printable that may stand in some URI
    kWordChar = 2048,     // Call-ID
    kDisplayChar = 4096,  // unquoted display name: tokens, white space, what phones add
};

constexpr std::array<std::uint16_t, 256> makeCharacterTable() {
    std::array<std::uint16_t, 256> table{};
    const auto mark = [&table](std::string_view characters, int classes) {
        for (const char c : characters) {
            auto& entry = table[static_cast<unsigned char>(c)];
            entry = static_cast<std::uint16_t>(entry | classes);
        }
    };
    constexpr std::string_view letters{"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"};
    constexpr std::string_view digits{"0123456789"};
    constexpr int everywhere = kTokenChar | kUnreserved | kUserChar | kPasswordChar | kParamChar | kHeaderChar |
                               kHostChar | kUriChar | kWordChar | kDisplayChar;
    mark(letters, kAlpha | everywhere);
    mark(digits, kDigit | kHex | everywhere);
    mark("abcdefABCDEF", kHex);
    mark("-_.!~*'()",
         kUnreserved | kUserChar | kPasswordChar | kParamChar | kHeaderChar | kUriChar | kWordChar | kDisplayChar);
    mark("&=+$,;?/#", kUserChar);
    mark("&=+$,", kPasswordChar);
    mark("[]/:&+$", kParamChar);
    mark("[]/?:+$", kHeaderChar);
    mark("-_.", kHostChar);
    mark("-.!%*_+`'~", kTokenChar | kWordChar | kDisplayChar);
    mark("()<>:\\\"/[]?{}", kWordChar);
    mark("()&/@ \t", kDisplayChar);
    mark(";/?:@&=+$,%#[]|^{}`", kUriChar);
    for (int c = 0x80; c < 0x100; ++c) table[static_cast<std::size_t>(c)] = kDisplayChar;
    return table;
}

inline constexpr auto kCharacterTable = makeCharacterTable();

[[nodiscard]] constexpr bool isIn(char c, int classes) noexcept {
    return (kCharacterTable[static_cast<unsigned char>(c)] & classes) != 0;
}

}  // namespace beffroi::sip
