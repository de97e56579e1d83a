// SPDX-License-Identifier: AGPL-3.0-or-later
//
// Decides the way of a call: a pure function of the call, the directory's snapshot, the present state of the lines and
// the instant in the call. It does no I/O and asks no clock, so that `explain` is the same code and every decision can
// be a line of a test table. docs/routing.md tells the rules.
// Thread: any that may ask the LineStates it is given.
#pragma once

#include "beffroi/directory.hpp"
#include "beffroi/line_states.hpp"
#include "beffroi/route_plan.hpp"
#include "country/country.hpp"

#include <chrono>

namespace beffroi::routing {

struct RoutingSettings {
    std::chrono::seconds ringTime{60};  // how long phones ring before the caller is told that nobody answers
};

/// What a decision is made of; all of it outlives the call of route().
struct RoutingWorld {
    const DirectorySnapshot& directory;
    const country::Country& country;
    const LineStates& lines;
    const RoutingSettings& settings;
};

inline constexpr std::size_t kMostForwards = 5;  // that one call follows, one after the other
inline constexpr std::size_t kMostStages = 32;   // of one plan

/// A refusal, or stages, or a feature: exactly one of them. A stage is followed by later ones only.
[[nodiscard]] RoutePlan route(const CallAttempt& call, const RoutingWorld& world);

}  // namespace beffroi::routing
