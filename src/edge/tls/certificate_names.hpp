// SPDX-License-Identifier: AGPL-3.0-or-later
//
// Whom a certificate names, and whether that is who we mean: the SIP domain identity of RFC 5922 §7, which is stricter
// than that of the web. Knows nothing of TLS or of chains of trust.
// Thread: any.
#pragma once

#include "beffroi/socket_address.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace beffroi::edge::tls {

/// What was read from a certificate; a value with a NUL or another control character is left out as it is read.
struct CertificateNames {
    std::vector<std::string> hosts;        // DNS names of subjectAltName, in lower case
    std::vector<std::string> uris;         // its URIs, in lower case
    std::vector<SocketAddress> addresses;  // its IP addresses, port 0
    std::string commonName;                // of the subject, the last one, in lower case
    bool hasAlternatives = false;          // there is a subjectAltName, whatever is in it
};

/// True if the certificate is of `domain`, the host of the URI that is called: its "sip:" URI, or if it has none a DNS
/// name, or without any subjectAltName the common name. Whole names only: a wildcard names nobody (RFC 5922 §7.2). An
/// address literal must be among the addresses.
[[nodiscard]] bool identifies(const CertificateNames& names, std::string_view domain);

/// True if a client that asks for `server` (SNI) means a host of this certificate. Here a wildcard counts: whether it
/// does for the client is the client's decision.
[[nodiscard]] bool serves(const CertificateNames& names, std::string_view server);

/// The names by which a device may be known: DNS names, "sip:" URIs and the common name.
[[nodiscard]] std::vector<std::string> deviceNames(const CertificateNames& names);

/// What an administrator calls the certificate: its first name.
[[nodiscard]] std::string shownName(const CertificateNames& names);

}  // namespace beffroi::edge::tls
