// SPDX-License-Identifier: AGPL-3.0-or-later
//
// Security events as log entries of the area "security", and as counters. An attack makes thousands of them: of one
// kind and source one entry a second is written, of one kind some more, and the next entry says how many were left out.
// Thread: loop.
#pragma once

#include "base/log.hpp"
#include "beffroi/clock.hpp"
#include "beffroi/security_event.hpp"
#include "guard/bounded_table.hpp"
#include "guard/source_hash.hpp"
#include "guard/token_bucket.hpp"

#include <array>
#include <cstdint>
#include <functional>

namespace beffroi::guard {

class SecurityLog final : public SecurityEvents {
public:
    using Counters = std::array<std::uint64_t, SecurityEvent::kKinds>;
    /// Where an entry goes: the log, or what a test wants. `suppressed`: events like this one since the last entry.
    using Write = std::function<void(log::Level level, const SecurityEvent& event, std::uint64_t suppressed)>;

    SecurityLog(const Clock& clock, const SourceHash& hash, Write write = writeToLog);

    void report(const SecurityEvent& event) BEFFROI_ON_LOOP override;

    /// By kind, since the start.
    [[nodiscard]] const Counters& counters() const noexcept { return counters_; }

    static void writeToLog(log::Level level, const SecurityEvent& event, std::uint64_t suppressed);

private:
    struct Source {
        TokenBucket bucket;
        std::uint64_t suppressed = 0;
    };
    struct Kind {
        TokenBucket bucket;
        std::uint64_t suppressed = 0;
    };

    const Clock& clock_;
    SourceHash hash_;
    Write write_;
    Counters counters_{};
    BoundedTable<Source> sources_{16'384};
    std::array<Kind, SecurityEvent::kKinds> kinds_{};
};

}  // namespace beffroi::guard
