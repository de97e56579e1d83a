// SPDX-License-Identifier: AGPL-3.0-or-later
//
// What the checks of a plan write down while they go through it.
// Thread: any.
#pragma once

#include "directory/plan_checks.hpp"

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace beffroi::directory {

class PlanFindings {
public:
    explicit PlanFindings(const Plan& plan) : plan_{plan} {}

    void mistake(PlanSpot spot, std::string text) {
        list_.push_back({std::move(spot), std::move(text), Weight::Mistake});
    }
    void warning(PlanSpot spot, std::string text) {
        list_.push_back({std::move(spot), std::move(text), Weight::Warning});
    }
    [[nodiscard]] std::vector<PlanFinding> take() { return std::move(list_); }

    /// Whether a mistake is known there already: what stands in the file could not be read.
    [[nodiscard]] bool isWrong(const PlanSpot& spot) const {
        return plan_.notes.wrong.contains({spot.table, spot.entry, spot.key});
    }
    /// Of two entries that cannot both be, what stands first in the file was there first.
    [[nodiscard]] std::pair<PlanSpot, PlanSpot> inOrder(PlanSpot one, PlanSpot other) const;

private:
    const Plan& plan_;
    std::vector<PlanFinding> list_;
};

/// Whether a target leads anywhere. plan_checks_ways.cpp
void checkTarget(const Plan& plan, const country::Country* country, PlanSpot spot, std::string_view text,
                 PlanFindings& findings);

/// Numbers that have two owners, or that somebody dials for something else. plan_checks_numbers.cpp
void checkNumbers(const Plan& plan, const country::Country* country, PlanFindings& findings);
/// Where calls go: targets, forwards, groups, departments. plan_checks_ways.cpp
void checkWays(const Plan& plan, const country::Country* country, PlanFindings& findings);
/// Hours, rotas, zones, holidays. plan_checks_times.cpp
void checkTimes(const Plan& plan, const country::Country* country, PlanFindings& findings);
/// Gateways, what they present, and emergency calls. plan_checks_outside.cpp
void checkOutside(const Plan& plan, PlanFindings& findings);

}  // namespace beffroi::directory
