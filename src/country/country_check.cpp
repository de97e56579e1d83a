// SPDX-License-Identifier: AGPL-3.0-or-later

#include "country/country_check.hpp"

#include "config/text_file.hpp"
#include "country/country.hpp"

#include <algorithm>
#include <filesystem>

namespace beffroi::country {
namespace {

// The file of the world is read with each country.
void addNew(const config::Mistake& mistake, std::vector<config::Mistake>& mistakes) {
    const auto said = mistake.toString();
    const bool isKnown = std::any_of(mistakes.begin(), mistakes.end(),
                                     [&said](const config::Mistake& known) { return known.toString() == said; });
    if (!isKnown) mistakes.push_back(mistake);
}

}  // namespace

std::vector<config::Mistake> checkFolder(const std::string& folder) {
    std::vector<config::Mistake> mistakes;
    bool hasCountry = false;
    try {
        for (const auto& file : config::tomlFilesIn(folder)) {
            const auto name = std::filesystem::path{file}.stem().string();
            if (name == "world") continue;
            hasCountry = true;
            try {
                static_cast<void>(Country::read(folder, name));
            } catch (const config::ConfigError& error) {
                for (const auto& mistake : error.mistakes()) addNew(mistake, mistakes);
            }
        }
        if (!hasCountry) mistakes.push_back({{folder, 0, 0, {}}, "has no file of a country, such as france.toml", {}});
    } catch (const config::ConfigError& error) {
        mistakes = error.mistakes();
    }
    return mistakes;
}

}  // namespace beffroi::country
