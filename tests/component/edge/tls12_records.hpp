// SPDX-License-Identifier: AGPL-3.0-or-later
//
// What no library sends: any records of TLS 1.2, in any number, under the keys of a connection that a peer has made
// (RFC 5246 §6.3, RFC 5288 §3: AES-128-GCM with SHA-256).
#pragma once

#include "component/edge/tls_peer.hpp"

#include <openssl/core_names.h>
#include <openssl/kdf.h>
#include <openssl/params.h>

#include <array>
#include <cstdint>
#include <string>
#include <string_view>

namespace beffroi::test {

class Tls12Records {
public:
    static constexpr const char* kSuite = "ECDHE-ECDSA-AES128-GCM-SHA256";
    static constexpr char kHandshake = 22;
    static constexpr std::size_t kLargest = std::size_t{16} * 1024;  // of what is in a record: octets

    /// `sent`: how many records the peer has sent under its keys so far, Finished among them.
    Tls12Records(const SSL& session, std::uint64_t sent) : sequence_{sent} {
        std::array<unsigned char, 48> secret{};
        std::array<unsigned char, 32> client{};
        std::array<unsigned char, 32> server{};
        const auto secretSize = SSL_SESSION_get_master_key(SSL_get_session(&session), secret.data(), secret.size());
        SSL_get_client_random(&session, client.data(), client.size());
        SSL_get_server_random(&session, server.data(), server.size());
        std::string label{"key expansion"};
        std::string digest{"SHA256"};
        const std::array parameters{
            OSSL_PARAM_construct_utf8_string(OSSL_KDF_PARAM_DIGEST, digest.data(), 0),
            OSSL_PARAM_construct_octet_string(OSSL_KDF_PARAM_SECRET, secret.data(), secretSize),
            OSSL_PARAM_construct_octet_string(OSSL_KDF_PARAM_SEED, label.data(), label.size()),
            OSSL_PARAM_construct_octet_string(OSSL_KDF_PARAM_SEED, server.data(), server.size()),
            OSSL_PARAM_construct_octet_string(OSSL_KDF_PARAM_SEED, client.data(), client.size()),
            OSSL_PARAM_construct_end()};
        using Kdf = std::unique_ptr<EVP_KDF, edge::tls::Release<EVP_KDF_free>>;
        using Context = std::unique_ptr<EVP_KDF_CTX, edge::tls::Release<EVP_KDF_CTX_free>>;
        const Kdf kdf{EVP_KDF_fetch(nullptr, "TLS1-PRF", nullptr)};
        const Context context{EVP_KDF_CTX_new(kdf.get())};
        std::array<unsigned char, 40> keys{};  // client's key, server's key, client's salt, server's salt
        REQUIRE(EVP_KDF_derive(context.get(), keys.data(), keys.size(), parameters.data()) == 1);
        std::copy_n(keys.begin(), key_.size(), key_.begin());
        std::copy_n(keys.begin() + 32, 4, nonce_.begin());
    }

    /// The octets of the next record.
    [[nodiscard]] std::string next(char type, std::string_view content) {
        std::string counter;
        for (int shift = 56; shift >= 0; shift -= 8) counter.push_back(static_cast<char>(sequence_ >> shift));
        std::copy(counter.begin(), counter.end(), nonce_.begin() + 4);
        ++sequence_;
        const auto head = [type](std::size_t size) {
            return std::string{type, 3, 3, static_cast<char>(size >> 8U), static_cast<char>(size)};
        };
        return head(content.size() + 8 + 16) + counter + sealed(content, counter + head(content.size()));
    }

private:
    [[nodiscard]] std::string sealed(std::string_view content, const std::string& associated) const {
        using Cipher = std::unique_ptr<EVP_CIPHER_CTX, edge::tls::Release<EVP_CIPHER_CTX_free>>;
        const Cipher cipher{EVP_CIPHER_CTX_new()};
        std::string out(content.size() + 16, '\0');
        auto* octets = reinterpret_cast<unsigned char*>(out.data());
        int size = 0;
        EVP_EncryptInit_ex(cipher.get(), EVP_aes_128_gcm(), nullptr, key_.data(), nonce_.data());
        EVP_EncryptUpdate(cipher.get(), nullptr, &size, reinterpret_cast<const unsigned char*>(associated.data()),
                          static_cast<int>(associated.size()));
        EVP_EncryptUpdate(cipher.get(), octets, &size, reinterpret_cast<const unsigned char*>(content.data()),
                          static_cast<int>(content.size()));
        EVP_EncryptFinal_ex(cipher.get(), octets + size, &size);
        REQUIRE(EVP_CIPHER_CTX_ctrl(cipher.get(), EVP_CTRL_AEAD_GET_TAG, 16, octets + content.size()) == 1);
        return out;
    }

    std::uint64_t sequence_;
    std::array<unsigned char, 16> key_{};
    std::array<unsigned char, 12> nonce_{};
};

}  // namespace beffroi::test
