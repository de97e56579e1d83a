// SPDX-License-Identifier: AGPL-3.0-or-later
//
// A route plan in words, as `beffroi explain` shows it and as expectations are written: "rings 2101", "outside
// +33612345678 by operateur as +33327000100", "announces closed", "refused: not allowed".
// Thread: any.
#pragma once

#include "beffroi/route_plan.hpp"

#include <string>
#include <string_view>

namespace beffroi::routing {

enum class StageEvent : std::uint8_t { Busy, NoAnswer, Unreachable };

/// "if busy", "if no answer", "if unreachable".
[[nodiscard]] std::string_view toString(StageEvent event) noexcept;
[[nodiscard]] std::size_t next(const RouteStage& stage, StageEvent event) noexcept;

/// "rings 2101, 2102", "enters room 8000", "plays echo", "announces closed", "outside … by … as …", "emergency 15 by
/// …".
[[nodiscard]] std::string describe(const RouteTarget& target);
[[nodiscard]] std::string describe(const RouteStage& stage);
/// "refused: not allowed": what is announced, or else the status.
[[nodiscard]] std::string describe(const RouteRefusal& refusal);
/// "sets forward-always to 2105", "clears forward-always", "toggles do-not-disturb", "asks for status".
[[nodiscard]] std::string describe(const FeatureRequest& feature);

}  // namespace beffroi::routing
