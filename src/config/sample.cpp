// SPDX-License-Identifier: AGPL-3.0-or-later
//
// The two texts that are made from the options: the sample file and the reference page.

#include "config/schema.hpp"

namespace beffroi::config {
namespace {

constexpr std::size_t kWidth = 100;

std::string_view effect(Reload reload) {
    return reload == Reload::Live ? "Takes effect by a reload." : "Takes effect by a restart.";
}

// As TOML comments, broken between words.
void appendComment(std::string& to, std::string_view text) {
    while (!text.empty()) {
        auto end = text.size();
        if (end > kWidth) {
            end = text.rfind(' ', kWidth);
            if (end == std::string_view::npos) end = std::min(text.find(' '), text.size());
        }
        to.append("# ").append(text.substr(0, end)).append(1, '\n');
        text = end < text.size() ? text.substr(end + 1) : std::string_view{};
    }
}

std::string facts(const Schema::Entry& entry) {
    auto text = entry.range();
    if (!text.empty()) {
        text.front() = text.front() == 'f' ? 'F' : 'A';  // "from …", "at least …"
        text.append(". ");
    }
    return text.append(effect(entry.reload)).append(" Since ").append(entry.since).append(1, '.');
}

template <typename Visitor>
void forEachOf(const Schema& schema, std::string_view section, Visitor visit) {
    for (const auto& entry : schema.entries()) {
        if (entry.section() == section) visit(entry);
    }
}

}  // namespace

std::string writeSample(const Schema& schema) {
    std::string text{"# SPDX-License-Identifier: AGPL-3.0-or-later\n#\n"};
    appendComment(text, "Beffroi's configuration. Every option is shown with the value that it has if it is left out.");
    appendComment(text, "Files conf.d/*.toml beside this one are read after it, in the order of their names.");
    for (const auto section : schema.sections()) {
        text.append("\n[").append(section).append("]\n");
        forEachOf(schema, section, [&text](const Schema::Entry& entry) {
            text.append(1, '\n');
            appendComment(text, entry.help);
            appendComment(text, facts(entry));
            text.append(1, '#').append(entry.name()).append(" = ").append(inFile(entry.fallback)).append(1, '\n');
        });
    }
    return text;
}

std::string writeReference(const Schema& schema) {
    std::string text{
        "# Configuration\n\nEvery option of `/etc/beffroi/beffroi.toml`, made by `beffroi config reference`; do not "
        "edit.\n"};
    for (const auto section : schema.sections()) {
        text.append("\n## [").append(section).append("]\n");
        forEachOf(schema, section, [&text](const Schema::Entry& entry) {
            text.append("\n### ").append(entry.key).append("\n\n").append(entry.help).append("\n\n");
            text.append("Default: `").append(inFile(entry.fallback)).append("`. ").append(facts(entry)).append(1, '\n');
        });
    }
    return text;
}

}  // namespace beffroi::config
