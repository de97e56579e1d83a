// SPDX-License-Identifier: AGPL-3.0-or-later
//
// What is so just now and no plan can know: who is busy, what telephones have set by feature codes, who has logged in
// where, which hours are overridden. Routing asks it by look-ups and changes nothing.
#pragma once

#include "beffroi/clock.hpp"
#include "beffroi/directory.hpp"

#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace beffroi {

/// What an extension's own telephone has set; it outlives a restart.
struct LineSettings {
    Forwards forwards;  // empty: what the plan says
    bool doNotDisturb = false;
    bool callWaiting = true;                // false: a second call finds the line busy
    std::set<std::string> leftGroups;       // numbers of groups that do not ring it
    std::vector<std::string> loggedInAt{};  // accounts of hot-desk devices that are this extension's now
    friend bool operator==(const LineSettings&, const LineSettings&) = default;
};

/// "Closed until 14:00": takes the place of the hours.
struct HoursOverride {
    bool open = false;
    std::optional<Clock::WallTime> until;  // nothing: until it is taken back
    std::string announcement;              // said instead of the usual one; empty: the usual one
    friend bool operator==(const HoursOverride&, const HoursOverride&) = default;
};

/// Thread: loop. Each answer is a hash look-up.
class LineStates {
public:
    virtual ~LineStates() = default;
    /// Null: nothing was set.
    [[nodiscard]] virtual const LineSettings* settingsOf(std::string_view extension) const = 0;
    /// Of a department, by its id. Null: none, or it has passed.
    [[nodiscard]] virtual const HoursOverride* overrideOf(std::string_view department, Clock::WallTime at) const = 0;
    /// In a call, or being rung.
    [[nodiscard]] virtual bool isBusy(std::string_view extension) const = 0;
    /// Whether a telephone is registered for it.
    [[nodiscard]] virtual bool isReachable(std::string_view extension) const = 0;
    /// When its last call ended; the epoch if it had none since the start.
    [[nodiscard]] virtual Clock::WallTime idleSince(std::string_view extension) const = 0;
    /// How many calls a group has had since the start: whose turn it is.
    [[nodiscard]] virtual std::uint32_t callsOf(std::string_view group) const = 0;
    /// Calls that a gateway carries now.
    [[nodiscard]] virtual std::uint32_t callsBy(std::string_view gateway) const = 0;
    /// The extension that has logged in at a hot-desk device; empty: the device's own.
    [[nodiscard]] virtual std::string_view extensionAt(std::string_view account) const = 0;
};

}  // namespace beffroi
