// SPDX-License-Identifier: AGPL-3.0-or-later
//
// What concerns safety and happens on the path of a request, as security events.
// Thread: loop.
#pragma once

#include "auth/authenticator.hpp"
#include "beffroi/security_event.hpp"
#include "sip/message.hpp"
#include "sip/reader.hpp"

#include <string_view>

namespace beffroi::app {

/// About a request that came by `flow`; `account` is the one that it was made with, or claims.
[[nodiscard]] SecurityEvent eventOf(SecurityEvent::Kind kind, const Flow& flow, const sip::Message& request,
                                    std::string_view reason, std::string_view account = {});
/// About one that could not be read.
[[nodiscard]] SecurityEvent eventOf(const Flow& flow, const sip::Refusal& refusal);
/// About one that was challenged.
[[nodiscard]] SecurityEvent eventOf(const Flow& flow, const sip::Message& request, const auth::Challenged& challenged);

/// Whether this is what no telephone sends, rather than what an old or a new one may.
[[nodiscard]] bool isMisdeed(const sip::Refusal& refusal) noexcept;

}  // namespace beffroi::app
