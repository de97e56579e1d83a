// SPDX-License-Identifier: AGPL-3.0-or-later
#include "edge/tls/certificate.hpp"

#include "base/text.hpp"
#include "edge/descriptor.hpp"

#include <arpa/inet.h>
#include <fcntl.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>
#include <sys/stat.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <ctime>
#include <system_error>

namespace beffroi::edge::tls {
namespace {

constexpr std::size_t kLargestFile = std::size_t{1} << 20U;

OwnBio over(const std::string& text) { return OwnBio{BIO_new_mem_buf(text.data(), static_cast<int>(text.size()))}; }

// A daemon has nobody to ask.
int refusePassphrase(char*, int, int, void* asked) {
    *static_cast<bool*>(asked) = true;
    return -1;
}

Clock::WallTime timeOf(const ASN1_TIME* time) {
    std::tm broken{};
    if (ASN1_TIME_to_tm(time, &broken) != 1) return {};
    return std::chrono::system_clock::from_time_t(timegm(&broken));
}

// In lower case; empty if there is an octet in it that a name cannot have: what stands behind a NUL is read by some and
// not by others.
std::string nameOf(const unsigned char* octets, int size, unsigned char least) {
    if (octets == nullptr || size <= 0) return {};
    const std::string_view text{reinterpret_cast<const char*>(octets), static_cast<std::size_t>(size)};
    const bool clean = std::all_of(text.begin(), text.end(), [least](char c) {
        return static_cast<unsigned char>(c) >= least && static_cast<unsigned char>(c) != 0x7f;
    });
    return clean ? base::lowerCase(text) : std::string{};
}

SocketAddress addressOf(const ASN1_OCTET_STRING& octets) {
    std::array<char, INET6_ADDRSTRLEN> text{};
    const int size = ASN1_STRING_length(&octets);
    if (size != 4 && size != 16) return {};
    const auto* data = ASN1_STRING_get0_data(&octets);
    if (inet_ntop(size == 4 ? AF_INET : AF_INET6, data, text.data(), text.size()) == nullptr) return {};
    return SocketAddress::parse(text.data(), 0).value_or(SocketAddress{});
}

void addAlternative(CertificateNames& names, const GENERAL_NAME& alternative) {
    int type = 0;
    const auto* value = GENERAL_NAME_get0_value(&alternative, &type);
    if (type == GEN_IPADD) {
        const auto address = addressOf(*static_cast<const ASN1_OCTET_STRING*>(value));
        if (address.isSet()) names.addresses.push_back(address);
    } else if (type == GEN_DNS || type == GEN_URI) {
        const auto* text = static_cast<const ASN1_IA5STRING*>(value);
        auto name = nameOf(ASN1_STRING_get0_data(text), ASN1_STRING_length(text), '!');
        if (!name.empty()) (type == GEN_DNS ? names.hosts : names.uris).push_back(std::move(name));
    }
}

std::string commonNameOf(const X509_NAME& subject) {
    int found = -1;
    for (int next = -1; (next = X509_NAME_get_index_by_NID(&subject, NID_commonName, next)) >= 0;) found = next;
    if (found < 0) return {};
    unsigned char* text = nullptr;
    const int size = ASN1_STRING_to_UTF8(&text, X509_NAME_ENTRY_get_data(X509_NAME_get_entry(&subject, found)));
    auto name = nameOf(text, size, ' ');
    OPENSSL_free(text);
    return name;
}

std::vector<OwnCertificate> certificatesIn(const std::string& text) {
    std::vector<OwnCertificate> all;
    const auto source = over(text);
    while (auto* next = PEM_read_bio_X509(source.get(), nullptr, nullptr, nullptr)) all.emplace_back(next);
    return all;
}

OwnKey readKey(const std::string& file, const std::string& text) {
    bool asked = false;
    OwnKey key{PEM_read_bio_PrivateKey(over(text).get(), nullptr, refusePassphrase, &asked)};
    if (key) return key;
    ERR_clear_error();
    throw TlsError(file, asked ? "its private key is encrypted: write it without a passphrase"
                               : "there is no private key in it that can be read (PEM)");
}

}  // namespace

CertificateNames namesOf(const X509& certificate) {
    CertificateNames names;
    names.commonName = commonNameOf(*X509_get_subject_name(&certificate));
    int absent = 0;
    using Alternatives = std::unique_ptr<GENERAL_NAMES, Release<GENERAL_NAMES_free>>;
    const Alternatives alternatives{
        static_cast<GENERAL_NAMES*>(X509_get_ext_d2i(&certificate, NID_subject_alt_name, &absent, nullptr))};
    names.hasAlternatives = alternatives != nullptr || absent != -1;
    for (int i = 0; i < sk_GENERAL_NAME_num(alternatives.get()); ++i) {
        addAlternative(names, *sk_GENERAL_NAME_value(alternatives.get(), i));
    }
    return names;
}

Clock::WallTime endOf(const X509& certificate) { return timeOf(X509_get0_notAfter(&certificate)); }

std::string readPem(const std::string& file) {
    const Descriptor descriptor{open(file.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK)};
    if (!descriptor) throw TlsError(file, std::generic_category().message(errno));
    struct stat status {};
    if (fstat(descriptor.get(), &status) != 0 || !S_ISREG(status.st_mode)) throw TlsError(file, "is no file");
    std::string text;
    std::array<char, 16 * 1024> some{};
    for (;;) {
        const auto got = read(descriptor.get(), some.data(), some.size());
        if (got < 0) throw TlsError(file, std::generic_category().message(errno));
        if (got == 0) return text;
        text.append(some.data(), static_cast<std::size_t>(got));
        if (text.size() > kLargestFile) throw TlsError(file, "is too large for a certificate");
    }
}

std::vector<OwnCertificate> readCertificates(const std::string& file) {
    auto all = certificatesIn(readPem(file));
    ERR_clear_error();  // the end of the file is an error to the library
    return all;
}

Certificate readCertificate(const CertificateFiles& files) {
    Certificate result;
    result.files = files;
    const auto text = readPem(files.certificate);
    auto all = certificatesIn(text);
    ERR_clear_error();  // the end of the file is an error to the library
    if (all.empty()) throw TlsError(files.certificate, "there is no certificate in it (PEM)");
    result.own = std::move(all.front());
    for (std::size_t i = 1; i < all.size(); ++i) result.chain.push_back(std::move(all[i]));
    result.key = readKey(files.key, files.key == files.certificate ? text : readPem(files.key));
    if (X509_check_private_key(result.own.get(), result.key.get()) != 1) {
        ERR_clear_error();
        throw TlsError(files.key, "the private key does not belong to the certificate in " + files.certificate);
    }
    result.names = namesOf(*result.own);
    result.notBefore = timeOf(X509_get0_notBefore(result.own.get()));
    result.notAfter = endOf(*result.own);
    return result;
}

}  // namespace beffroi::edge::tls
