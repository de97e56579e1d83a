// SPDX-License-Identifier: AGPL-3.0-or-later
//
// An edge that speaks TLS on loopback, with an authority of the test's own.
#pragma once

#include "component/edge/tls_peer.hpp"
#include "support/temporary_folder.hpp"

#include <memory>
#include <string>

namespace beffroi::test {

/// The town's authority, a certificate of the exchange in files, and an edge that listens with it.
class Town {
public:
    Town() {
        becomeLoopThread();
        settings.certificates = {
            write("exchange", authority.issue({.commonName = "exchange", .hosts = {"sip.town.example"}}))};
    }

    edge::tls::CertificateFiles write(const std::string& name, const Issued& issued) const {
        return {folder.write(name + ".pem", issued.certificatePem()), folder.write(name + ".key", issued.keyPem())};
    }
    EdgeOnLoopback& on() {
        if (!on_) on_ = std::make_unique<EdgeOnLoopback>(limits, settings);
        return *on_;
    }
    [[nodiscard]] edge::tls::Tls& tls() { return on().tls(); }
    /// Whether the handshake of this peer comes to a good end.
    bool lets(TlsPeer& peer) {
        REQUIRE(on().until([&] { return peer.established() || peer.over(); }));
        return peer.established();
    }
    /// The flow of a peer that has just said something, for which somebody vouches.
    Flow introduce(TlsPeer& peer) {
        REQUIRE(lets(peer));
        const auto before = on().messages.size();
        peer.send(sipMessage("hello"));
        REQUIRE(on().until([&] { return on().messages.size() > before; }));
        on().vouch(on().messages.back().flow);
        return on().messages.back().flow;
    }

    Authority authority;
    TemporaryFolder folder;
    edge::tls::TlsSettings settings;
    edge::EdgeSettings limits = EdgeOnLoopback::listeningOn({"tls:127.0.0.1:0"});

private:
    std::unique_ptr<EdgeOnLoopback> on_;
};

}  // namespace beffroi::test
