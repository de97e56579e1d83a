// SPDX-License-Identifier: AGPL-3.0-or-later
//
// spdlog writes lines to standard error; under systemd entries go to the journal as fields.

#include "base/log.hpp"

#include <spdlog/sinks/stdout_sinks.h>
#include <spdlog/spdlog.h>
#include <sys/uio.h>
#include <systemd/sd-journal.h>

#include <algorithm>
#include <atomic>
#include <cctype>
#include <memory>
#include <vector>

namespace beffroi::log {
namespace {

std::atomic<Level> threshold{Level::Warning};        // of the process: so that a filtered entry costs one load
std::atomic<Target> destination{Target::StandardError};

spdlog::level::level_enum toSpdlog(Level level) noexcept {
    switch (level) {
        case Level::Debug: return spdlog::level::debug;
        case Level::Info: return spdlog::level::info;
        case Level::Warning: return spdlog::level::warn;
        case Level::Error: return spdlog::level::err;
        case Level::Off: return spdlog::level::off;
    }
    return spdlog::level::off;
}

spdlog::logger& standardError() {
    static const auto logger = [] {
        auto made = std::make_shared<spdlog::logger>("beffroi", std::make_shared<spdlog::sinks::stderr_sink_mt>());
        made->set_pattern("%Y-%m-%dT%H:%M:%S.%e %l %v");
        made->set_level(spdlog::level::debug);
        made->flush_on(spdlog::level::debug);
        return made;
    }();
    return *logger;
}

void appendEscaped(std::string& line, std::string_view text) {
    constexpr char kDigits[] = "0123456789abcdef";
    for (const char c : text) {
        const auto octet = static_cast<unsigned char>(c);
        if (c == '"' || c == '\\') {
            line.append(1, '\\').append(1, c);
        } else if (octet < 0x20 || octet == 0x7f) {
            line.append("\\x").append(1, kDigits[octet >> 4U]).append(1, kDigits[octet & 15U]);
        } else {
            line.append(1, c);
        }
    }
}

void appendValue(std::string& line, std::string_view text) {
    const bool plain = !text.empty() && std::all_of(text.begin(), text.end(), [](char c) {
        return static_cast<unsigned char>(c) > 0x20 && c != '"' && c != '\\' && c != '=' && c != 0x7f;
    });
    if (plain) {
        line.append(text);
        return;
    }
    line.append(1, '"');
    appendEscaped(line, text);
    line.append(1, '"');
}

std::string lineOf(const Area& area, std::string_view event, Fields fields) {
    std::string line{area.name};
    line.append(": ");
    appendEscaped(line, event);
    for (const auto& field : fields) {
        line.append(1, ' ').append(field.key()).append(1, '=');
        appendValue(line, field.text());
    }
    return line;
}

int priorityOf(Level level) noexcept {
    switch (level) {
        case Level::Error: return 3;
        case Level::Warning: return 4;
        case Level::Info: return 6;
        default: return 7;
    }
}

void toJournal(Level level, const Area& area, std::string_view event, Fields fields) {
    std::vector<std::string> texts;
    texts.push_back("MESSAGE=" + lineOf(area, event, fields));
    texts.push_back("PRIORITY=" + std::to_string(priorityOf(level)));
    texts.push_back("BEFFROI_AREA=" + std::string{area.name});
    for (const auto& field : fields) {
        std::string text{"BEFFROI_"};
        for (const char c : field.key()) {
            text.append(1, c == '-' ? '_' : static_cast<char>(std::toupper(static_cast<unsigned char>(c))));
        }
        texts.push_back(text.append(1, '=').append(field.text()));
    }
    std::vector<iovec> parts;
    parts.reserve(texts.size());
    for (auto& text : texts) parts.push_back({text.data(), text.size()});
    sd_journal_sendv(parts.data(), static_cast<int>(parts.size()));
}

}  // namespace

void configure(Level level, Target target) {
    standardError();
    destination.store(target);
    setLevel(level);
}

void setLevel(Level level) noexcept { threshold.store(level, std::memory_order_relaxed); }

bool enabled(Level level) noexcept { return level >= threshold.load(std::memory_order_relaxed); }

void write(Level level, const Area& area, std::string_view event, Fields fields) {
    if (destination.load(std::memory_order_relaxed) == Target::Journal) return toJournal(level, area, event, fields);
    standardError().log(toSpdlog(level), spdlog::string_view_t{lineOf(area, event, fields)});
}

}  // namespace beffroi::log
