// SPDX-License-Identifier: AGPL-3.0-or-later
#include "edge/tls/contexts.hpp"

#include "base/log.hpp"

#include <unistd.h>

#include <algorithm>
#include <functional>

namespace beffroi::edge::tls {
namespace {

constexpr log::Area kLog{"edge.tls"};

// ECDHE and AEAD only: nothing that a stolen key opens afterwards, nothing below 128 bits. AES with 128 bits first,
// which phones and we have hardware for; whoever prefers ChaCha20 has none, and gets it.
constexpr const char* kSuites12 =
    "ECDHE-ECDSA-AES128-GCM-SHA256:ECDHE-RSA-AES128-GCM-SHA256:ECDHE-ECDSA-AES256-GCM-SHA384:"
    "ECDHE-RSA-AES256-GCM-SHA384:ECDHE-ECDSA-CHACHA20-POLY1305:ECDHE-RSA-CHACHA20-POLY1305";
constexpr const char* kSuites13 = "TLS_AES_128_GCM_SHA256:TLS_AES_256_GCM_SHA384:TLS_CHACHA20_POLY1305_SHA256";
constexpr const char* kGroups = "X25519:P-256:P-384";
constexpr int kSecurityLevel = 2;  // RSA of 2048 bits, no SHA-1
constexpr int kLongestChain = 6;
constexpr long kLargestChain = 32L * 1024;

// Resumption is off: it saves phones nothing that keep their connection for days, and a ticket key would be one more
// secret, which opens what it sealed.
constexpr std::uint64_t kOptions = SSL_OP_NO_TICKET | SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_COMPRESSION |
                                   SSL_OP_CIPHER_SERVER_PREFERENCE | SSL_OP_PRIORITIZE_CHACHA |
                                   SSL_OP_IGNORE_UNEXPECTED_EOF;  // Content-Length says where a message ends
constexpr long kModes = SSL_MODE_RELEASE_BUFFERS | SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER;

OwnContext contextFor(const SSL_METHOD* method, Version least) {
    OwnContext context{SSL_CTX_new(method)};
    auto* raw = context.get();
    if (raw == nullptr) throw TlsError({}, "OpenSSL cannot be used: " + lastReason());
    SSL_CTX_set_security_level(raw, kSecurityLevel);
    const bool usable =
        SSL_CTX_set_min_proto_version(raw, least == Version::Tls13 ? TLS1_3_VERSION : TLS1_2_VERSION) == 1 &&
        SSL_CTX_set_max_proto_version(raw, TLS1_3_VERSION) == 1 && SSL_CTX_set_cipher_list(raw, kSuites12) == 1 &&
        SSL_CTX_set_ciphersuites(raw, kSuites13) == 1 && SSL_CTX_set1_groups_list(raw, kGroups) == 1 &&
        SSL_CTX_set_num_tickets(raw, 0) == 1;
    if (!usable) throw TlsError({}, "OpenSSL refuses our suites: " + lastReason());
    SSL_CTX_set_options(raw, kOptions);
    SSL_CTX_set_mode(raw, kModes);
    SSL_CTX_clear_mode(raw, SSL_MODE_AUTO_RETRY);  // a record that is no data ends a call
    SSL_CTX_set_session_cache_mode(raw, SSL_SESS_CACHE_OFF);
    SSL_CTX_set_verify_depth(raw, kLongestChain);
    SSL_CTX_set_max_cert_list(raw, kLargestChain);
    return context;
}

void trust(SSL_CTX& context, const std::string& file) {
    [[maybe_unused]] const auto text = readPem(file);  // says why it cannot be read better than OpenSSL
    if (SSL_CTX_load_verify_file(&context, file.c_str()) == 1) return;
    throw TlsError(file, "there is no certificate of an authority in it (PEM): " + lastReason());
}

// "Wanted": a certificate that cannot be verified is none, and does not end the connection; the session remembers that.
int noteUntrusted(int trusted, X509_STORE_CTX* store) noexcept {
    auto* session = static_cast<SSL*>(X509_STORE_CTX_get_ex_data(store, SSL_get_ex_data_X509_STORE_CTX_idx()));
    if (trusted == 0) markUntrusted(*session);
    return 1;
}

void askForCertificate(SSL_CTX& context, const TlsSettings& settings) {
    if (settings.clientCertificates == ClientCertificates::None) return;
    trust(context, settings.clientAuthorities);
    SSL_CTX_set_client_CA_list(&context, SSL_load_client_CA_file(settings.clientAuthorities.c_str()));
    if (settings.clientCertificates == ClientCertificates::Required) {
        SSL_CTX_set_verify(&context, SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT, nullptr);
    } else {
        SSL_CTX_set_verify(&context, SSL_VERIFY_PEER, noteUntrusted);
    }
}

void show(SSL_CTX& context, const Certificate& certificate) {
    STACK_OF(X509)* chain = sk_X509_new_null();
    for (const auto& link : certificate.chain) sk_X509_push(chain, link.get());
    const bool shown = SSL_CTX_use_cert_and_key(&context, certificate.own.get(), certificate.key.get(), chain, 1) == 1;
    sk_X509_free(chain);
    if (!shown) throw TlsError(certificate.files.certificate, "OpenSSL refuses it: " + lastReason());
}

}  // namespace

ServerContexts::ServerContexts(const TlsSettings& settings) {
    if (settings.clientCertificates != ClientCertificates::None) {
        trustMark_ = std::hash<std::string>{}(readPem(settings.clientAuthorities));
    }
    for (const auto& files : settings.certificates) certificates_.push_back(readCertificate(files));
    for (const auto& certificate : certificates_) {
        auto context = contextFor(TLS_server_method(), settings.least);
        show(*context, certificate);
        askForCertificate(*context, settings);
        // What the macros of this name do, without their casts.
        SSL_CTX_callback_ctrl(context.get(), SSL_CTRL_SET_TLSEXT_SERVERNAME_CB,
                              reinterpret_cast<void (*)()>(onServerName));
        SSL_CTX_ctrl(context.get(), SSL_CTRL_SET_TLSEXT_SERVERNAME_ARG, 0, this);
        contexts_.push_back(std::move(context));
    }
}

OwnSession ServerContexts::session() const {
    OwnSession session{SSL_new(contexts_.front().get())};
    if (session) SSL_set_accept_state(session.get());
    return session;
}

// A name that is not ours is no reason to hang up: phones ask for the address or the domain that they were given.
int ServerContexts::onServerName(SSL* session, int*, void* self) noexcept {
    const auto& contexts = *static_cast<const ServerContexts*>(self);
    const char* asked = SSL_get_servername(session, TLSEXT_NAMETYPE_host_name);
    if (asked == nullptr) return SSL_TLSEXT_ERR_NOACK;
    const auto& certificates = contexts.certificates_;
    const auto found = std::find_if(certificates.begin(), certificates.end(),
                                    [asked](const auto& each) { return serves(each.names, asked); });
    if (found == certificates.end()) return SSL_TLSEXT_ERR_NOACK;
    SSL_set_SSL_CTX(session, contexts.contexts_[static_cast<std::size_t>(found - certificates.begin())].get());
    return SSL_TLSEXT_ERR_OK;
}

ClientContext::ClientContext(const TlsSettings& settings) : context_{contextFor(TLS_client_method(), settings.least)} {
    SSL_CTX_set_verify(context_.get(), SSL_VERIFY_PEER, nullptr);
    if (!settings.authorities.empty()) {
        trust(*context_, settings.authorities);
    } else if (access(settings.systemAuthorities.c_str(), F_OK) == 0) {
        trust(*context_, settings.systemAuthorities);
    } else {
        log::warning(kLog, "the system knows no authorities: no server that is called by TLS is trusted",
                     {{"file", settings.systemAuthorities}});
    }
}

OwnSession ClientContext::session(const std::string& server) const {
    OwnSession session{SSL_new(context_.get())};
    if (!session) return session;
    SSL_set_connect_state(session.get());
    if (!SocketAddress::parse(server, 0)) {
        SSL_ctrl(session.get(), SSL_CTRL_SET_TLSEXT_HOSTNAME, TLSEXT_NAMETYPE_host_name,
                 const_cast<char*>(server.c_str()));
    }
    return session;
}

}  // namespace beffroi::edge::tls
