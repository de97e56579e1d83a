// SPDX-License-Identifier: AGPL-3.0-or-later
//
// The words of the plan for what is one of a few: kinds of extensions, strategies, formats, classes of numbers. Each
// list is in the order of its enumeration.
// Thread: any; constants.
#pragma once

#include "beffroi/directory.hpp"
#include "country/number_class.hpp"

#include <span>
#include <string_view>

namespace beffroi::directory {

using Words = std::span<const std::string_view>;

inline constexpr std::string_view kKindWords[] = {"phone", "group", "department", "room", "echo-test", "alias"};
inline constexpr std::string_view kStrategyWords[] = {"all", "in-order", "round-robin", "longest-idle"};
inline constexpr std::string_view kFormatWords[] = {"e164", "national", "international-00", "plain"};
inline constexpr auto& kClassWords = country::kNumberClassNames;

constexpr Words wordsOf(ExtensionKind) noexcept { return kKindWords; }
constexpr Words wordsOf(Strategy) noexcept { return kStrategyWords; }
constexpr Words wordsOf(NumberFormat) noexcept { return kFormatWords; }
constexpr Words wordsOf(NumberClass) noexcept { return kClassWords; }

/// "phone" of ExtensionKind::Phone.
template <typename Enum>
[[nodiscard]] constexpr std::string_view wordOf(Enum value) noexcept {
    return wordsOf(value)[static_cast<std::size_t>(value)];
}

}  // namespace beffroi::directory
