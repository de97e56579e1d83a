// SPDX-License-Identifier: AGPL-3.0-or-later
//
// Reads what the user agent needs from belle-sip's messages: text and numbers, so that its flow can be read without
// belle-sip's getters in between.
// Thread: loop.
#pragma once

#include "beffroi/socket_address.hpp"
#include "bridge/belle_sip.hpp"
#include "bridge/call.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <variant>

namespace beffroi::bridge {

/// What an INVITE outside a dialog asks for, or why it cannot be taken. Without `hangUp`.
[[nodiscard]] std::variant<CallRequest, Refusal> readInvitation(belle_sip_request_t* invite);

/// CallRequest::early.
[[nodiscard]] bool asksForEarlyMedia(belle_sip_request_t* invite);

/// A body of this kind ("application", "sdp"); empty if there is none.
struct Body {
    std::string_view text;
    bool otherKind = false;  // there is one, of another kind
};
[[nodiscard]] Body readBody(belle_sip_request_t* request, std::string_view type, std::string_view subtype);

/// The key in an INFO request (application/dtmf-relay or application/dtmf), if there is one.
[[nodiscard]] std::optional<char> readKey(belle_sip_request_t* info);
/// The same from a body's text: "Signal=5\r\nDuration=160" or "5".
[[nodiscard]] std::optional<char> parseKey(std::string_view body);

/// Where the request came from, by its topmost Via, which belle-sip corrects from the datagram's source.
[[nodiscard]] std::optional<SocketAddress> sourceOf(belle_sip_request_t* request);

[[nodiscard]] std::string callIdOf(belle_sip_request_t* request);

}  // namespace beffroi::bridge
