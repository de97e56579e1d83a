// SPDX-License-Identifier: AGPL-3.0-or-later
//
// A value of any option, and how it is written in a file: the types of the options meet here, and nowhere else.
// Thread: any.
#pragma once

#include "config/option.hpp"

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace beffroi::config {

/// Whole numbers of any width are kept as std::int64_t, durations as milliseconds.
using Value = std::variant<bool, std::int64_t, std::chrono::milliseconds, Bytes, std::string, std::vector<std::string>>;

/// As TOML: 5, "30s", "64KiB", "text", ["one", "two"].
[[nodiscard]] std::string inFile(const Value& value);

/// The text in quotes, as a TOML basic string.
[[nodiscard]] std::string inQuotes(std::string_view text);

/// "500ms", "30s", "5min", "2h", "1d": a whole number that is not negative, and a unit.
[[nodiscard]] std::optional<std::chrono::milliseconds> parseDuration(std::string_view text);

/// "512B", "64KiB", "16MiB", "1GiB".
[[nodiscard]] std::optional<Bytes> parseBytes(std::string_view text);

/// "a, b ,c" as its elements; empty ones are left out.
[[nodiscard]] std::vector<std::string> splitList(std::string_view text);

}  // namespace beffroi::config
