// SPDX-License-Identifier: AGPL-3.0-or-later
//
// spdlog writes the lines to standard error; under systemd entries go to the journal as fields. Level and target belong
// to the process, as standard error does: they are atomic, so that an entry that is filtered out costs one load.

#include "base/log.hpp"

#include "base/log_entry.hpp"

#include <spdlog/sinks/stdout_sinks.h>
#include <spdlog/spdlog.h>
#include <sys/uio.h>
#include <systemd/sd-journal.h>
#include <unistd.h>

#include <atomic>
#include <memory>
#include <vector>

namespace beffroi::log {
namespace {

std::atomic<Level> threshold{Level::Warning};
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
        made->set_pattern("%Y-%m-%dT%H:%M:%S.%e%z %l %v");
        made->set_level(spdlog::level::debug);
        made->flush_on(spdlog::level::debug);
        return made;
    }();
    return *logger;
}

void toStandardError(Level level, const Area& area, std::string_view event, Fields fields) {
    const auto line = lineOf(area, event, fields);
    standardError().log(toSpdlog(level), spdlog::string_view_t{line.data(), line.size()});
}

void toJournal(Level level, const Area& area, std::string_view event, Fields fields) {
    auto texts = journalFieldsOf(level, area, event, fields);
    std::vector<iovec> parts;
    parts.reserve(texts.size());
    for (auto& text : texts) parts.push_back({text.data(), text.size()});
    if (sd_journal_sendv(parts.data(), static_cast<int>(parts.size())) < 0) toStandardError(level, area, event, fields);
}

// libsystemd drops what it is given, without an error, where no journal listens: in a container, say.
bool journalListens() noexcept { return access("/run/systemd/journal/socket", W_OK) == 0; }

}  // namespace

void configure(Level level, Target target) {
    const bool missing = target == Target::Journal && !journalListens();
    destination.store(missing ? Target::StandardError : target, std::memory_order_relaxed);
    setLevel(level);
    if (missing) warning(Area{"log"}, "no journal here, entries go to standard error");
}

void setLevel(Level level) noexcept { threshold.store(level, std::memory_order_relaxed); }

bool enabled(Level level) noexcept { return level >= threshold.load(std::memory_order_relaxed); }

void write(Level level, const Area& area, std::string_view event, Fields fields) {
    if (destination.load(std::memory_order_relaxed) == Target::Journal) return toJournal(level, area, event, fields);
    toStandardError(level, area, event, fields);
}

}  // namespace beffroi::log
