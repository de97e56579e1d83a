// SPDX-License-Identifier: AGPL-3.0-or-later
//
// A plan for what telephones set: two people, two hot-desk devices and one that is none, two departments, a group.
#pragma once

#include "beffroi/directory.hpp"

#include <memory>

namespace beffroi::test {

[[nodiscard]] inline std::shared_ptr<DirectorySnapshot> lineTown() {
    auto town = std::make_shared<DirectorySnapshot>();
    for (const auto* number : {"2101", "2102", "2190", "2191"}) {
        auto& extension = town->extensions[number];
        extension.number = number;
    }
    auto& group = town->extensions["2200"];
    group.number = "2200";
    group.kind = ExtensionKind::Group;
    for (const auto* account : {"2190-guichet", "2191-guichet", "2101-bureau"}) {
        auto& device = town->devices[account];
        device.account = account;
        device.extension = std::string{account}.substr(0, 4);
        device.hotDesk = device.extension != "2101";
        town->extensions[device.extension].devices.push_back(account);
    }
    for (const auto* id : {"etat-civil", "accueil"}) town->departments[id].id = id;
    return town;
}

}  // namespace beffroi::test
