// SPDX-License-Identifier: AGPL-3.0-or-later
//
// Why a call goes where it goes: every rule that was asked, which of them decided, and the line of the plan that each
// of them comes from. And whether a plan does what is expected of it. Thread: any that may ask the LineStates of the
// world.
#pragma once

#include "directory/expectations.hpp"
#include "routing/router.hpp"

#include <nlohmann/json_fwd.hpp>

#include <string>
#include <vector>

namespace beffroi::app {

struct RouteQuestion {
    std::string number;  // what is dialled
    std::string from;    // an extension, an account, or a number outside with '+'
    std::string at;      // "2026-12-24 10:00" or "10:00", by the clocks of the town; empty: now
};

/// Throws std::invalid_argument for who or when that cannot be.
[[nodiscard]] CallAttempt attemptOf(const RouteQuestion& question, const DirectorySnapshot& directory,
                                    Clock::WallTime now);

/// {"from", "number", "at", "summary", "emergency", "stages": […], "reasons": [{"text", "plan", "decided"}, …]}
[[nodiscard]] nlohmann::json explainRoute(const RouteQuestion& question, const routing::RoutingWorld& world,
                                          Clock::WallTime now);
/// The same for people.
[[nodiscard]] std::string explanationText(const nlohmann::json& explanation);

/// A line for each expectation that is not met: "town.expect.toml:12: from 2001 to 2101 at …: expected "rings 2101",
/// but it rings 2105".
[[nodiscard]] std::vector<std::string> unmetExpectations(const std::vector<directory::Expectation>& expectations,
                                                         const std::string& file, const routing::RoutingWorld& world);

}  // namespace beffroi::app
