// SPDX-License-Identifier: AGPL-3.0-or-later
//
// What the administrator decided about TLS, and the error for what of it cannot be used.
// Thread: any.
#pragma once

#include <cstdint>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

namespace beffroi::edge::tls {

struct CertificateFiles {
    std::string certificate;  // its chain may follow in the same file
    std::string key;          // may be the same file

    friend bool operator==(const CertificateFiles&, const CertificateFiles&) = default;
};

/// "CERT.pem:KEY.pem", or "BOTH.pem".
[[nodiscard]] inline CertificateFiles filesOf(std::string_view text) {
    const auto colon = text.find(':');
    const auto key = colon == std::string_view::npos ? text : text.substr(colon + 1);
    return {std::string{text.substr(0, colon)}, std::string{key}};
}

enum class ClientCertificates : std::uint8_t {
    None,      // are not asked for
    Wanted,    // one that nobody vouches for is as good as none
    Required,  // without one that is trusted there is no connection
};
enum class Version : std::uint8_t { Tls12, Tls13 };

/// All of Debian's in one file. The library would look for each in a file of its own, during a handshake.
inline constexpr const char* kSystemAuthorities = "/etc/ssl/certs/ca-certificates.crt";

struct TlsSettings {
    std::vector<CertificateFiles> certificates;  // the first is for clients that ask for no name of ours
    ClientCertificates clientCertificates = ClientCertificates::None;
    std::string clientAuthorities;  // PEM file of who vouches for clients
    std::string authorities;        // PEM file of who vouches for servers that we call; empty: the system's
    Version least = Version::Tls12;
    std::string systemAuthorities = kSystemAuthorities;  // where those are; without that file the system has none
};

/// A file that cannot be used: which, and why.
class TlsError : public std::runtime_error {
public:
    TlsError(const std::string& file, const std::string& why)
        : std::runtime_error{file.empty() ? why : file + ": " + why}, file_{file} {}
    /// Empty if it is none of ours.
    [[nodiscard]] const std::string& file() const noexcept { return file_; }

private:
    std::string file_;
};

}  // namespace beffroi::edge::tls
