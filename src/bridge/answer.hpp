// SPDX-License-Identifier: AGPL-3.0-or-later
//
// Makes the user agent's responses: status, what goes with it (RFC 3261 §20 and §21), and the session description.
// Thread: loop.
#pragma once

#include "beffroi/socket_address.hpp"
#include "bridge/belle_sip.hpp"
#include "bridge/call.hpp"

#include <string>
#include <string_view>

namespace beffroi::bridge {

/// What the user agent allows in its dialogs.
inline constexpr const char* kAllowedMethods = "INVITE, ACK, CANCEL, BYE, UPDATE, INFO, OPTIONS";

/// A response with its Allow, Accept, Warning or Retry-After where the status wants one; floating, as belle-sip makes
/// it.
[[nodiscard]] belle_sip_response_t* makeAnswer(belle_sip_request_t* request, const Refusal& refusal);
[[nodiscard]] belle_sip_response_t* makeAnswer(belle_sip_request_t* request, int status);

/// 420 if the request asks for an extension (RFC 3261 §8.2.2.3): there is none that we understand.
[[nodiscard]] belle_sip_response_t* refuseExtensions(belle_sip_request_t* request);

/// Adds our contact, sip:<extension>@<address>, and the description.
void addSession(belle_sip_response_t* response, const std::string& extension, const SocketAddress& address,
                std::string_view description);

/// Sends it in a transaction of its own.
void send(belle_sip_provider_t* provider, belle_sip_request_t* request, belle_sip_response_t* response);

}  // namespace beffroi::bridge
