// SPDX-License-Identifier: AGPL-3.0-or-later
//
// What all TLS connections of one kind have in common: versions, suites, groups, certificates, authorities. A set is
// read whole and never changes; a change of the files makes another set, while connections go on with theirs.
// Thread: loop.
#pragma once

#include "edge/tls/certificate.hpp"
#include "edge/tls/openssl.hpp"
#include "edge/tls/tls_settings.hpp"

#include <cstddef>
#include <string_view>
#include <vector>

namespace beffroi::edge::tls {

class ServerContexts {
public:
    /// Reads every file of the settings, which have at least one certificate. Throws TlsError.
    explicit ServerContexts(const TlsSettings& settings);
    ServerContexts(const ServerContexts&) = delete;
    ServerContexts& operator=(const ServerContexts&) = delete;

    /// A session for one client; these contexts outlive it, since it comes back to them for the name that is asked for.
    [[nodiscard]] OwnSession session() const;
    [[nodiscard]] const std::vector<Certificate>& certificates() const noexcept { return certificates_; }
    /// Differs between sets by which not the same authorities vouch for clients.
    [[nodiscard]] std::size_t trustMark() const noexcept { return trustMark_; }

private:
    static int onServerName(SSL* session, int* alert, void* self) noexcept;

    std::vector<Certificate> certificates_;
    std::vector<OwnContext> contexts_;  // one for each certificate
    std::size_t trustMark_ = 0;
};

class ClientContext {
public:
    /// Throws TlsError.
    explicit ClientContext(const TlsSettings& settings);

    /// A session that verifies the server's chain, not its name. Asks for `server` unless that is an address.
    [[nodiscard]] OwnSession session(const std::string& server) const;

private:
    OwnContext context_;
};

}  // namespace beffroi::edge::tls
