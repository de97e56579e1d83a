// SPDX-License-Identifier: AGPL-3.0-or-later
//
// What an administrator may set of TLS, and what it means to the edge.
#pragma once

#include "beffroi/scheduler.hpp"
#include "config/schema.hpp"
#include "config/settings.hpp"
#include "edge/tls/tls.hpp"

#include <memory>
#include <string>
#include <vector>

namespace beffroi::edge::tls {

inline constexpr config::Option<std::vector<std::string>> kCertificates{
    .key = "tls.certificates",
    .fallback = "",
    .bounds = {0, 32},
    .reload = config::Reload::Restart,
    .since = "0.1",
    .help =
        "Our certificates, each as \"CERTIFICATE.pem:KEY.pem\", or one file for both; intermediate certificates follow "
        "the certificate in its file. A phone gets the one of the name that it asks for, else the first. The files are "
        "read again when they change.",
    .check = [](const std::vector<std::string>& pairs) -> std::string {
        for (const auto& pair : pairs) {
            const auto files = filesOf(pair);
            if (files.certificate.empty() || files.key.empty()) return '"' + pair + "\" lacks the name of a file";
            if (files.key.find(':') != std::string::npos) return '"' + pair + "\" has more than two names of files";
        }
        return {};
    },
};

inline constexpr config::Option<std::string> kMinimumVersion{
    .key = "tls.minimum-version",
    .fallback = "1.2",
    .bounds = {1, 8},
    .reload = config::Reload::Restart,
    .since = "0.1",
    .help = "The oldest version of TLS that is spoken: 1.2 or 1.3. There is nothing below.",
    .check = [](const std::string& version) -> std::string {
        return version == "1.2" || version == "1.3" ? "" : "must be 1.2 or 1.3";
    },
};

inline constexpr config::Option<std::string> kClientCertificates{
    .key = "tls.client-certificates",
    .fallback = "none",
    .bounds = {1, 16},
    .reload = config::Reload::Restart,
    .since = "0.1",
    .help =
        "Whether phones are asked for a certificate of theirs, by which the extension plan may know a device: none; "
        "wanted, one that cannot be verified being as good as none; or required, without which there is no connection.",
    .check = [](const std::string& value) -> std::string {
        return value == "none" || value == "wanted" || value == "required" ? "" : "must be none, wanted or required";
    },
};

inline constexpr config::Option<std::string> kClientAuthorities{
    .key = "tls.client-authorities",
    .fallback = "",
    .bounds = {0, 1024},
    .reload = config::Reload::Restart,
    .since = "0.1",
    .help = "File with the certificates (PEM) of the authorities who vouch for phones. Read again when it changes.",
};

inline constexpr config::Option<std::string> kAuthorities{
    .key = "tls.authorities",
    .fallback = "",
    .bounds = {0, 1024},
    .reload = config::Reload::Restart,
    .since = "0.1",
    .help =
        "File with the certificates (PEM) of the authorities who vouch for servers that the exchange calls by TLS; "
        "empty: those of the system (/etc/ssl/certs/ca-certificates.crt). Read again when it changes.",
};

/// Throws config::ConfigError: phones are asked for certificates, and no authority is named.
[[nodiscard]] TlsSettings tlsSettings(const config::Settings& settings);
/// Throws config::ConfigError: there is a listener of TLS and no certificate.
void requireCertificate(const config::Settings& settings);

void addOptions(config::Schema& schema);

/// Reads the certificates. Throws config::ConfigError: which option, which file and why, or that there is a listener
/// of TLS without a certificate.
[[nodiscard]] std::unique_ptr<Tls> openTls(const config::Settings& settings, Scheduler& scheduler, const Clock& clock);

}  // namespace beffroi::edge::tls
