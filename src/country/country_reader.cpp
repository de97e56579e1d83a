// SPDX-License-Identifier: AGPL-3.0-or-later

#include "country/country_reader.hpp"

#include "config/nearest.hpp"
#include "country/number_class.hpp"

#define TOML_HEADER_ONLY 0
#include <toml++/toml.h>

#include <algorithm>
#include <charconv>
#include <functional>
#include <set>
#include <utility>

namespace beffroi::country {
namespace {

using Keys = std::vector<std::string_view>;

constexpr std::size_t kLongestNumber = 15;  // digits, ITU-T E.164 §6

bool isDigits(std::string_view text) {
    return !text.empty() && text.size() <= kLongestNumber &&
           std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
}

// "05-01".
std::optional<std::chrono::month_day> dayOfYear(std::string_view text) {
    unsigned month = 0;
    unsigned day = 0;
    if (text.size() != 5 || text[2] != '-') return std::nullopt;
    const char* const start = text.data();
    if (std::from_chars(start, start + 2, month).ptr != start + 2) return std::nullopt;
    if (std::from_chars(start + 3, start + 5, day).ptr != start + 5) return std::nullopt;
    const std::chrono::month_day date{std::chrono::month{month}, std::chrono::day{day}};
    return date.ok() ? std::optional{date} : std::nullopt;
}

}  // namespace

// One data file and what is wrong with it. A mistake of syntax leaves an empty table.
class CountryReader::File {
public:
    File(const DataFile& file, std::vector<config::Mistake>& mistakes) : file_{file}, mistakes_{mistakes} {
        try {
            table_ = toml::parse(file.text, file.name);
        } catch (const toml::parse_error& error) {
            complain(error.source().begin, std::string{error.description()});
            isBroken_ = true;
        }
    }

    [[nodiscard]] bool isBroken() const noexcept { return isBroken_; }
    [[nodiscard]] const toml::table& top() const noexcept { return table_; }

    void complain(const toml::source_position& place, std::string text) {
        mistakes_.push_back({config::Place{file_.name, place.line, place.column, {}}, std::move(text), {}});
    }
    void complainAt(const toml::table& entry, std::string_view key, std::string text) {
        const auto* node = entry.get(key);
        complain(node != nullptr ? node->source().begin : entry.source().begin, std::move(text));
    }

    void checkKeys(const toml::table& entry, const Keys& known, std::string_view where) {
        for (const auto& [key, node] : entry) {
            if (std::find(known.begin(), known.end(), key.str()) != known.end()) continue;
            const std::string near{config::nearest(key.str(), known)};
            complain(key.source().begin, "unknown key \"" + std::string{key.str()} + "\" in " + std::string{where} +
                                             (near.empty() ? "" : "; did you mean \"" + near + "\"?"));
        }
    }

    /// Empty if it is absent, or wrong and complained about.
    std::string text(const toml::table& entry, std::string_view key) {
        const auto* node = entry.get(key);
        if (node == nullptr) return {};
        if (const auto* value = node->as_string()) return value->get();
        complain(node->source().begin, std::string{key} + ": a text in quotes is expected");
        return {};
    }

    /// Digits, or empty and complained about; also where they are missing unless they are `optional`.
    std::string digits(const toml::table& entry, std::string_view key, bool optional = false) {
        if (optional && !entry.contains(key)) return {};
        auto value = text(entry, key);
        if (isDigits(value)) return value;
        complainAt(entry, key, std::string{key} + ": 1 to 15 digits in quotes are expected");
        return {};
    }

    std::size_t count(const toml::table& entry, std::string_view key) {
        const auto* node = entry.get(key);
        const auto value = node == nullptr ? std::nullopt : node->value_exact<std::int64_t>();
        if (value && *value >= 1 && *value <= static_cast<std::int64_t>(kLongestNumber)) {
            return static_cast<std::size_t>(*value);
        }
        complainAt(entry, key, std::string{key} + ": a whole number from 1 to 15 is expected");
        return 0;
    }

    std::vector<std::string> texts(const toml::table& entry, std::string_view key) {
        std::vector<std::string> values;
        const auto* node = entry.get(key);
        if (node == nullptr) return values;
        const auto* list = node->as_array();
        if (list == nullptr || !std::all_of(list->begin(), list->end(), [](const auto& e) { return e.is_string(); })) {
            complain(node->source().begin, std::string{key} + ": a list of texts is expected");
            return values;
        }
        for (const auto& element : *list) values.push_back(element.as_string()->get());
        return values;
    }

    std::optional<NumberClass> numberClass(const toml::table& entry) {
        const auto name = text(entry, "class");
        const auto found = numberClassFrom(name);
        if (found && *found != NumberClass::Internal && *found != NumberClass::Unknown) return found;
        const std::string near{
            found ? std::string_view{}
                  : config::nearest(name, {std::begin(kNumberClassNames), std::end(kNumberClassNames)})};
        complainAt(
            entry, "class",
            "\"" + name + "\" is no class of numbers" + (near.empty() ? "" : "; did you mean \"" + near + "\"?"));
        return std::nullopt;
    }

    void forEach(std::string_view key, const std::function<void(const toml::table&)>& read) {
        const auto* node = table_.get(key);
        if (node == nullptr) return;
        const auto* list = node->as_array();
        if (list == nullptr) return complain(node->source().begin, std::string{key} + ": a list of tables is expected");
        for (const auto& entry : *list) {
            if (const auto* fields = entry.as_table()) {
                read(*fields);
            } else {
                complain(entry.source().begin, "a table is expected");
            }
        }
    }

private:
    const DataFile& file_;
    std::vector<config::Mistake>& mistakes_;
    toml::table table_;
    bool isBroken_ = false;
};

Country CountryReader::read(const DataFile& world, const DataFile& own) {
    CountryReader reader;
    File ownFile{own, reader.mistakes_};
    File worldFile{world, reader.mistakes_};
    if (!worldFile.isBroken()) reader.readLimits(worldFile);
    if (!ownFile.isBroken()) reader.readOwn(ownFile);
    if (!worldFile.isBroken()) reader.readAbroad(worldFile);  // after the country's: what was added first counts
    if (!reader.mistakes_.empty()) throw config::ConfigError{std::move(reader.mistakes_)};
    return std::move(reader.country_);
}

void CountryReader::readLimits(File& file) {
    file.checkKeys(file.top(), {"least-digits", "most-digits", "abroad"}, "the file of the world");
    leastAbroad_ = file.count(file.top(), "least-digits");
    mostAbroad_ = file.count(file.top(), "most-digits");
}

void CountryReader::readOwn(File& file) {
    const auto& top = file.top();
    file.checkKeys(top,
                   {"name", "code", "trunk-prefix", "international-prefix", "outside-prefixes-of-habit", "number",
                    "abroad", "regions", "holiday"},
                   "the country");
    country_.code_ = file.digits(top, "code");
    country_.trunkPrefix_ = file.digits(top, "trunk-prefix");
    country_.internationalPrefix_ = file.digits(top, "international-prefix");
    country_.habits_ = file.texts(top, "outside-prefixes-of-habit");
    readNumbers(file);
    readAbroad(file);
    readHolidays(file);
}

void CountryReader::readNumbers(File& file) {
    file.forEach("number", [&](const toml::table& entry) {
        file.checkKeys(entry, {"begins", "digits", "class", "e164", "name"}, "a number");
        Country::Range range;
        range.begins = file.digits(entry, "begins");
        range.least = range.most = file.count(entry, "digits");
        const auto numberClass = file.numberClass(entry);
        range.e164 = file.digits(entry, "e164", true);
        range.name = file.text(entry, "name");
        if (range.begins.empty() || range.least == 0 || !numberClass) return;
        if (range.begins.size() > range.least) file.complainAt(entry, "digits", "digits: fewer than it begins with");
        range.numberClass = *numberClass;
        range.isShort = range.begins.rfind(country_.trunkPrefix_, 0) != 0;
        const bool isOfOtherCode = !range.e164.empty();
        if (isOfOtherCode && range.isShort) file.complainAt(entry, "e164", "e164: a short number has no such form");
        const auto index = country_.ranges_.size();
        if (!country_.national_.add(range.begins, index)) {
            file.complainAt(entry, "begins", range.begins + " stands twice");
        } else if (isOfOtherCode && !country_.international_.add(range.e164, index)) {
            file.complainAt(entry, "e164", range.e164 + " stands twice");
        }
        if (range.numberClass == NumberClass::Emergency) {
            country_.emergencyNumbers_.push_back({range.begins, range.name});
            if (range.begins.size() != range.least) {
                file.complainAt(entry, "digits", "digits: an emergency number is written whole");
            }
        }
        country_.ranges_.push_back(std::move(range));
    });
}

void CountryReader::readAbroad(File& file) {
    std::set<std::string> added;
    file.forEach("abroad", [&](const toml::table& entry) {
        file.checkKeys(entry, {"begins", "class", "name"}, "a number abroad");
        Country::Range range;
        range.begins = file.digits(entry, "begins");
        const auto numberClass = file.numberClass(entry);
        range.name = file.text(entry, "name");
        if (range.begins.empty() || !numberClass) return;
        range.numberClass = *numberClass;
        range.least = leastAbroad_;
        range.most = mostAbroad_;
        range.isAbroad = true;
        const auto index = country_.ranges_.size();
        if (!country_.international_.add(range.begins, index)) {
            // The country's own word was first; within one file it is a mistake.
            if (added.contains(range.begins)) file.complainAt(entry, "begins", range.begins + " stands twice");
            return;
        }
        added.insert(range.begins);
        country_.ranges_.push_back(std::move(range));
    });
}

void CountryReader::readHolidays(File& file) {
    for (auto& region : file.texts(file.top(), "regions")) country_.holidays_.try_emplace(std::move(region));
    file.forEach("holiday", [&](const toml::table& entry) {
        file.checkKeys(entry, {"day", "easter", "name", "english", "regions"}, "a holiday");
        Holiday holiday;
        holiday.name = file.text(entry, "name");
        holiday.english = file.text(entry, "english");
        if (entry.contains("day") == entry.contains("easter")) {
            return file.complain(entry.source().begin, "a holiday has either a day or its days after Easter");
        }
        if (entry.contains("day")) {
            holiday.day = dayOfYear(file.text(entry, "day"));
            if (!holiday.day) file.complainAt(entry, "day", "day: a month and its day are expected, such as \"05-01\"");
        } else {
            const auto offset = entry.get("easter")->value_exact<std::int64_t>();
            if (!offset || *offset < -80 || *offset > 200) {
                return file.complainAt(entry, "easter", "easter: a whole number from -80 to 200 is expected");
            }
            holiday.afterEaster = std::chrono::days{*offset};
        }
        const auto regions = file.texts(entry, "regions");
        for (const auto& region : regions) {
            const auto found = country_.holidays_.find(region);
            if (found == country_.holidays_.end()) {
                file.complainAt(entry, "regions", "there is no region \"" + region + '"');
            } else {
                found->second.push_back(holiday);
            }
        }
        if (entry.contains("regions")) return;
        for (auto& [region, holidays] : country_.holidays_) holidays.push_back(holiday);
    });
}

}  // namespace beffroi::country
