// SPDX-License-Identifier: AGPL-3.0-or-later
//
// Decides the way of a call: a pure function of the call, the directory's snapshot and the instant in the call. It does
// no I/O and asks no clock, so that `explain` is the same code and every decision can be a line of a test table.
// Thread: any.
#pragma once

#include "beffroi/directory.hpp"
#include "beffroi/route_plan.hpp"

#include <chrono>

namespace beffroi::routing {

struct RoutingSettings {
    std::chrono::seconds ringTime{60};  // how long phones ring before the caller is told that nobody answers
};

/// The rules, in this order: the number must be one that can be dialled; a number of the directory goes to what the
/// directory says it is; anything else is nobody's number.
[[nodiscard]] RoutePlan route(const CallAttempt& call, const DirectorySnapshot& directory,
                              const RoutingSettings& settings);

}  // namespace beffroi::routing
