// SPDX-License-Identifier: AGPL-3.0-or-later
//
// A TOML text as a flat list of what is written where. toml++ is behind it and in no other file.
// Thread: any.
#pragma once

#include "config/mistake.hpp"

#include <cstdint>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace beffroi::config {

/// One key of the text with its value, which is one of the types that options can be read from, or none of them.
struct TomlItem {
    using Written = std::variant<std::monostate, bool, std::int64_t, std::string, std::vector<std::string>>;

    enum class Kind : std::uint8_t { Leaf, Table };
    Kind kind = Kind::Leaf;
    std::string path;  // "section.key", or "section" for a table
    Written written;
    std::string_view type;  // in words: "a whole number"
    Place keyPlace;
    Place valuePlace;
};

/// In the order of the text, tables before what they hold. Throws ConfigError with the one mistake that toml++ reports
/// if `text` is not TOML. `name` stands for the file in places.
[[nodiscard]] std::vector<TomlItem> parseToml(std::string_view text, const std::string& name);

}  // namespace beffroi::config
