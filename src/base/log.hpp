// SPDX-License-Identifier: AGPL-3.0-or-later
//
// The one door to the log. An entry is an event: an area, what happened, and key=value fields; under systemd the
// fields reach the journal as fields. spdlog is behind it and in no other file.
// Thread: any.
#pragma once

#include <charconv>
#include <cstdint>
#include <initializer_list>
#include <string>
#include <string_view>
#include <type_traits>

namespace beffroi::log {

enum class Level : std::uint8_t { Debug, Info, Warning, Error, Off };

/// Where an entry comes from: "registrar", "routing.dnd". A constant of the source file that uses it.
struct Area {
    std::string_view name;
};

/// One key=value. Keys are short lower-case words; values are escaped when written, so that an entry is one line.
class Field {
public:
    Field(std::string_view key, std::string_view value) : key_{key}, text_{value} {}
    Field(std::string_view key, const char* value) : key_{key}, text_{value} {}
    Field(std::string_view key, const std::string& value) : key_{key}, text_{value} {}
    template <typename Number>
    requires std::is_arithmetic_v<Number> Field(std::string_view key, Number value) : key_{key} {
        if constexpr (std::is_same_v<Number, bool>) {
            text_ = value ? "yes" : "no";
        } else {
            const auto end = std::to_chars(digits_, digits_ + sizeof digits_, value).ptr;
            text_ = {digits_, static_cast<std::size_t>(end - digits_)};
        }
    }
    Field(const Field&) = delete;
    Field& operator=(const Field&) = delete;

    [[nodiscard]] std::string_view key() const noexcept { return key_; }
    [[nodiscard]] std::string_view text() const noexcept { return text_; }

private:
    std::string_view key_;
    char digits_[32];
    std::string_view text_;
};

using Fields = std::initializer_list<Field>;

enum class Target : std::uint8_t { StandardError, Journal };

/// Called once by app/ before threads start. Until then entries of Warning and above go to standard error.
void configure(Level level, Target target);
void setLevel(Level level) noexcept;
[[nodiscard]] bool enabled(Level level) noexcept;

void write(Level level, const Area& area, std::string_view event, Fields fields);

inline void debug(const Area& area, std::string_view event, Fields fields = {}) {
    if (enabled(Level::Debug)) write(Level::Debug, area, event, fields);
}
inline void info(const Area& area, std::string_view event, Fields fields = {}) {
    if (enabled(Level::Info)) write(Level::Info, area, event, fields);
}
inline void warning(const Area& area, std::string_view event, Fields fields = {}) {
    if (enabled(Level::Warning)) write(Level::Warning, area, event, fields);
}
inline void error(const Area& area, std::string_view event, Fields fields = {}) {
    if (enabled(Level::Error)) write(Level::Error, area, event, fields);
}

}  // namespace beffroi::log
