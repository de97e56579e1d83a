// SPDX-License-Identifier: AGPL-3.0-or-later
//
// The public holidays of a region as rules: country/ reads them from the country's data file, calendar/ computes their
// days.
// Thread: any; values.
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <vector>

namespace beffroi {

struct Holiday {
    std::optional<std::chrono::month_day> day;  // of every year
    std::chrono::days afterEaster{0};           // without `day`: from Easter Sunday on, negative before it
    std::string name;                           // in the country's language: "Fête du Travail"
    std::string english;                        // "Labour Day"
};

/// In the order of the data file.
using Holidays = std::vector<Holiday>;

}  // namespace beffroi
