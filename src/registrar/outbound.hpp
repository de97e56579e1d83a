// SPDX-License-Identifier: AGPL-3.0-or-later
//
// The rules of RFC 5626 for a registrar: which telephone, and which of its flows, a binding is of; how often such a
// telephone is to be heard; by which flow it is reached after a restart.
// Thread: any, but for what the network is asked.
#pragma once

#include "beffroi/binding_store.hpp"
#include "beffroi/network.hpp"
#include "registrar/binding_table.hpp"
#include "sip/message.hpp"

#include <chrono>
#include <optional>
#include <string>

namespace beffroi::registrar {

[[nodiscard]] std::string instanceOf(const sip::Parameters& params);
/// Digits as they are to be compared; empty for what is no reg-id (RFC 5626 §10: 1 to 2^31 - 1).
[[nodiscard]] std::string regIdOf(const sip::Parameters& params);
/// Nobody is between the telephone and us, or the first one there knows about flows (RFC 5626 §6).
[[nodiscard]] bool firstHopSupportsOutbound(const sip::Message& request);

/// Of one telephone, by its instance and account.
[[nodiscard]] bool samePhone(const Binding& a, const Binding& b);
/// One takes the place of the other.
[[nodiscard]] bool sameBinding(const Binding& a, const Binding& b);

/// How often a telephone that registers by this transport is to say that it is there.
[[nodiscard]] std::chrono::seconds flowTimerOf(Transport transport, std::chrono::seconds configured);
/// How long one that is to be heard so often may be silent.
[[nodiscard]] std::chrono::seconds patienceWith(std::chrono::seconds flowTimer, Transport transport);

/// By which flow the telephone of a stored binding is reached; nothing: it is called by its URI.
[[nodiscard]] std::optional<Flow> restoredFlow(const StoredBinding& row, Network& network) BEFFROI_ON_LOOP;

}  // namespace beffroi::registrar
