// SPDX-License-Identifier: AGPL-3.0-or-later
//
// What `beffroid --check` finds in the data files of countries.
// Thread: any; reads files.
#pragma once

#include "config/mistake.hpp"

#include <string>
#include <vector>

namespace beffroi::country {

/// Every mistake of every country in `folder`, each once; one mistake if there is no country.
[[nodiscard]] std::vector<config::Mistake> checkFolder(const std::string& folder);

}  // namespace beffroi::country
