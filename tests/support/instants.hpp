// SPDX-License-Identifier: AGPL-3.0-or-later
//
// Instants and days as tests write them: utc("2026-03-29 01:00"), day("2026-03-29"); and back.
#pragma once

#include <chrono>
#include <cstdio>
#include <string>

namespace beffroi::test {

inline std::chrono::local_days day(const std::string& date) {
    return std::chrono::local_days{std::chrono::year{std::stoi(date.substr(0, 4))} / std::stoi(date.substr(5, 2)) /
                                   std::stoi(date.substr(8, 2))};
}

/// "2026-03-29 01:00" or "2026-03-29 01:00:59".
inline std::chrono::sys_seconds utc(const std::string& text) {
    const auto seconds = text.size() > 16 ? std::stoi(text.substr(17, 2)) : 0;
    return std::chrono::sys_days{day(text).time_since_epoch()} + std::chrono::hours{std::stoi(text.substr(11, 2))} +
           std::chrono::minutes{std::stoi(text.substr(14, 2))} + std::chrono::seconds{seconds};
}

inline std::string text(std::chrono::local_seconds at) {
    const auto days = std::chrono::floor<std::chrono::days>(at);
    const std::chrono::year_month_day date{days};
    const std::chrono::hh_mm_ss time{at - days};
    std::string buffer(32, '\0');
    const auto size =
        std::snprintf(buffer.data(), buffer.size(), "%04d-%02u-%02u %02d:%02d", static_cast<int>(date.year()),
                      static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()),
                      static_cast<int>(time.hours().count()), static_cast<int>(time.minutes().count()));
    buffer.resize(static_cast<std::size_t>(size));
    return buffer;
}

inline std::string text(std::chrono::sys_seconds at) { return text(std::chrono::local_seconds{at.time_since_epoch()}); }

}  // namespace beffroi::test
