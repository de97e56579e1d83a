// SPDX-License-Identifier: AGPL-3.0-or-later
//
// From files to typed values: load() reads a program's TOML file and the conf.d/*.toml beside it, and Settings holds
// what was written there or the fallbacks. A file is checked like a program: every mistake is reported with its place,
// and one mistake means that nothing is used.
// Thread: any; Settings never change once loaded.
#pragma once

#include "config/mistake.hpp"
#include "config/option.hpp"
#include "config/schema.hpp"

#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace beffroi::config {

class Settings {
public:
    /// The fallbacks of all options, which `wrong` says are missing from `file`.
    explicit Settings(const Schema& schema, const std::string& file = {});

    /// The value: a reference for texts and lists, a copy for others. The option must be in the schema.
    template <typename T>
    [[nodiscard]] decltype(auto) operator[](const Option<T>& option) const {
        return Erasure<T>::fromValue(at(option.key).value);
    }

    /// For what only several options together show: an error that points to where this one was written.
    template <typename T>
    [[nodiscard]] ConfigError wrong(const Option<T>& option, const std::string& text) const {
        return wrong(option.key, text);
    }

    /// The keys of the options whose values differ, in the order of their names: what a reload would change.
    [[nodiscard]] std::vector<std::string_view> differencesFrom(const Settings& other) const;

private:
    friend class SettingsReader;
    struct Stored {
        Value value;
        Place place;  // without a line while it is the fallback
        std::string_view help;
    };
    [[nodiscard]] const Stored& at(std::string_view key) const;
    [[nodiscard]] ConfigError wrong(std::string_view key, const std::string& text) const;

    std::map<std::string_view, Stored, std::less<>> stored_;  // the keys live in the schema's options
};

/// Reads `path` and then conf.d/*.toml beside it in the order of their names; a later file wins. Throws ConfigError
/// with all mistakes of all files.
[[nodiscard]] Settings load(const std::string& path, const Schema& schema);

/// The same for one text, for tests; `name` stands for the file in mistakes.
[[nodiscard]] Settings parse(std::string_view text, const std::string& name, const Schema& schema);

}  // namespace beffroi::config
