// SPDX-License-Identifier: AGPL-3.0-or-later
//
// A call to the outside as an operator wants to see it: numbers in its format, the number that is presented, or that it
// is withheld (RFC 3323, RFC 3325). Nothing of the town's inside goes along. Pure functions of values.
// Thread: any.
#pragma once

#include "beffroi/directory.hpp"
#include "beffroi/route_plan.hpp"
#include "country/country.hpp"

#include <string>
#include <string_view>

namespace beffroi::gateway {

/// From and To are name-addr without a tag; the others are values of header fields, empty if there is none.
struct OutgoingCall {
    std::string requestUri;
    std::string from;
    std::string to;
    std::string assertedIdentity;
    std::string privacy;
    std::string priority;  // "emergency" (RFC 3261 §20.26)
    bool hidden = false;
};

/// `withheld`: the caller does not want its number told. To emergency services it is told all the same. `domain` is
/// ours, `nextHop` one of nextHops(); nothing is sent to one that is no SIP URI: requestUri is empty then.
[[nodiscard]] OutgoingCall outgoingCall(const DialOutside& dial, const Gateway& gateway, std::string_view nextHop,
                                        bool withheld, std::string_view domain, const country::Country& country);

/// A number that was diverted, as this gateway is told of it: `sip:number@domain;user=phone`.
[[nodiscard]] std::string callingUri(std::string_view number, const Gateway& gateway, std::string_view domain,
                                     const country::Country& country);

}  // namespace beffroi::gateway
