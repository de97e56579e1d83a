// SPDX-License-Identifier: AGPL-3.0-or-later
//
// Files of a configuration as texts, and what can go wrong before the first octet is looked at.
// Thread: any.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

namespace beffroi::config {

inline constexpr std::size_t kLargestConfiguration = std::size_t{1} << 20U;

/// The whole file, at most `largest` octets. Throws ConfigError if it cannot be read, is larger or is a folder.
[[nodiscard]] std::string readTextFile(const std::string& path, std::size_t largest = kLargestConfiguration);

/// The *.toml of a folder in the order of their names, hidden ones left out; none if there is no such folder. Throws
/// ConfigError if the folder cannot be read.
[[nodiscard]] std::vector<std::string> tomlFilesIn(const std::string& folder);

}  // namespace beffroi::config
