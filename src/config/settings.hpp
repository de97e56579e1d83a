// SPDX-License-Identifier: AGPL-3.0-or-later
//
// From files to typed values: a Schema lists the options that a program knows, load() reads its TOML file and the
// conf.d/*.toml beside it, and Settings holds what was written there or the fallbacks. A file is checked like a
// program: every mistake is reported with its place, and one mistake means that nothing is used.
// Thread: any; Settings never change once loaded.
#pragma once

#include "config/option.hpp"

#include <any>
#include <cstddef>
#include <functional>
#include <map>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

namespace beffroi::config {

/// One mistake in a file. Line and column count from 1; 0 where there is no place.
struct Mistake {
    std::string file;
    std::size_t line = 0;
    std::size_t column = 0;
    std::string text;
    std::string source;  // the line itself

    /// "file:line:column: text", the line and a caret below its column.
    [[nodiscard]] std::string toString() const;
};

class ConfigError : public std::runtime_error {
public:
    explicit ConfigError(std::vector<Mistake> mistakes);
    explicit ConfigError(const std::string& text) : std::runtime_error{text} {}
    [[nodiscard]] const std::vector<Mistake>& mistakes() const noexcept { return mistakes_; }

private:
    std::vector<Mistake> mistakes_;
};

/// A value of the file as the schema sees it: exactly one alternative is set.
struct RawValue {
    enum class Kind { Boolean, Integer, Text, TextList, Other };
    Kind kind = Kind::Other;
    bool boolean = false;
    std::int64_t integer = 0;
    std::string text;
    std::vector<std::string> list;
};

class Schema {
public:
    /// `option` must be a constant that outlives the schema.
    template <typename T>
    Schema& add(const Option<T>& option);

    struct Entry {
        std::string_view key;
        std::string_view help;
        std::string_view since;
        Reload reload;
        std::string fallback;                     // as it is written in a file
        std::string range;                        // in words, may be empty
        std::any fallbackValue;
        std::function<std::any(const RawValue&, std::string& error)> read;
    };
    [[nodiscard]] const std::map<std::string_view, Entry>& entries() const noexcept { return entries_; }

private:
    std::map<std::string_view, Entry> entries_;
};

class Settings {
public:
    /// The fallbacks of all options.
    explicit Settings(const Schema& schema);

    template <typename T>
    [[nodiscard]] const typename Option<T>::Value& operator[](const Option<T>& option) const {
        return std::any_cast<const typename Option<T>::Value&>(valueOf(option.key));
    }
    void set(std::string_view key, std::any value) { values_.insert_or_assign(std::string{key}, std::move(value)); }

private:
    [[nodiscard]] const std::any& valueOf(std::string_view key) const;
    std::map<std::string, std::any, std::less<>> values_;
};

/// Reads `path` and then conf.d/*.toml beside it in the order of their names; a later file wins. Throws ConfigError
/// with all mistakes of all files.
[[nodiscard]] Settings load(const std::string& path, const Schema& schema);

/// The same for one text, for tests; `name` stands for the file in mistakes.
[[nodiscard]] Settings parse(std::string_view text, const std::string& name, const Schema& schema);

/// A file with every option, its help, range and fallback, all commented out.
[[nodiscard]] std::string sample(const Schema& schema, std::string_view heading);

/// The known word nearest to `word`, if it is near enough to be a slip of the finger.
[[nodiscard]] std::string nearest(std::string_view word, const std::vector<std::string_view>& known);

}  // namespace beffroi::config
