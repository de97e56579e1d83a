// SPDX-License-Identifier: AGPL-3.0-or-later
//
// What crosses the exchange on one branch of a fork: the request as that branch is sent it, and its responses as the
// caller gets them. Here is decided what either side learns of the other.
// Thread: loop.
#pragma once

#include "beffroi/network.hpp"
#include "proxy/flow_token.hpp"
#include "proxy/fork_plan.hpp"
#include "sip/message.hpp"

#include <cstdint>
#include <functional>

namespace beffroi::proxy {

/// Gives `request`, a copy of what the caller sent, what RFC 3261 §16.6 puts on it, its Record-Route and Via excepted,
/// and what `plan` and `branch` have to say of the caller.
void address(sip::Message& request, const ForkPlan& plan, const Branch& branch, std::uint32_t breadth);

/// From and To get what `presentation` has, and keep their tags; everything that a telephone of ours may have said or
/// been told of who calls goes.
void present(sip::Message& request, const Presentation& presentation);

/// The two ends of the dialog that `sent`, the copy of `request` for this branch, may open by `callee`.
[[nodiscard]] DialogFlows dialogOf(const sip::Message& request, const Flow& caller, const sip::Message& sent,
                                   const Flow& callee, bool hidden, const FlowTokens& tokens);

/// What a phone says of who it is stays here, and so do its challenges: to answer one would give the caller's digest to
/// whoever is called. We say who it is, unless it asks for that to be kept back (RFC 3325 §5, §7). From and To are as
/// in `request` again.
void crossBoundary(const Branch& branch, const sip::Message& request, sip::Message& response);

/// Of the places that a 3xx names those remain of which `isOurs` says so: a telephone that is sent to a stranger would
/// call it past us, and answer its challenge with the digest of its password.
void keepOwnContacts(sip::Message& response, const std::function<bool(const sip::UriView&)>& isOurs);

}  // namespace beffroi::proxy
