// SPDX-License-Identifier: AGPL-3.0-or-later
//
// Extension plans for tests.
#pragma once

#include "directory/plan.hpp"

#include <stdexcept>
#include <string>
#include <string_view>
#include <variant>

namespace beffroi::test {

/// Reads a plan that must have no mistake.
[[nodiscard]] inline directory::Plan planOf(std::string_view text, const std::string& file = "plan.toml") {
    auto result = directory::readPlan(text, file);
    if (const auto* mistakes = std::get_if<std::vector<directory::PlanMistake>>(&result)) {
        throw std::runtime_error{mistakes->front().toString()};
    }
    return std::get<directory::Plan>(std::move(result));
}

/// A small town: one site, two departments, one person, a phone with two devices, a room and the echo test.
inline constexpr std::string_view kVillage = R"([town]
name = "Beffroi-sur-Test"
realm = "mairie.test"

[[site]]
id = "mairie"
name = "Hôtel de ville"

[[department]]
id = "dgs"
name = "Direction générale"
[[department]]
id = "accueil"
name = "Accueil"
parent = "dgs"

[[person]]
id = "helene"
name = "Hélène Castelain"
department = "accueil"

[[extension]]
number = "2100"
person = "helene"
department = "accueil"
[[extension]]
number = "8000"
kind = "room"
label = "Réunion"
maximum-members = 30
[[extension]]
number = "8099"
kind = "echo-test"

[[device]]
account = "2100-comptoir"
extension = "2100"
site = "mairie"
password = "belfry-bell-1"
certificate = "Comptoir.mairie.test"
[[device]]
account = "2100-bureau"
extension = "2100"
password = "belfry-bell-2"
md5 = false
)";

}  // namespace beffroi::test
