// SPDX-License-Identifier: AGPL-3.0-or-later
//
// What is wrong with a text of the plan that calendar/ reads, and where in it.
// Thread: any; a value.
#pragma once

#include <cstddef>
#include <string>

namespace beffroi::calendar {

struct TextMistake {
    std::size_t offset = 0;  // octets before the mistake
    std::string text;        // "13:60 is no time of day"
    friend bool operator==(const TextMistake&, const TextMistake&) = default;
};

}  // namespace beffroi::calendar
