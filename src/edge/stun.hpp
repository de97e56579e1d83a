// SPDX-License-Identifier: AGPL-3.0-or-later
//
// The STUN server that telephones ask on the SIP port whether their way to us is alive (RFC 5626 §3.5.2, §4.4.2):
// Binding requests of RFC 5389 without credentials, and nothing else of STUN. Thread: any; pure.
#pragma once

#include "beffroi/socket_address.hpp"

#include <cstddef>
#include <string>
#include <string_view>

namespace beffroi::edge {

/// The longest answer: octets.
inline constexpr std::size_t kLongestStunAnswer = 64;

/// The longest datagram that is read: who does not know the way's limit asks with no more (RFC 5389 §7.1). Octets.
inline constexpr std::size_t kLongestStunRequest = 548;

/// False if stunAnswer() would be empty, as far as a look at length and beginning tells.
[[nodiscard]] bool mayBeStun(std::string_view datagram) noexcept;

/// What to answer to a datagram that came from `from`: its address if it is a Binding request, error 420 if the request
/// has an attribute that must be understood and is not. Empty for everything else: indications, responses, requests
/// that are too long, malformed in any way or whose FINGERPRINT is wrong. An answer is never longer than
/// kLongestStunAnswer.
[[nodiscard]] std::string stunAnswer(std::string_view datagram, const SocketAddress& from);

}  // namespace beffroi::edge
