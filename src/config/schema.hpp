// SPDX-License-Identifier: AGPL-3.0-or-later
//
// The options that a program knows, with their types erased: what the reader, the sample file and the reference page
// need of each. A program's schema is put together in app/, from the constants of the folders it is made of.
// Thread: any, once it is complete.
#pragma once

#include "config/option.hpp"
#include "config/value.hpp"

#include <algorithm>
#include <cstddef>
#include <functional>
#include <limits>
#include <string>
#include <string_view>
#include <vector>

namespace beffroi::config {

class Schema {
public:
    struct Entry {
        std::string_view key;
        std::string_view since;
        std::string_view help;
        Reload reload = Reload::Restart;
        Value fallback;
        std::chrono::milliseconds granularity{1};  // of a duration
        std::int64_t least = 0;                    // of the number, of its milliseconds or bytes, or of the length
        std::int64_t most = 0;
        std::function<std::string(const Value&)> check;  // empty if the option has none

        [[nodiscard]] std::string_view section() const { return key.substr(0, key.find('.')); }
        [[nodiscard]] std::string_view name() const { return key.substr(key.find('.') + 1); }
        /// "from 1 to 10", "at least "30s"", "from 1 to 8 elements"; empty if everything is accepted.
        [[nodiscard]] std::string range() const;
        /// What is wrong with a value of the right type: its bounds, then the option's own check. Empty if nothing is.
        [[nodiscard]] std::string objection(const Value& value) const;
    };

    /// The same constant may be added by several folders. A declaration that contradicts itself (a key of another form,
    /// a fallback out of its own bounds, two options of one key) is a mistake of ours and ends the process.
    template <typename T>
    Schema& add(const Option<T>& option) {
        return add(erase(option));
    }

    /// In the order in which they were added.
    [[nodiscard]] const std::vector<Entry>& entries() const noexcept { return entries_; }
    [[nodiscard]] const Entry* find(std::string_view key) const noexcept;
    [[nodiscard]] std::vector<std::string_view> sections() const;

private:
    Schema& add(Entry entry);
    template <typename T>
    [[nodiscard]] static Entry erase(const Option<T>& option);

    std::vector<Entry> entries_;
};

/// A file with every option, its help, range and fallback, all commented out: what is installed as beffroi.toml.
[[nodiscard]] std::string writeSample(const Schema& schema);

/// The reference page in Markdown: docs/configuration.md.
[[nodiscard]] std::string writeReference(const Schema& schema);

/// Between the type of an option and what Value keeps of it.
template <typename T>
struct Erasure;
template <typename T>
requires kIsText<T>
struct Erasure<T> {
    static Value toValue(std::string_view value) { return std::string{value}; }
    static const std::string& fromValue(const Value& value) { return std::get<std::string>(value); }
    static std::int64_t toBound(std::size_t length) { return static_cast<std::int64_t>(length); }
};
template <>
struct Erasure<std::vector<std::string>> {
    static Value toValue(std::string_view value) { return splitList(value); }
    static const std::vector<std::string>& fromValue(const Value& value) {
        return std::get<std::vector<std::string>>(value);
    }
    static std::int64_t toBound(std::size_t length) { return static_cast<std::int64_t>(length); }
};
template <>
struct Erasure<bool> {
    static Value toValue(bool value) { return value; }
    static bool fromValue(const Value& value) { return std::get<bool>(value); }
    static std::int64_t toBound(bool value) { return value ? 1 : 0; }
};
template <typename T>
requires std::is_integral_v<T>
struct Erasure<T> {
    static Value toValue(T value) { return toBound(value); }
    static T fromValue(const Value& value) { return static_cast<T>(std::get<std::int64_t>(value)); }
    static std::int64_t toBound(T value) {
        constexpr auto kMost = std::numeric_limits<std::int64_t>::max();
        if constexpr (std::is_unsigned_v<T> && sizeof(T) == sizeof kMost) {
            if (value > static_cast<T>(kMost)) return kMost;
        }
        return static_cast<std::int64_t>(value);
    }
};
template <typename T>
requires kIsDuration<T>
struct Erasure<T> {
    static Value toValue(T value) { return std::chrono::milliseconds{toBound(value)}; }
    static T fromValue(const Value& value) {
        return std::chrono::duration_cast<T>(std::get<std::chrono::milliseconds>(value));
    }
    static std::int64_t toBound(T value) {
        constexpr auto kMost = std::chrono::duration_cast<T>(std::chrono::milliseconds::max());
        return value >= kMost ? std::numeric_limits<std::int64_t>::max() : std::chrono::milliseconds{value}.count();
    }
};
template <>
struct Erasure<Bytes> {
    static Value toValue(Bytes value) { return value; }
    static Bytes fromValue(const Value& value) { return std::get<Bytes>(value); }
    static std::int64_t toBound(Bytes value) { return value.count; }
};

template <typename T>
Schema::Entry Schema::erase(const Option<T>& option) {
    Entry entry;
    entry.key = option.key;
    entry.since = option.since;
    entry.help = option.help;
    entry.reload = option.reload;
    entry.least = Erasure<T>::toBound(option.bounds.least);
    entry.most = Erasure<T>::toBound(option.bounds.most);
    entry.fallback = Erasure<T>::toValue(option.fallback);
    if constexpr (kIsDuration<T>) entry.granularity = std::chrono::milliseconds{T{1}};
    if (option.check != nullptr) {
        entry.check = [check = option.check](const Value& value) { return check(Erasure<T>::fromValue(value)); };
    }
    return entry;
}

}  // namespace beffroi::config
