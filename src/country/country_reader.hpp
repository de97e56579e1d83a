// SPDX-License-Identifier: AGPL-3.0-or-later
//
// From a country's data files to a Country, or to the list of their mistakes, each with its place.
// Thread: any; when the server starts.
#pragma once

#include "config/mistake.hpp"
#include "country/country.hpp"

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace beffroi::country {

struct DataFile {
    std::string name;  // as it stands in mistakes
    std::string text;
};

class CountryReader {
public:
    /// Throws config::ConfigError with every mistake of the two.
    [[nodiscard]] static Country read(const DataFile& world, const DataFile& own);

private:
    class File;
    void readLimits(File& file);
    void readOwn(File& file);
    void readNumbers(File& file);
    void readAbroad(File& file);
    void readHolidays(File& file);

    Country country_;
    std::size_t leastAbroad_ = 0;  // digits of a number abroad
    std::size_t mostAbroad_ = 0;
    std::vector<config::Mistake> mistakes_;
};

}  // namespace beffroi::country
