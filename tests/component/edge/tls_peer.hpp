// SPDX-License-Identifier: AGPL-3.0-or-later
//
// The other end of a TLS connection, with all that a peer may do wrong. It never blocks: it goes on whenever it is
// asked how far it is, while the test turns the loop of the edge.
#pragma once

#include "component/edge/loopback.hpp"
#include "support/certificates.hpp"

#include <algorithm>
#include <array>
#include <chrono>
#include <csignal>
#include <string>
#include <string_view>

namespace beffroi::test {

struct TlsPeerSettings {
    const Issued* own = nullptr;  // what it shows
    std::string asksFor{};        // the name (SNI)
    int oldest = TLS1_2_VERSION;
    int newest = TLS1_3_VERSION;
    const char* suites = nullptr;  // of TLS 1.2 and before
    const char* groups = nullptr;
};

class TlsPeer {
public:
    enum class Role : std::uint8_t { Client, Server };

    TlsPeer(edge::Descriptor socket, Role role, const TlsPeerSettings& settings = {}) : socket_{std::move(socket)} {
        std::signal(SIGPIPE, SIG_IGN);
        context_.reset(SSL_CTX_new(TLS_method()));
        auto* context = context_.get();
        SSL_CTX_set_security_level(context, 0);
        SSL_CTX_set_min_proto_version(context, settings.oldest);
        SSL_CTX_set_max_proto_version(context, settings.newest);
        if (settings.suites != nullptr) REQUIRE(SSL_CTX_set_cipher_list(context, settings.suites) == 1);
        if (settings.groups != nullptr) REQUIRE(SSL_CTX_set1_groups_list(context, settings.groups) == 1);
        if (settings.own != nullptr) {
            REQUIRE(SSL_CTX_use_cert_and_key(context, settings.own->certificate.get(), settings.own->key.get(), nullptr,
                                             1) == 1);
        }
        session_.reset(SSL_new(context));
        if (!settings.asksFor.empty()) {
            SSL_ctrl(session_.get(), SSL_CTRL_SET_TLSEXT_HOSTNAME, TLSEXT_NAMETYPE_host_name,
                     const_cast<char*>(settings.asksFor.c_str()));
        }
        fcntl(socket_.get(), F_SETFL, O_NONBLOCK);
        SSL_set_fd(session_.get(), socket_.get());
        role == Role::Client ? SSL_set_connect_state(session_.get()) : SSL_set_accept_state(session_.get());
    }
    explicit TlsPeer(const SocketAddress& to, const TlsPeerSettings& settings = {})
        : TlsPeer{connected(to), Role::Client, settings} {}

    /// A socket that is connected, and says nothing yet.
    [[nodiscard]] static edge::Descriptor connected(const SocketAddress& to) {
        edge::Descriptor socket{::socket(edge::familyOf(to), SOCK_STREAM | SOCK_CLOEXEC, 0)};
        REQUIRE(edge::connectTo(socket.get(), to) == 0);
        return socket;
    }

    /// Goes on with the handshake; true once it is done.
    [[nodiscard]] bool established() {
        if (established_ || over_) return established_;
        ERR_clear_error();
        const int result = SSL_do_handshake(session_.get());
        established_ = result == 1;
        over_ = !established_ && !maySucceedLater(result);
        return established_;
    }
    /// The handshake failed, or the connection ended after it.
    [[nodiscard]] bool over() {
        if (established()) [[maybe_unused]]
            const auto& all = received();
        return over_;
    }
    /// It ended in the way that tells that nothing was cut off.
    [[nodiscard]] bool endedProperly() const noexcept {
        return (SSL_get_shutdown(session_.get()) & SSL_RECEIVED_SHUTDOWN) != 0;
    }
    void send(std::string_view bytes) const {
        REQUIRE(SSL_write(session_.get(), bytes.data(), static_cast<int>(bytes.size())) ==
                static_cast<int>(bytes.size()));
    }
    /// All that was received until now.
    [[nodiscard]] const std::string& received() {
        std::array<char, 65536> bytes{};
        while (established_ && !over_) {
            ERR_clear_error();
            const int got = SSL_read(session_.get(), bytes.data(), static_cast<int>(bytes.size()));
            if (got > 0) {
                received_.append(bytes.data(), static_cast<std::size_t>(got));
            } else if (maySucceedLater(got)) {
                break;
            } else {
                over_ = true;
            }
        }
        return received_;
    }
    void finishSending() const { SSL_shutdown(session_.get()); }
    void close() { socket_.reset(); }

    [[nodiscard]] SSL& session() const { return *session_; }
    /// The common name of the certificate that was shown to it.
    [[nodiscard]] std::string shown() const {
        const auto* certificate = SSL_get0_peer_certificate(session_.get());
        if (certificate == nullptr) return {};
        std::array<char, 256> name{};
        X509_NAME_get_text_by_NID(X509_get_subject_name(certificate), NID_commonName, name.data(), name.size());
        return name.data();
    }
    [[nodiscard]] SocketAddress address() const { return edge::boundAddress(socket_.get()); }

private:
    [[nodiscard]] bool maySucceedLater(int result) const {
        const int error = SSL_get_error(session_.get(), result);
        return error == SSL_ERROR_WANT_READ || error == SSL_ERROR_WANT_WRITE;
    }

    edge::Descriptor socket_;
    edge::tls::OwnContext context_;
    edge::tls::OwnSession session_;
    std::string received_;
    bool established_ = false;
    bool over_ = false;
};

}  // namespace beffroi::test
