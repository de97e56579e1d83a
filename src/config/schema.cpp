// SPDX-License-Identifier: AGPL-3.0-or-later
//
// How each type of option is read from a file and written into the sample.

#include "config/settings.hpp"

#include <charconv>
#include <optional>

namespace beffroi::config {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

struct Unit {
    std::string_view name;
    std::int64_t milliseconds;
};
constexpr Unit kUnits[] = {{"ms", 1}, {"s", 1000}, {"min", 60'000}, {"h", 3'600'000}, {"d", 86'400'000}};

std::optional<milliseconds> parseDuration(std::string_view text) {
    std::int64_t number = 0;
    const auto result = std::from_chars(text.data(), text.data() + text.size(), number);
    if (result.ec != std::errc{} || number < 0) return std::nullopt;
    const auto unit = text.substr(static_cast<std::size_t>(result.ptr - text.data()));
    for (const auto& known : kUnits) {
        if (unit == known.name) {
            if (number > std::numeric_limits<std::int64_t>::max() / known.milliseconds) return std::nullopt;
            return milliseconds{number * known.milliseconds};
        }
    }
    return std::nullopt;
}

std::string durationText(milliseconds value) {
    const auto count = value.count();
    for (auto unit = std::rbegin(kUnits); unit != std::rend(kUnits); ++unit) {
        if (count != 0 && count % unit->milliseconds == 0) {
            return std::to_string(count / unit->milliseconds) + std::string{unit->name};
        }
    }
    return std::to_string(count) + "ms";
}

std::string quoted(std::string_view text) { return '"' + std::string{text} + '"'; }

std::vector<std::string> splitList(std::string_view text) {
    std::vector<std::string> values;
    while (!text.empty()) {
        const auto comma = text.find(',');
        auto value = text.substr(0, comma);
        while (!value.empty() && value.front() == ' ') value.remove_prefix(1);
        while (!value.empty() && value.back() == ' ') value.remove_suffix(1);
        if (!value.empty()) values.emplace_back(value);
        text = comma == std::string_view::npos ? std::string_view{} : text.substr(comma + 1);
    }
    return values;
}

template <typename T>
std::string inFile(const T& value) {
    if constexpr (std::is_same_v<T, bool>) {
        return value ? "true" : "false";
    } else if constexpr (std::is_integral_v<T>) {
        return std::to_string(value);
    } else if constexpr (std::is_same_v<T, seconds> || std::is_same_v<T, milliseconds>) {
        return quoted(durationText(value));
    } else if constexpr (std::is_same_v<T, std::vector<std::string>>) {
        std::string list{"["};
        for (const auto& element : value) list.append(list.size() > 1 ? ", " : "").append(quoted(element));
        return list.append("]");
    } else {
        return quoted(value);
    }
}

template <typename T>
typename Option<T>::Value fallbackOf(const Option<T>& option) {
    if constexpr (std::is_same_v<T, TextList>) {
        return splitList(option.fallback);
    } else {
        return typename Option<T>::Value{option.fallback};
    }
}

// The value if the file's is of the right type; otherwise what was expected in `error`.
template <typename T>
std::optional<typename Option<T>::Value> convert(const RawValue& raw, std::string& error) {
    using Kind = RawValue::Kind;
    if constexpr (std::is_same_v<T, bool>) {
        if (raw.kind == Kind::Boolean) return raw.boolean;
        error = "true or false is expected";
    } else if constexpr (std::is_same_v<T, std::int64_t>) {
        if (raw.kind == Kind::Integer) return raw.integer;
        error = "a whole number is expected";
    } else if constexpr (std::is_same_v<T, seconds> || std::is_same_v<T, milliseconds>) {
        const auto value = raw.kind == Kind::Text ? parseDuration(raw.text) : std::nullopt;
        if (value && std::is_same_v<T, milliseconds>) return std::chrono::duration_cast<T>(*value);
        if (value && value->count() % 1000 == 0) return std::chrono::duration_cast<T>(*value);
        error = "a duration with its unit is expected, such as \"30s\", \"5min\", \"2h\" or \"1d\"";
    } else if constexpr (std::is_same_v<T, std::string_view>) {
        if (raw.kind == Kind::Text) return raw.text;
        error = "a text in quotes is expected";
    } else {
        if (raw.kind == Kind::TextList) return raw.list;
        error = "a list of texts is expected, such as [\"one\", \"two\"]";
    }
    return std::nullopt;
}

template <typename T>
std::string rangeText(const Option<T>& option) {
    if constexpr (std::is_same_v<T, bool>) {
        return {};
    } else if constexpr (kHasValueBounds<T>) {
        return inFile(option.bounds.least) + " to " + inFile(option.bounds.most);
    } else {
        return {};
    }
}

template <typename T>
bool within(const Option<T>& option, const typename Option<T>::Value& value) {
    if constexpr (kHasValueBounds<T>) {
        return value >= option.bounds.least && value <= option.bounds.most;
    } else {
        return value.size() >= option.bounds.least && value.size() <= option.bounds.most;
    }
}

template <typename T>
std::string outside(const Option<T>& option) {
    if constexpr (kHasValueBounds<T>) {
        return "must be from " + rangeText(option);
    } else {
        return "must have from " + std::to_string(option.bounds.least) + " to " + std::to_string(option.bounds.most) +
               (std::is_same_v<T, TextList> ? " elements" : " characters");
    }
}

}  // namespace

template <typename T>
Schema& Schema::add(const Option<T>& option) {
    Entry entry{option.key, option.help, option.since, option.reload, inFile(fallbackOf(option)), rangeText(option),
                fallbackOf(option), {}};
    entry.read = [&option](const RawValue& raw, std::string& error) -> std::any {
        auto value = convert<T>(raw, error);
        if (!value) return {};
        if (!within(option, *value)) {
            error = outside(option);
            return {};
        }
        if (option.check != nullptr) {
            error = option.check(*value);
            if (!error.empty()) return {};
        }
        return *value;
    };
    entries_.emplace(option.key, std::move(entry));
    return *this;
}

template Schema& Schema::add(const Option<bool>&);
template Schema& Schema::add(const Option<std::int64_t>&);
template Schema& Schema::add(const Option<seconds>&);
template Schema& Schema::add(const Option<milliseconds>&);
template Schema& Schema::add(const Option<std::string_view>&);
template Schema& Schema::add(const Option<TextList>&);

std::string sample(const Schema& schema, std::string_view heading) {
    std::string text{heading};
    std::string_view section;
    for (const auto& [key, entry] : schema.entries()) {
        const auto dot = key.find('.');
        if (key.substr(0, dot) != section) {
            section = key.substr(0, dot);
            text.append("\n[").append(section).append("]\n");
        }
        text.append("\n# ").append(entry.help).append("\n# ");
        if (!entry.range.empty()) text.append("From ").append(entry.range).append(". ");
        text.append(entry.reload == Reload::Live ? "Takes effect by a reload." : "Takes effect by a restart.");
        text.append(" Since ").append(entry.since).append(".\n#").append(key.substr(dot + 1)).append(" = ");
        text.append(entry.fallback).append("\n");
    }
    return text;
}

}  // namespace beffroi::config
