// SPDX-License-Identifier: AGPL-3.0-or-later
//
// Who calls, as the exchange knows it (RFC 3325): phones show it in place of what the caller's phone wrote into From.
// Thread: any; works on one message.
#pragma once

#include "sip/message.hpp"

#include <string_view>

namespace beffroi::app {

/// True of a From whose caller hides its number: anonymous@anonymous.invalid.
[[nodiscard]] bool isAnonymous(const sip::UriView& from);

/// Removes what a phone says of who it is: phones believe these headers (RFC 3325 §5, and the older Remote-Party-ID).
void removeClaimedIdentity(sip::Message& request);

/// Removes what the caller's phone claims and adds our own, unless the caller asked for privacy or hides its number in
/// From (RFC 3323 §4.1).
void assertIdentity(sip::Message& request, std::string_view number, std::string_view name, std::string_view domain);

}  // namespace beffroi::app
