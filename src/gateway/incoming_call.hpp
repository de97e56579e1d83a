// SPDX-License-Identifier: AGPL-3.0-or-later
//
// A call from outside as the town understands it: the number that calls and the one that is called, normalised from
// what the operator writes. The gateway is believed what it says of its caller (RFC 3325 §5: a trusted peer).
// Thread: loop; one message, values otherwise.
#pragma once

#include "beffroi/directory.hpp"
#include "country/country.hpp"
#include "sip/message.hpp"

#include <string>
#include <string_view>

namespace beffroi::gateway {

struct IncomingCall {
    std::string called;  // E.164, or as it came if it is no number
    std::string caller;  // E.164 or a short number; empty: withheld, or no number
    std::string name;    // of a contact of the town, else what the operator says, in plain text; may be empty
    bool withheld = false;
};

[[nodiscard]] IncomingCall incomingCall(const sip::Message& invite, const Gateway& gateway,
                                        const DirectorySnapshot& directory, const country::Country& country);

/// What a telephone would dial to call `number`, a normalised one, back.
[[nodiscard]] std::string dialBack(std::string_view number, const DirectorySnapshot& directory,
                                   const country::Country& country);

}  // namespace beffroi::gateway
