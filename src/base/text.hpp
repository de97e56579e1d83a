// SPDX-License-Identifier: AGPL-3.0-or-later
//
// What may be shown of bytes that somebody else wrote: valid UTF-8 without control characters.
// Thread: any.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace beffroi::base {

/// The octets of the character that `text` begins with: 1 to 4; 0 if it begins with none (not UTF-8, or empty).
[[nodiscard]] std::size_t characterLength(std::string_view text) noexcept;

/// The same, but 0 also for control characters (C0, DEL, C1) and for those that turn the direction of a line.
[[nodiscard]] std::size_t printableLength(std::string_view text) noexcept;

/// ASCII letters in lower case, everything else as it is.
[[nodiscard]] std::string lowerCase(std::string_view text);

/// Appends `text` to `to`; backslash and double quote escaped by a backslash, what is not printable as \xNN.
void appendEscaped(std::string& to, std::string_view text);

}  // namespace beffroi::base
