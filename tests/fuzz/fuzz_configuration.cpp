// SPDX-License-Identifier: AGPL-3.0-or-later
//
// Any text as the configuration file: it is taken whole or refused with mistakes that stand in it, and of a file that
// is taken every word is one that we know.

#include "app/daemon_schema.hpp"
#include "base/assert.hpp"
#include "config/settings.hpp"
#include "config/toml_text.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace {

using namespace beffroi;

const config::Schema& schema() {
    static const auto daemons = app::daemonSchema();
    return daemons;
}

void checkMistakes(const config::ConfigError& error, std::string_view text) {
    const auto lines = static_cast<std::size_t>(std::count(text.begin(), text.end(), '\n')) + 1;
    BEFFROI_ASSERT(!error.mistakes().empty());
    for (const auto& mistake : error.mistakes()) {
        BEFFROI_ASSERT(!mistake.text.empty() && mistake.place.line <= lines && mistake.place.column <= text.size() + 1);
        BEFFROI_ASSERT(mistake.toString().starts_with("beffroi.toml"));
    }
}

// Every key of a file that was taken is an option or a section of options: a word that is misspelt is never ignored.
void checkTaken(std::string_view text) {
    const auto sections = schema().sections();
    for (const auto& item : config::parseToml(text, "beffroi.toml")) {
        BEFFROI_ASSERT(item.kind == config::TomlItem::Kind::Table
                           ? std::find(sections.begin(), sections.end(), item.path) != sections.end()
                           : schema().find(item.path) != nullptr);
    }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view text{reinterpret_cast<const char*>(data), size};
    try {
        const auto settings = config::parse(text, "beffroi.toml", schema());
        BEFFROI_ASSERT(settings.differencesFrom(settings).empty());
        checkTaken(text);
    } catch (const config::ConfigError& error) {
        checkMistakes(error, text);
    }
    return 0;
}
