// SPDX-License-Identifier: AGPL-3.0-or-later
//
// Who calls, as the exchange knows it (RFC 3325): phones show it in place of what the caller's phone wrote into From.
// Thread: any; works on one message.
#pragma once

#include "sip/message.hpp"

#include <string_view>

namespace beffroi::app {

/// Removes what the caller's phone claims and adds our own, unless the caller asked for privacy.
void assertIdentity(sip::Message& request, std::string_view number, std::string_view name, std::string_view domain);

}  // namespace beffroi::app
