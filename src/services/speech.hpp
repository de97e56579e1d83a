// SPDX-License-Identifier: AGPL-3.0-or-later
//
// Which prompts make an announcement: names stand for themselves, a value becomes the prompts of its parts. How a
// language says "8:30" is in the words of those prompts, not here: "hour-8" is "à huit heures" or "at eight".
//   say:21*      digit-2 digit-1 digit-star
//   time:08:30   hour-8 minute-30; time:08:00   time-8
//   day:mon      day-mon; date:12-24   date-24 month-12
//   number:20    minute-20
// Thread: any; values.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace beffroi::services {

/// `announcement` is one (beffroi/announcements.hpp).
[[nodiscard]] std::vector<std::string> promptNames(std::string_view announcement);

/// Every prompt by which values are spoken: a language has them all.
[[nodiscard]] std::vector<std::string> valuePrompts();

}  // namespace beffroi::services
