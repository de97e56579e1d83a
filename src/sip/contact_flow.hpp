// SPDX-License-Identifier: AGPL-3.0-or-later
//
// The way back to a phone: its Contact says one thing, the packets it sends may say another when there is NAT between.
// Thread: any; pure.
#pragma once

#include "beffroi/flow.hpp"
#include "sip/grammar.hpp"

#include <optional>

namespace beffroi::sip {

/// The flow by which a request for `contact` reaches the peer that `source` came from. A connection is kept. Over UDP a
/// contact whose address is the one we see is believed, with its port (RFC 3261 §19.1.1); any other address, or a name,
/// lies behind NAT and is reached by the flow itself. Nothing if the contact wants another transport: it is reached by
/// its URI.
[[nodiscard]] std::optional<Flow> flowTowards(const Flow& source, const UriView& contact);

/// Whether a peer may be listening where `contact` points to, after the connection `closed` has: not at the
/// connection's own port, which is nobody's now, and not behind NAT. A name may lead anywhere. Never after TLS, unless
/// the contact asks for TLS: what was encrypted does not go on in the clear.
[[nodiscard]] bool mayListenAt(const UriView& contact, const Flow& closed);

}  // namespace beffroi::sip
