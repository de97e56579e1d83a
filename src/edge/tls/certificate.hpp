// SPDX-License-Identifier: AGPL-3.0-or-later
//
// A certificate of ours with its chain and private key, read from PEM files, and what is read of a peer's.
// Thread: any.
#pragma once

#include "beffroi/clock.hpp"
#include "edge/tls/certificate_names.hpp"
#include "edge/tls/openssl.hpp"
#include "edge/tls/tls_settings.hpp"

#include <vector>

namespace beffroi::edge::tls {

struct Certificate {
    CertificateFiles files;
    OwnCertificate own;
    std::vector<OwnCertificate> chain;  // towards the root, as in the file
    OwnKey key;
    CertificateNames names;
    Clock::WallTime notBefore;
    Clock::WallTime notAfter;
};

/// Throws TlsError, naming the file and the cause: it cannot be read, has no certificate or no key, the key needs a
/// passphrase or belongs to another certificate.
[[nodiscard]] Certificate readCertificate(const CertificateFiles& files);

/// The whole text of a file of at most 1 MiB; throws TlsError.
[[nodiscard]] std::string readPem(const std::string& file);

/// All certificates of a PEM file, none if there is none; throws TlsError.
[[nodiscard]] std::vector<OwnCertificate> readCertificates(const std::string& file);

[[nodiscard]] Clock::WallTime endOf(const X509& certificate);
[[nodiscard]] CertificateNames namesOf(const X509& certificate);

}  // namespace beffroi::edge::tls
