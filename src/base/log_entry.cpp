// SPDX-License-Identifier: AGPL-3.0-or-later
//
// Values come from peers: what they hold must neither end a line nor look like another field.

#include "base/log_entry.hpp"

#include "base/text.hpp"

#include <algorithm>

namespace beffroi::log {
namespace {

// Written as it is: no space, quote, backslash or '=', and all of it printable ASCII.
bool isPlain(std::string_view text) noexcept {
    return !text.empty() && std::all_of(text.begin(), text.end(), [](char c) {
        return c > 0x20 && c < 0x7f && c != '"' && c != '\\' && c != '=';
    });
}

void appendValue(std::string& line, std::string_view text) {
    if (isPlain(text)) {
        line.append(text);
        return;
    }
    line.append(1, '"');
    base::appendEscaped(line, text);
    line.append(1, '"');
}

// As syslog(3) counts them.
std::string_view priorityOf(Level level) noexcept {
    switch (level) {
        case Level::Error: return "3";
        case Level::Warning: return "4";
        case Level::Info: return "6";
        case Level::Debug:
        case Level::Off: return "7";
    }
    return "7";
}

// The journal takes upper-case letters, digits and underscores.
char fieldNameCharacter(char c) noexcept {
    if (c >= 'a' && c <= 'z') return static_cast<char>(c - 'a' + 'A');
    return (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ? c : '_';
}

}  // namespace

std::string lineOf(const Area& area, std::string_view event, Fields fields) {
    std::string line{area.name};
    line.append(": ");
    base::appendEscaped(line, event);
    for (const auto& field : fields) {
        line.append(1, ' ').append(field.key()).append(1, '=');
        appendValue(line, field.text());
    }
    return line;
}

std::vector<std::string> journalFieldsOf(Level level, const Area& area, std::string_view event, Fields fields) {
    std::vector<std::string> texts;
    texts.reserve(3 + fields.size());
    texts.push_back("MESSAGE=" + lineOf(area, event, fields));
    texts.push_back("PRIORITY=" + std::string{priorityOf(level)});
    texts.push_back("BEFFROI_AREA=" + std::string{area.name});
    for (const auto& field : fields) {
        std::string text{"BEFFROI_"};
        std::transform(field.key().begin(), field.key().end(), std::back_inserter(text), fieldNameCharacter);
        texts.push_back(text.append(1, '=').append(field.text()));
    }
    return texts;
}

}  // namespace beffroi::log
