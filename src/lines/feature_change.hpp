// SPDX-License-Identifier: AGPL-3.0-or-later
//
// What a feature code makes of the settings of an extension, and how that is told: no I/O, no clock, no rights, which
// routing has judged.
// Thread: any; values.
#pragma once

#include "beffroi/line_states.hpp"
#include "beffroi/route_plan.hpp"

#include <optional>
#include <string>

namespace beffroi::lines {

/// Whether `request` is about an extension's own settings: forwards, do-not-disturb, call waiting, groups, its status.
[[nodiscard]] bool isAboutSettings(const FeatureRequest& request);

/// The same for telling what is set: nothing is changed.
[[nodiscard]] bool isQuery(const FeatureRequest& request);

/// Changes `settings` as it is asked for, on whatever they are then.
void obey(const FeatureRequest& request, LineSettings& settings);

/// What is said of `settings`, after obey() or for a query: "forward-always-to+say:2105".
[[nodiscard]] std::string spoken(const FeatureRequest& request, const LineSettings& settings);

/// "say:2105": the digits of a target, by which it can be told; empty if it has none ("announcement:closed").
[[nodiscard]] std::string spokenTarget(std::string_view target);

/// "2101*1234" or "1234*0612345678" in two; nothing if a side is missing or has anything but digits, or is longer than
/// a number can be.
struct PinAndNumber {
    std::string_view first;
    std::string_view second;
};
[[nodiscard]] std::optional<PinAndNumber> splitPin(std::string_view argument);

}  // namespace beffroi::lines
