// SPDX-License-Identifier: AGPL-3.0-or-later
//
// The files are read one after the other; each mistake is noted and reading goes on, so that all of them are reported
// together.

#include "config/settings.hpp"

#include "base/assert.hpp"
#include "config/nearest.hpp"
#include "config/text_file.hpp"
#include "config/toml_text.hpp"

#include <filesystem>
#include <optional>
#include <utility>

namespace beffroi::config {
namespace {

std::string didYouMean(std::string_view word) { return word.empty() ? "" : "; did you mean " + inQuotes(word) + '?'; }

// The value of an option as it is written, or what is expected instead. One case for each type of Value.
struct Reading {
    const TomlItem& item;
    std::chrono::milliseconds granularity;
    std::string expected;

    template <typename T>
    std::optional<Value> as(std::string_view expectation) {
        if (const auto* written = std::get_if<T>(&item.written)) return Value{*written};
        expected = expectation;
        return std::nullopt;
    }
    std::optional<Value> operator()(bool) { return as<bool>("true or false"); }
    std::optional<Value> operator()(std::int64_t) { return as<std::int64_t>("a whole number"); }
    std::optional<Value> operator()(const std::string&) { return as<std::string>("a text in quotes"); }
    std::optional<Value> operator()(const std::vector<std::string>&) {
        return as<std::vector<std::string>>("a list of texts, such as [\"one\", \"two\"],");
    }
    std::optional<Value> operator()(std::chrono::milliseconds) {
        expected = "a duration with its unit, such as \"30s\", \"5min\", \"2h\" or \"1d\",";
        if (granularity == std::chrono::milliseconds{1}) expected.replace(expected.find("\"30s\""), 0, "\"500ms\", ");
        const auto* text = std::get_if<std::string>(&item.written);
        const auto value = text != nullptr ? parseDuration(*text) : std::nullopt;
        if (!value || value->count() % granularity.count() != 0) return std::nullopt;
        return Value{*value};
    }
    std::optional<Value> operator()(Bytes) {
        expected = "a size with its unit, such as \"512B\", \"64KiB\" or \"16MiB\",";
        const auto* text = std::get_if<std::string>(&item.written);
        const auto value = text != nullptr ? parseBytes(*text) : std::nullopt;
        if (!value) return std::nullopt;
        return Value{*value};
    }
};

}  // namespace

class SettingsReader {
public:
    SettingsReader(const Schema& schema, Settings& settings) : schema_{schema}, settings_{settings} {}

    void readFile(const std::string& path) {
        try {
            readText(readTextFile(path), path);
        } catch (const ConfigError& error) {
            mistakes_.insert(mistakes_.end(), error.mistakes().begin(), error.mistakes().end());
        }
    }

    void readText(std::string_view text, const std::string& name) {
        std::vector<std::string> unknown;  // tables that were complained about, with a dot: what they hold is not
        for (const auto& item : parseToml(text, name)) {
            const auto holds = [&item](const std::string& table) { return item.path.rfind(table, 0) == 0; };
            if (std::any_of(unknown.begin(), unknown.end(), holds)) continue;
            if (item.kind == TomlItem::Kind::Leaf) {
                readOption(item);
            } else if (!readTable(item)) {
                unknown.push_back(item.path + '.');
            }
        }
    }

    void note(Mistake mistake) { mistakes_.push_back(std::move(mistake)); }

    void throwIfWrong() const {
        if (!mistakes_.empty()) throw ConfigError{mistakes_};
    }

private:
    bool readTable(const TomlItem& item) {
        const auto sections = schema_.sections();
        if (std::find(sections.begin(), sections.end(), item.path) != sections.end()) return true;
        const bool inside = item.path.find('.') != std::string::npos;
        note({item.keyPlace, inside ? unknownOption(item.path) : unknownSection(item.path), {}});
        return false;
    }

    void readOption(const TomlItem& item) {
        const auto* entry = schema_.find(item.path);
        if (entry == nullptr) return note({item.keyPlace, unknownOption(item.path), {}});
        Reading reading{item, entry->granularity, {}};
        auto value = std::visit(reading, entry->fallback);
        if (!value) {
            auto text = item.path + ": " + reading.expected + " is expected, not ";
            const auto* written = std::get_if<std::string>(&item.written);
            return note({item.valuePlace, text.append(written != nullptr ? inQuotes(*written) : std::string{item.type}),
                         help(*entry)});
        }
        if (const auto objection = entry->objection(*value); !objection.empty()) {
            return note({item.valuePlace, item.path + ": " + objection, help(*entry)});
        }
        settings_.stored_.insert_or_assign(entry->key, Settings::Stored{*value, item.valuePlace, entry->help});
    }

    [[nodiscard]] std::string unknownSection(const std::string& path) const {
        return "unknown section [" + path + ']' + didYouMean(nearest(path, schema_.sections()));
    }

    // The right name in another section is a likelier slip than another name.
    [[nodiscard]] std::string unknownOption(const std::string& path) const {
        const auto sections = schema_.sections();
        if (std::find(sections.begin(), sections.end(), path) != sections.end()) {
            return path + " is a section: write [" + path + ']';
        }
        if (const auto* entry = schema_.find(path)) {
            return path + " is an option, not a section: write " + std::string{entry->name()} + " = …";
        }
        const auto name = std::string_view{path}.substr(path.find('.') + 1);
        std::vector<std::string_view> keys;
        std::string_view elsewhere;
        for (const auto& entry : schema_.entries()) {
            keys.push_back(entry.key);
            if (entry.name() == name && elsewhere.empty()) elsewhere = entry.key;
        }
        return "unknown option " + inQuotes(path) + didYouMean(elsewhere.empty() ? nearest(path, keys) : elsewhere);
    }

    static std::string help(const Schema::Entry& entry) { return std::string{entry.help}; }

    const Schema& schema_;
    Settings& settings_;
    std::vector<Mistake> mistakes_;
};

Settings::Settings(const Schema& schema, const std::string& file) {
    const Place nowhere{file, 0, 0, {}};
    for (const auto& entry : schema.entries()) stored_.emplace(entry.key, Stored{entry.fallback, nowhere, entry.help});
}

const Settings::Stored& Settings::at(std::string_view key) const {
    const auto found = stored_.find(key);
    BEFFROI_ASSERT(found != stored_.end());
    return found->second;
}

ConfigError Settings::wrong(std::string_view key, const std::string& text) const {
    const auto& stored = at(key);
    return ConfigError{Mistake{stored.place, std::string{key} + ": " + text, std::string{stored.help}}};
}

std::vector<std::string_view> Settings::differencesFrom(const Settings& other) const {
    std::vector<std::string_view> keys;
    for (const auto& [key, stored] : stored_) {
        const auto found = other.stored_.find(key);
        if (found == other.stored_.end() || found->second.value != stored.value) keys.push_back(key);
    }
    return keys;
}

Settings load(const std::string& path, const Schema& schema) {
    Settings settings{schema, path};
    SettingsReader reader{schema, settings};
    reader.readFile(path);
    const auto folder = (std::filesystem::path{path}.parent_path() / "conf.d").string();
    try {
        for (const auto& part : tomlFilesIn(folder)) reader.readFile(part);
    } catch (const ConfigError& error) {
        for (const auto& mistake : error.mistakes()) reader.note(mistake);
    }
    reader.throwIfWrong();
    return settings;
}

Settings parse(std::string_view text, const std::string& name, const Schema& schema) {
    Settings settings{schema, name};
    SettingsReader reader{schema, settings};
    reader.readText(text, name);
    reader.throwIfWrong();
    return settings;
}

}  // namespace beffroi::config
