// SPDX-License-Identifier: AGPL-3.0-or-later
//
// Direct numbers (SDA): the only numbers by which a call from outside gets in. Dialled from inside they stay inside.
// Thread: any.
#pragma once

#include "routing/decision.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace beffroi::routing {

struct DirectTarget {
    std::string target;  // what is rung in place of the number
    const DirectNumbers* entry = nullptr;
};

/// Nothing: the number, in E.164, is none of ours.
[[nodiscard]] std::optional<DirectTarget> directTarget(const DirectorySnapshot& directory, std::string_view number);

/// Leads there. A place in a range that no extension has is nobody's, whatever else its digits could mean.
[[nodiscard]] Ending leadToDirectTarget(Decision& decision, const DirectTarget& direct, Way way);

/// A call from outside.
[[nodiscard]] Ending leadToDirectNumber(Decision& decision, std::string_view dialled);

}  // namespace beffroi::routing
