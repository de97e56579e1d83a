// SPDX-License-Identifier: AGPL-3.0-or-later
//
// What is wrong with a configuration, said so that the administrator finds the place and knows what to write instead.
// Thread: any.
#pragma once

#include <cstddef>
#include <stdexcept>
#include <string>
#include <vector>

namespace beffroi::config {

/// Where something stands in a file. Line and column count from 1; 0 where there is no place.
struct Place {
    std::string file;
    std::size_t line = 0;
    std::size_t column = 0;  // in characters
    std::string source;      // the line itself
};

struct Mistake {
    Place place;
    std::string text;
    std::string help;  // of the option; may be empty

    /// "file:line:column: text", the line with a caret below its column, and the help.
    [[nodiscard]] std::string toString() const;
};

/// What is found where more is looked at than the files of the configuration.
struct Findings {
    std::vector<Mistake> mistakes;
    std::vector<Mistake> warnings;  // soon somebody must act
};

/// At least one mistake; what() is all of them, one after the other.
class ConfigError : public std::runtime_error {
public:
    explicit ConfigError(std::vector<Mistake> mistakes);
    explicit ConfigError(Mistake mistake) : ConfigError{std::vector<Mistake>{std::move(mistake)}} {}
    [[nodiscard]] const std::vector<Mistake>& mistakes() const noexcept { return mistakes_; }

private:
    std::vector<Mistake> mistakes_;
};

}  // namespace beffroi::config
