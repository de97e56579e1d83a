// SPDX-License-Identifier: AGPL-3.0-or-later
//
// OpenSSL's objects with their owners. Its headers are included below this folder only.
// Thread: any.
#pragma once

#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>

#include <memory>
#include <string>

namespace beffroi::edge::tls {

template <auto release>
struct Release {
    template <typename T>
    void operator()(T* object) const noexcept {
        release(object);
    }
};
using OwnBio = std::unique_ptr<BIO, Release<BIO_free_all>>;
using OwnCertificate = std::unique_ptr<X509, Release<X509_free>>;
using OwnContext = std::unique_ptr<SSL_CTX, Release<SSL_CTX_free>>;
using OwnKey = std::unique_ptr<EVP_PKEY, Release<EVP_PKEY_free>>;
using OwnSession = std::unique_ptr<SSL, Release<SSL_free>>;

/// What the library says about its last failure, for people; empties its queue of errors.
[[nodiscard]] inline std::string lastReason() {
    const auto code = ERR_peek_last_error();
    ERR_clear_error();
    const char* text = code == 0 ? nullptr : ERR_reason_error_string(code);
    return text == nullptr ? "unknown reason" : text;
}

/// A session whose peer showed a certificate for which nobody vouches, though it goes on.
inline void markUntrusted(SSL& session) noexcept { SSL_set_app_data(&session, &session); }
[[nodiscard]] inline bool isUntrusted(const SSL& session) noexcept { return SSL_get_app_data(&session) != nullptr; }

}  // namespace beffroi::edge::tls
