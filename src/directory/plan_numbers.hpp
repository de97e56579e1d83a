// SPDX-License-Identifier: AGPL-3.0-or-later
//
// Ranges of direct numbers: how many there are, and which extension each of them is.
// Thread: any.
#pragma once

#include "beffroi/directory.hpp"

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

namespace beffroi::directory {

/// The most numbers that one entry may have.
inline constexpr std::uint64_t kLargestRange = 10'000;

/// How many numbers `first` to `last` are; 0 if that is no range: of other length, behind, or too large.
[[nodiscard]] std::uint64_t rangeSize(std::string_view first, std::string_view last);

/// The number `steps` behind `number`, of the same length; empty if there is none.
[[nodiscard]] std::string numberAfter(std::string_view number, std::uint64_t steps);

/// Each number with where it leads; only the first one, where all lead to the same target.
void forEachDirect(const DirectNumbers& numbers,
                   const std::function<void(const std::string& number, const std::string& target)>& take);

}  // namespace beffroi::directory
