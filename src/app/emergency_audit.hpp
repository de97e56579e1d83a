// SPDX-License-Identifier: AGPL-3.0-or-later
//
// What an emergency call from each telephone would do, and what is missing for it: the router itself is asked. An
// operator sends help to the address that it knows for the number presented, so that a wrong one is a fault.
// Thread: any that may ask the LineStates.
#pragma once

#include "beffroi/directory.hpp"
#include "beffroi/line_states.hpp"
#include "country/country.hpp"

#include <nlohmann/json.hpp>

namespace beffroi::app {

/// {"numbers": […], "devices": [{"account", "extension", "site", "gateway", "presented", "notify", "faults": […],
/// "remarks": […]}], "faults": N}, by site and account. A fault keeps help away or sends it elsewhere.
[[nodiscard]] nlohmann::json emergencyAudit(const DirectorySnapshot& directory, const country::Country& country,
                                            const LineStates& lines, Clock::WallTime at);

/// The present of a plan that nobody uses: for an audit without a daemon.
class NobodyThere final : public LineStates {
public:
    [[nodiscard]] const LineSettings* settingsOf(std::string_view) const override { return nullptr; }
    [[nodiscard]] const HoursOverride* overrideOf(std::string_view, Clock::WallTime) const override { return nullptr; }
    [[nodiscard]] bool isBusy(std::string_view) const override { return false; }
    [[nodiscard]] bool isReachable(std::string_view) const override { return false; }
    [[nodiscard]] Clock::WallTime idleSince(std::string_view) const override { return {}; }
    [[nodiscard]] std::uint32_t callsOf(std::string_view) const override { return 0; }
    [[nodiscard]] std::uint32_t callsBy(std::string_view) const override { return 0; }
    [[nodiscard]] std::string_view extensionAt(std::string_view) const override { return {}; }
};

}  // namespace beffroi::app
