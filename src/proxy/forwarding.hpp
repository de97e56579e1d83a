// SPDX-License-Identifier: AGPL-3.0-or-later
//
// What RFC 3261 §16.3 to §16.6 do to the headers of a request on its way through a proxy: small functions on one
// message, without any state.
// Thread: loop.
#pragma once

#include "beffroi/network.hpp"
#include "beffroi/next_hop.hpp"
#include "proxy/flow_token.hpp"
#include "proxy/fork_plan.hpp"
#include "sip/message.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace beffroi::proxy {

/// Lowers Max-Forwards by one, or adds one of 70.
void decrementMaxForwards(sip::Message& request);

/// Lets From say what `plan` has of the caller, or nothing but its address: a name is a claim like any other.
void showSender(sip::Message& request, const ForkPlan& plan);

/// The first Route without lr is a strict router: the Request-URI goes to the end of the routes and the first route
/// takes its place (§16.6, step 6).
void postprocessStrictRoute(sip::Message& request);

/// Where the request goes if no flow is known: its first Route, else its Request-URI. Nothing for a URI that is not
/// SIP.
[[nodiscard]] std::optional<NextHop> nextHopOf(const sip::Message& request);

/// True if the host of this URI is one of our addresses (a name is not: domains are the directory's business).
[[nodiscard]] bool namesUs(const sip::UriView& uri, const Network& network) BEFFROI_ON_LOOP;

/// A Request-URI that is sip becomes sips.
void makeSecure(sip::Message& request);

/// Puts our Record-Route in front: one value, or two if the flows differ in transport or address (RFC 5658). It is sips
/// if the Request-URI is (RFC 5630 §5.3).
void addRecordRoute(sip::Message& request, const DialogFlows& flows, const FlowTokens& tokens,
                    const Network& network) BEFFROI_ON_LOOP;

/// What a request that comes back unchanged would hash to again (§16.6, step 8; RFC 5393 §4.2).
[[nodiscard]] std::string loopHash(const sip::Message& request, const FlowTokens& tokens);

/// True if a Via of ours, below the topmost, carries this hash: the request has been here before.
[[nodiscard]] bool hasLooped(const sip::Message& request, std::string_view hash,
                             const Network& network) BEFFROI_ON_LOOP;

}  // namespace beffroi::proxy
