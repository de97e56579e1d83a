// SPDX-License-Identifier: AGPL-3.0-or-later
#include "guard/security_log.hpp"

#include <utility>

namespace beffroi::guard {
namespace {

constexpr log::Area kLog{"security"};
constexpr std::size_t kLongestText = 256;  // of what a peer wrote
const Rate kOfSource{1, 1};
const Rate kOfKind{10, 50};

log::Level levelOf(SecurityEvent::Kind kind) noexcept {
    switch (kind) {
        case SecurityEvent::Kind::SuccessfulAuth:
        case SecurityEvent::Kind::ChallengeSent: return log::Level::Debug;
        case SecurityEvent::Kind::Unbanned:
        case SecurityEvent::Kind::UnexpectedAddress:
        case SecurityEvent::Kind::RequestNotSupported: return log::Level::Info;
        default: return log::Level::Warning;
    }
}

std::string sourceOf(const SecurityEvent& event) {
    if (event.range.isSet()) return event.range.toString();
    return event.source.port() != 0 ? event.source.toString() : event.source.host();
}

}  // namespace

SecurityLog::SecurityLog(const Clock& clock, const SourceHash& hash, Write write)
    : clock_{clock}, hash_{hash}, write_{std::move(write)} {}

void SecurityLog::report(const SecurityEvent& event) {
    const auto kind = static_cast<std::size_t>(event.kind);
    ++counters_[kind];
    const auto level = levelOf(event.kind);
    if (!log::enabled(level)) return;
    const auto now = clock_.now();
    auto& source = sources_.at(hash_.ofHost(event.source, kind + 1));
    if (!source.bucket.take(now, kOfSource)) {
        ++source.suppressed;
        return;
    }
    auto& all = kinds_[kind];
    if (!all.bucket.take(now, kOfKind)) {
        ++all.suppressed;
        return;
    }
    write_(level, event, std::exchange(source.suppressed, 0) + std::exchange(all.suppressed, 0));
}

void SecurityLog::writeToLog(log::Level level, const SecurityEvent& event, std::uint64_t suppressed) {
    log::write(level, kLog, toString(event.kind),
               {{"event", toString(event.kind)},
                {"source", sourceOf(event)},
                {"transport", toString(event.transport)},
                {"account", event.account.substr(0, kLongestText)},
                {"method", event.method.substr(0, kLongestText)},
                {"call_id", event.callId.substr(0, kLongestText)},
                {"reason", event.reason.substr(0, kLongestText)},
                {"suppressed", suppressed}});
}

}  // namespace beffroi::guard
