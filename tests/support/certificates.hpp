// SPDX-License-Identifier: AGPL-3.0-or-later
//
// Certificates for tests, made as they are needed: of an authority of the test's, for any names, valid on the dates of
// the fake clock.
#pragma once

#include "beffroi/clock.hpp"
#include "edge/tls/openssl.hpp"

#include <openssl/pem.h>
#include <openssl/x509v3.h>
#include <catch2/catch.hpp>

#include <chrono>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace beffroi::test {

struct CertificateRequest {
    std::string commonName = "phone";      // a NUL in it is kept
    std::vector<std::string> hosts{};      // DNS names
    std::vector<std::string> uris{};       // URIs
    std::vector<std::string> addresses{};  // IP addresses
    std::chrono::days from{-1};            // from the date of the fake clock
    std::chrono::days until{365};
    unsigned rsaBits = 0;  // 0: an elliptic curve, P-256
};

/// A certificate and its key, as objects and as what stands in their files.
struct Issued {
    edge::tls::OwnCertificate certificate;
    edge::tls::OwnKey key;

    [[nodiscard]] std::string certificatePem() const {
        const edge::tls::OwnBio out{BIO_new(BIO_s_mem())};
        PEM_write_bio_X509(out.get(), certificate.get());
        return textOf(*out);
    }
    [[nodiscard]] std::string keyPem(const char* passphrase = nullptr) const {
        const edge::tls::OwnBio out{BIO_new(BIO_s_mem())};
        PEM_write_bio_PKCS8PrivateKey(out.get(), key.get(), passphrase == nullptr ? nullptr : EVP_aes_128_cbc(),
                                      nullptr, 0, nullptr, const_cast<char*>(passphrase));
        return textOf(*out);
    }

private:
    [[nodiscard]] static std::string textOf(BIO& out) {
        char* text = nullptr;
        const auto size = BIO_ctrl(&out, BIO_CTRL_INFO, 0, &text);
        return {text, static_cast<std::size_t>(size)};
    }
};

class Authority {
public:
    explicit Authority(const std::string& name = "Town") : self_{issue({.commonName = name}, nullptr)} {}

    [[nodiscard]] Issued issue(const CertificateRequest& wanted) { return issue(wanted, &self_); }
    /// Vouched for by nobody but itself.
    [[nodiscard]] static Issued selfSigned(const CertificateRequest& wanted) {
        Issued own;
        own.key = newKey(wanted.rsaBits);
        own.certificate = sign(wanted, *own.key, nullptr, *own.key, false);
        return own;
    }
    [[nodiscard]] const Issued& self() const { return self_; }
    [[nodiscard]] std::string pem() const { return self_.certificatePem(); }

private:
    [[nodiscard]] static Issued issue(const CertificateRequest& wanted, const Issued* by) {
        Issued own;
        own.key = newKey(wanted.rsaBits);
        own.certificate = sign(wanted, *own.key, by == nullptr ? nullptr : by->certificate.get(),
                               by == nullptr ? *own.key : *by->key, by == nullptr);
        return own;
    }

    [[nodiscard]] static edge::tls::OwnKey newKey(unsigned rsaBits) {
        edge::tls::OwnKey key{rsaBits == 0 ? EVP_PKEY_Q_keygen(nullptr, nullptr, "EC", "P-256")
                                           : EVP_PKEY_Q_keygen(nullptr, nullptr, "RSA", std::size_t{rsaBits})};
        REQUIRE(key);
        return key;
    }

    static void addAlternatives(X509& certificate, const CertificateRequest& wanted) {
        using Names = std::unique_ptr<GENERAL_NAMES, edge::tls::Release<GENERAL_NAMES_free>>;
        const Names names{sk_GENERAL_NAME_new_null()};
        const auto addText = [&names](int type, const std::string& text) {
            auto* value = ASN1_IA5STRING_new();
            ASN1_STRING_set(value, text.data(), static_cast<int>(text.size()));
            auto* name = GENERAL_NAME_new();
            GENERAL_NAME_set0_value(name, type, value);
            sk_GENERAL_NAME_push(names.get(), name);
        };
        for (const auto& host : wanted.hosts) addText(GEN_DNS, host);
        for (const auto& uri : wanted.uris) addText(GEN_URI, uri);
        for (const auto& address : wanted.addresses) {
            auto* name = GENERAL_NAME_new();
            GENERAL_NAME_set0_value(name, GEN_IPADD, a2i_IPADDRESS(address.c_str()));
            sk_GENERAL_NAME_push(names.get(), name);
        }
        if (sk_GENERAL_NAME_num(names.get()) > 0) {
            X509_add1_ext_i2d(&certificate, NID_subject_alt_name, names.get(), 0, X509V3_ADD_DEFAULT);
        }
    }

    [[nodiscard]] static edge::tls::OwnCertificate sign(const CertificateRequest& wanted, EVP_PKEY& key,
                                                        const X509* issuer, EVP_PKEY& issuerKey, bool isAuthority) {
        static long serial = 1;
        edge::tls::OwnCertificate certificate{X509_new()};
        auto* raw = certificate.get();
        X509_set_version(raw, X509_VERSION_3);
        ASN1_INTEGER_set(X509_get_serialNumber(raw), ++serial);
        auto* subject = X509_get_subject_name(raw);
        X509_NAME_add_entry_by_NID(subject, NID_commonName, MBSTRING_UTF8,
                                   reinterpret_cast<const unsigned char*>(wanted.commonName.data()),
                                   static_cast<int>(wanted.commonName.size()), -1, 0);
        X509_set_issuer_name(raw, issuer == nullptr ? subject : X509_get_subject_name(issuer));
        const auto today = std::chrono::system_clock::to_time_t(std::chrono::sys_days{std::chrono::year{2027} / 5 / 3} +
                                                                std::chrono::hours{9});
        const auto moment = [today](std::chrono::days days) { return today + days.count() * 86400L; };
        ASN1_TIME_set(X509_getm_notBefore(raw), moment(wanted.from));
        ASN1_TIME_set(X509_getm_notAfter(raw), moment(wanted.until));
        X509_set_pubkey(raw, &key);
        if (isAuthority) {
            auto* constraint = X509V3_EXT_conf_nid(nullptr, nullptr, NID_basic_constraints, "critical,CA:TRUE");
            X509_add_ext(raw, constraint, -1);
            X509_EXTENSION_free(constraint);
        }
        addAlternatives(*raw, wanted);
        REQUIRE(X509_sign(raw, &issuerKey, EVP_sha256()) > 0);
        return certificate;
    }

    Issued self_;
};

}  // namespace beffroi::test
