// SPDX-License-Identifier: AGPL-3.0-or-later
//
// What a telephone sends as the number: the keys that were pressed, or a number from an address book with the marks
// that make it readable (RFC 3966 §5.1.1). Thread: any.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace beffroi::routing {

inline constexpr std::size_t kLongestDialled = 32;

/// The keys alone: digits, '*', '#', and '+' in the first place; at most kLongestDialled of them. Spaces and "-.()" are
/// left out. Nothing if there is anything else.
[[nodiscard]] std::optional<std::string> readDialled(std::string_view text);

}  // namespace beffroi::routing
