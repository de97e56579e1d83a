// SPDX-License-Identifier: AGPL-3.0-or-later
//
// What is told of the sender of a message: what it asks to be kept back (RFC 3323 §4.2, RFC 3325 §9.3), what a proxy
// can do of that, and the name that stands in its From. Thread: any; works on one message.
#pragma once

#include "sip/message.hpp"

namespace beffroi::sip {

struct Privacy {
    /// Who sends this is not to be told to the other side: `id`, `user`, `header`, or a word that we do not know.
    bool hidden = false;
    /// It is `critical`, and asks for more than a proxy can give: for hidden addresses (`header`) or voice (`session`).
    bool impossible = false;
    /// By whom the call came is not to be told: `history` or `header` (RFC 7044 §10.1).
    bool history = false;
};

/// By the Privacy header alone; its `none`, and that there is none, are nothing to be kept back.
[[nodiscard]] Privacy privacyOf(const Message& message);

/// True of a From whose caller hides its number by itself: anonymous@anonymous.invalid (RFC 3323 §4.1.1.3).
[[nodiscard]] bool isAnonymous(const UriView& from);

/// Puts the anonymous From in place of the caller's, with its tag, and removes what else a user may be known by (RFC
/// 3323 §5.3): Call-Info, In-Reply-To, Organization, Referred-By, Reply-To, Subject, User-Agent.
void hideSender(Message& request);

/// Puts `name`, a display name as it is written and perhaps empty, in place of the one in From. URI, tag and all else
/// stay.
void nameSender(Message& request, std::string_view name);

}  // namespace beffroi::sip
