// SPDX-License-Identifier: AGPL-3.0-or-later
//
// Mutual TLS: which device is it that proved itself by a certificate? The chain of trust was checked when the
// connection was made; here only the names count, and what the extension plan says of them.
// Thread: any.
#pragma once

#include "beffroi/directory.hpp"
#include "sip/message.hpp"

#include <string>
#include <vector>

namespace beffroi::auth {

/// The device of the extension plan whose certificate has one of `names` (Network::peerNames). A certificate may serve
/// several devices behind one connection, by a name each: then it is the one that the request's From is of. Null if the
/// plan knows none of the names, the peer being challenged like anybody else, and if the request has credentials, which
/// then decide.
[[nodiscard]] const Device* deviceByCertificate(const sip::Message& request, const std::vector<std::string>& names,
                                                const DirectorySnapshot& directory);

}  // namespace beffroi::auth
