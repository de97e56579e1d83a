// SPDX-License-Identifier: AGPL-3.0-or-later
//
// TOML in, settings or mistakes out. toml++ reports the places; the schema says what they may hold.

#include "config/settings.hpp"

#define TOML_HEADER_ONLY 0
#include <toml++/toml.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <numeric>
#include <sstream>

namespace beffroi::config {
namespace {

namespace fs = std::filesystem;

constexpr std::uintmax_t kLargestFile = 1 << 20;

std::string lineOf(std::string_view text, std::size_t line) {
    for (; line > 1; --line) {
        const auto end = text.find('\n');
        if (end == std::string_view::npos) return {};
        text.remove_prefix(end + 1);
    }
    return std::string{text.substr(0, text.find('\n'))};
}

RawValue rawOf(const toml::node& node) {
    RawValue raw;
    if (const auto* boolean = node.as_boolean()) {
        raw.kind = RawValue::Kind::Boolean;
        raw.boolean = boolean->get();
    } else if (const auto* integer = node.as_integer()) {
        raw.kind = RawValue::Kind::Integer;
        raw.integer = integer->get();
    } else if (const auto* text = node.as_string()) {
        raw.kind = RawValue::Kind::Text;
        raw.text = text->get();
    } else if (const auto* list = node.as_array()) {
        raw.kind = RawValue::Kind::TextList;
        for (const auto& element : *list) {
            if (!element.is_string()) {
                raw.kind = RawValue::Kind::Other;
                break;
            }
            raw.list.push_back(element.as_string()->get());
        }
    }
    return raw;
}

// Reads the files of one configuration one after the other and collects what is wrong with them.
class FileReader {
public:
    FileReader(const Schema& schema, Settings& settings) : schema_{schema}, settings_{settings} {}

    void readFile(const std::string& path) {
        std::error_code error;
        if (fs::is_directory(path, error)) return complain(path, "is a folder, not a file");
        std::ifstream file{path, std::ios::binary};
        if (!file) return complain(path, "cannot be read: " + std::generic_category().message(errno));
        if (fs::file_size(path, error) > kLargestFile) return complain(path, "is larger than a configuration can be");
        std::ostringstream text;
        text << file.rdbuf();
        readText(text.str(), path);
    }

    void readText(std::string_view text, const std::string& name) {
        text_ = text;
        name_ = name;
        try {
            const auto table = toml::parse(text, name);
            for (const auto& [key, node] : table) readSection(key, node);
        } catch (const toml::parse_error& error) {
            complainAt(error.source().begin, std::string{error.description()});
        }
    }

    void throwIfWrong() const {
        if (!mistakes_.empty()) throw ConfigError{mistakes_};
    }

private:
    void readSection(const toml::key& key, const toml::node& node) {
        const auto* section = node.as_table();
        const auto known = sections();
        const auto found = std::find(known.begin(), known.end(), key.str());
        if (section == nullptr || found == known.end()) {
            const auto near = nearest(key.str(), known);
            return complainAt(key.source().begin, "unknown section \"" + std::string{key.str()} + '"' +
                                                      (near.empty() ? "" : "; did you mean \"" + near + "\"?"));
        }
        for (const auto& [name, value] : *section) readOption(key.str(), name, value);
    }

    void readOption(std::string_view section, const toml::key& name, const toml::node& node) {
        const auto key = std::string{section} + '.' + std::string{name.str()};
        const auto found = schema_.entries().find(key);
        if (found == schema_.entries().end()) {
            const auto near = nearest(key, keys());
            return complainAt(name.source().begin,
                              "unknown option \"" + key + '"' + (near.empty() ? "" : "; did you mean \"" + near + "\"?"));
        }
        std::string error;
        auto value = found->second.read(rawOf(node), error);
        if (!value.has_value()) return complainAt(node.source().begin, key + ": " + error);
        settings_.set(key, std::move(value));
    }

    [[nodiscard]] std::vector<std::string_view> keys() const {
        std::vector<std::string_view> all;
        for (const auto& [key, entry] : schema_.entries()) all.push_back(key);
        return all;
    }
    [[nodiscard]] std::vector<std::string_view> sections() const {
        std::vector<std::string_view> all;
        for (const auto key : keys()) {
            const auto section = key.substr(0, key.find('.'));
            if (all.empty() || all.back() != section) all.push_back(section);
        }
        return all;
    }

    void complain(const std::string& file, std::string text) { mistakes_.push_back({file, 0, 0, std::move(text), {}}); }
    void complainAt(const toml::source_position& place, std::string text) {
        mistakes_.push_back({name_, place.line, place.column, std::move(text), lineOf(text_, place.line)});
    }

    const Schema& schema_;
    Settings& settings_;
    std::string_view text_;
    std::string name_;
    std::vector<Mistake> mistakes_;
};

std::string join(const std::vector<Mistake>& mistakes) {
    std::string text;
    for (const auto& mistake : mistakes) text.append(text.empty() ? "" : "\n").append(mistake.toString());
    return text;
}

std::size_t distance(std::string_view a, std::string_view b) {
    std::vector<std::size_t> row(b.size() + 1);
    std::iota(row.begin(), row.end(), std::size_t{0});
    for (std::size_t i = 0; i < a.size(); ++i) {
        auto diagonal = row[0];
        row[0] = i + 1;
        for (std::size_t j = 0; j < b.size(); ++j) {
            const auto change = diagonal + (a[i] == b[j] ? 0 : 1);
            diagonal = row[j + 1];
            row[j + 1] = std::min({change, row[j] + 1, diagonal + 1});
        }
    }
    return row.back();
}

}  // namespace

std::string Mistake::toString() const {
    std::string result{file};
    if (line != 0) result.append(1, ':').append(std::to_string(line)).append(1, ':').append(std::to_string(column));
    result.append(": ").append(text);
    if (!source.empty() && column != 0) {
        result.append("\n  ").append(source).append("\n  ").append(column - 1, ' ').append(1, '^');
    }
    return result;
}

ConfigError::ConfigError(std::vector<Mistake> mistakes)
    : std::runtime_error{join(mistakes)}, mistakes_{std::move(mistakes)} {}

Settings::Settings(const Schema& schema) {
    for (const auto& [key, entry] : schema.entries()) values_.emplace(key, entry.fallbackValue);
}

const std::any& Settings::valueOf(std::string_view key) const {
    const auto found = values_.find(key);
    if (found == values_.end()) throw std::logic_error{"option " + std::string{key} + " is not in the schema"};
    return found->second;
}

Settings load(const std::string& path, const Schema& schema) {
    Settings settings{schema};
    FileReader reader{schema, settings};
    reader.readFile(path);
    std::vector<std::string> parts;
    std::error_code error;
    for (const auto& entry : fs::directory_iterator{fs::path{path}.parent_path() / "conf.d", error}) {
        if (entry.path().extension() == ".toml") parts.push_back(entry.path().string());
    }
    std::sort(parts.begin(), parts.end());
    for (const auto& part : parts) reader.readFile(part);
    reader.throwIfWrong();
    return settings;
}

Settings parse(std::string_view text, const std::string& name, const Schema& schema) {
    Settings settings{schema};
    FileReader reader{schema, settings};
    reader.readText(text, name);
    reader.throwIfWrong();
    return settings;
}

std::string nearest(std::string_view word, const std::vector<std::string_view>& known) {
    std::string_view best;
    std::size_t least = std::max<std::size_t>(2, word.size() / 3) + 1;
    for (const auto candidate : known) {
        const auto difference = distance(word, candidate);
        if (difference < least) {
            least = difference;
            best = candidate;
        }
    }
    return std::string{best};
}

}  // namespace beffroi::config
