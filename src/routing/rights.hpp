// SPDX-License-Identifier: AGPL-3.0-or-later
//
// Classes of service: whether whoever answers for a call may have it made.
// Thread: as route().
#pragma once

#include "routing/decision.hpp"

#include <string>

namespace beffroi::routing {

struct Right {
    bool given = false;
    bool byPinOnly = false;  // it would be given with the PIN
    std::string reason;      // "the class agents allows mobile numbers"
    std::string entry;
    std::string key;
};

/// Judged for way.payer, who forwards, transfers or calls. Without any class: free, national and mobile numbers.
[[nodiscard]] Right rightTo(const Decision& decision, NumberClass numberClass, const Way& way);

}  // namespace beffroi::routing
