// SPDX-License-Identifier: AGPL-3.0-or-later
//
// Who calls and who answers, as the exchange knows it (RFC 3325): telephones show it in place of what the other side's
// telephone wrote. The town is one trust domain whose edge is the telephone: nothing that one claims passes, and what
// we assert is kept back where privacy is asked for. Thread: any; values and one message.
#pragma once

#include "sip/message.hpp"

#include <functional>
#include <optional>
#include <string>
#include <string_view>

namespace beffroi::app {

/// A name of the plan as a quoted-string (RFC 3261 §25.1); a plan has no control characters in its labels.
[[nodiscard]] std::string quotedName(std::string_view name);

/// The value of a P-Asserted-Identity: "name" <sip:number@domain>.
[[nodiscard]] std::string identityOf(std::string_view number, std::string_view name, std::string_view domain);

/// The first of the identities that `request` came with (P-Asserted-Identity, P-Preferred-Identity, Remote-Party-ID)
/// that is malformed or not `isOwn`; nothing if there is none. Telephones send their own as a matter of course.
[[nodiscard]] std::optional<std::string_view> foreignClaim(const sip::Message& request,
                                                           const std::function<bool(const sip::UriView&)>& isOwn);

/// True if the caller's number is not to be told: by Privacy, or by a From that is anonymous (RFC 3323 §4.1).
[[nodiscard]] bool hidesCaller(const sip::Message& request);

/// Removes what the caller's phone claims and adds `identity`, unless the caller is hidden.
void assertIdentity(sip::Message& request, std::string_view identity);

}  // namespace beffroi::app
