// SPDX-License-Identifier: AGPL-3.0-or-later
//
// Which number is shown to whom a call goes outside, and from which place it leaves. Operators cut calls under numbers
// that are not declared on their access, so that only what a gateway may present is shown.
// Thread: as route().
#pragma once

#include "routing/decision.hpp"

#include <string>
#include <string_view>

namespace beffroi::routing {

/// Id of the site of the device that calls, else of the caller's extension; empty: not known.
[[nodiscard]] std::string_view callersSite(const Decision& decision);

/// Id of the site from which a call on account of `way.payer` leaves.
[[nodiscard]] std::string_view payersSite(const Decision& decision, const Way& way);

/// The caller's direct number, else the department's, the site's, the gateway's; of a call from outside that is
/// forwarded, the caller's if the gateway presents it, else that of whoever forwards. Empty: none may be shown.
[[nodiscard]] std::string presentedNumber(const Decision& decision, const Way& way, const Gateway& gateway);

/// What the operator knows the place by.
[[nodiscard]] std::string emergencyNumberOf(const Decision& decision, const Site* site, const Gateway& gateway);

}  // namespace beffroi::routing
