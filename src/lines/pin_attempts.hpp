// SPDX-License-Identifier: AGPL-3.0-or-later
//
// How often a PIN may be tried: after five wrong ones for an extension, or ten at a telephone, none is looked at for a
// quarter of an hour, and each time that happens again for twice as long, up to a day. A day without a wrong PIN is
// forgiven. A right PIN forgives its extension, never the telephone: who knows one PIN could try others for ever.
// Thread: loop.
#pragma once

#include "beffroi/clock.hpp"
#include "beffroi/thread_roles.hpp"

#include <cstddef>
#include <cstdint>
#include <string>
#include <unordered_map>

namespace beffroi::lines {

class PinAttempts {
public:
    static constexpr std::uint32_t kMostOfExtension = 5;
    static constexpr std::uint32_t kMostAtDevice = 10;
    static constexpr Clock::Duration kFirstLock = std::chrono::minutes{15};
    static constexpr Clock::Duration kLongestLock = std::chrono::hours{24};
    static constexpr Clock::Duration kForgiven = std::chrono::hours{24};  // after the last wrong one
    static constexpr std::size_t kMostKnown = 100'000;  // the plan bounds them; beyond it, those forgiven go

    explicit PinAttempts(const Clock& clock) : clock_{clock} {}

    /// Whether a PIN of `extension` may be tried at the device of `account` now. If so it counts as wrong from now on,
    /// so that many at once are no way round; right() takes it back.
    [[nodiscard]] bool begin(const std::string& account, const std::string& extension) BEFFROI_ON_LOOP;
    void right(const std::string& account, const std::string& extension) BEFFROI_ON_LOOP;

private:
    struct Record {
        std::uint32_t wrong = 0;  // since the last lock
        std::uint32_t locks = 0;
        Clock::TimePoint last{};
        Clock::TimePoint lockedUntil{};
    };
    using Records = std::unordered_map<std::string, Record>;
    [[nodiscard]] Record& at(Records& records, const std::string& name);
    void count(Record& record, std::uint32_t most) const;

    const Clock& clock_;
    Records extensions_;
    Records devices_;
};

}  // namespace beffroi::lines
