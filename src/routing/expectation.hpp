// SPDX-License-Identifier: AGPL-3.0-or-later
//
// Whether a route is what somebody expected, in the words of plan_words.hpp:
//   "rings 2101"                       the first stage; "rings 2101, 2102" in any order
//   "then rings 2105 if no answer"     some stage goes on so; "if busy", "if unreachable", or without "if" however
//   "announces closed"                 and perhaps more behind it
//   "outside +33612345678 by operateur as +33327000100"   "by …" and "as …" may be left out
//   "emergency 15", "enters room 8000", "plays echo", "refused: not allowed", "sets forward-always to 2105"
// Thread: any.
#pragma once

#include "beffroi/route_plan.hpp"

#include <string>
#include <string_view>

namespace beffroi::routing {

[[nodiscard]] bool isAsExpected(const RoutePlan& plan, std::string_view result);

/// What becomes of the call, in one line: "rings 2101, then rings 2105 if no answer".
[[nodiscard]] std::string summaryOf(const RoutePlan& plan);

}  // namespace beffroi::routing
