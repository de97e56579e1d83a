// SPDX-License-Identifier: AGPL-3.0-or-later
//
// "Did you mean": the known word that a slip of the finger is nearest to.
// Thread: any.
#pragma once

#include <cstddef>
#include <string_view>
#include <vector>

namespace beffroi::config {

/// Insertions, deletions, changes and swaps of neighbours that turn one word into the other.
[[nodiscard]] std::size_t editDistance(std::string_view from, std::string_view to);

/// The known word nearest to `word`; empty if none is near enough. The first of equals wins.
[[nodiscard]] std::string_view nearest(std::string_view word, const std::vector<std::string_view>& known);

}  // namespace beffroi::config
