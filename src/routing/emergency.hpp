// SPDX-License-Identifier: AGPL-3.0-or-later
//
// Calls for help. They are recognised before anything else, from any telephone, and nothing stands in their way: no
// right, forward, limit, hour or hidden number. The place of the telephone says by which gateway and under which number
// the call goes, for that is where help is sent.
// Thread: as route().
#pragma once

#include "routing/decision.hpp"

#include <optional>
#include <string_view>

namespace beffroi::routing {

/// The emergency number in what was dialled, in whatever form telephones send it: with the outside prefix or the
/// country's code, with a last '#', in a context (RFC 3966 §5.1.5), behind a code that hides the number or takes a PIN.
[[nodiscard]] const country::EmergencyNumber* helpIn(std::string_view dialled, const DirectorySnapshot& directory,
                                                     const country::Country& country);

/// Nothing: no emergency number was dialled.
[[nodiscard]] std::optional<Ending> emergencyCall(Decision& decision, std::string_view dialled);

/// A short code or an alias that leads to an emergency number calls it.
[[nodiscard]] Ending callForHelp(Decision& decision, std::string_view number, std::string_view name);

}  // namespace beffroi::routing
