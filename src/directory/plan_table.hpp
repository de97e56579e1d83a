// SPDX-License-Identifier: AGPL-3.0-or-later
//
// The tables of the plan's language by name.
// Thread: any; constants.
#pragma once

#include <cstdint>

namespace beffroi::directory {

enum class TableId : std::uint8_t {
    Town,
    Site,
    Department,
    Person,
    Extension,
    Device,
    ClassOfService,
    Hours,
    Rota,
    Gateway,
    DirectNumbers,
    ShortCode,
    Contact,
    Code
};

}  // namespace beffroi::directory
