// SPDX-License-Identifier: AGPL-3.0-or-later
#include "edge/tls/tls_options.hpp"

#include "edge/edge_options.hpp"

#include <algorithm>

namespace beffroi::edge::tls {
namespace {

ClientCertificates clientCertificates(const std::string& name) {
    if (name == "required") return ClientCertificates::Required;
    return name == "wanted" ? ClientCertificates::Wanted : ClientCertificates::None;
}

}  // namespace

TlsSettings tlsSettings(const config::Settings& settings) {
    TlsSettings result;
    for (const auto& pair : settings[kCertificates]) result.certificates.push_back(filesOf(pair));
    result.least = settings[kMinimumVersion] == "1.3" ? Version::Tls13 : Version::Tls12;
    result.clientCertificates = clientCertificates(settings[kClientCertificates]);
    result.authorities = settings[kAuthorities];
    if (result.clientCertificates == ClientCertificates::None) return result;
    result.clientAuthorities = settings[kClientAuthorities];
    if (!result.clientAuthorities.empty()) return result;
    throw settings.wrong(kClientAuthorities, "must name the authorities, since phones are asked for certificates");
}

void requireCertificate(const config::Settings& settings) {
    const auto& listen = settings[kListen];
    const bool serves =
        std::any_of(listen.begin(), listen.end(), [](const auto& text) { return text.starts_with("tls:"); });
    if (!serves || !settings[kCertificates].empty()) return;
    throw settings.wrong(kCertificates, "must name a certificate, since edge.listen has a listener of TLS");
}

void addOptions(config::Schema& schema) {
    schema.add(kCertificates).add(kMinimumVersion).add(kClientCertificates).add(kClientAuthorities).add(kAuthorities);
}

std::unique_ptr<Tls> openTls(const config::Settings& settings, Scheduler& scheduler, const Clock& clock) {
    requireCertificate(settings);
    const auto known = tlsSettings(settings);
    try {
        return std::make_unique<Tls>(scheduler, clock, known);
    } catch (const TlsError& error) {
        if (error.file() == known.authorities) throw settings.wrong(kAuthorities, error.what());
        if (error.file() == known.clientAuthorities) throw settings.wrong(kClientAuthorities, error.what());
        throw settings.wrong(kCertificates, error.what());
    }
}

}  // namespace beffroi::edge::tls
