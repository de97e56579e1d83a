// SPDX-License-Identifier: AGPL-3.0-or-later
//
// Any octets as the certificate of a peer (DER): of the names that are read from it none has an octet that others read
// otherwise, each that is of a domain is found whatever its case, and a wildcard or an empty name is nobody's.

#include "base/assert.hpp"
#include "base/text.hpp"
#include "edge/tls/certificate.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace {

using namespace beffroi::edge::tls;

void checkName(std::string_view name, unsigned char least) {
    BEFFROI_ASSERT(!name.empty() && beffroi::base::lowerCase(name) == name);
    BEFFROI_ASSERT(std::all_of(name.begin(), name.end(),
                               [least](char c) { return static_cast<unsigned char>(c) >= least && c != '\x7f'; }));
}

std::string upperCase(std::string text) {
    for (auto& c : text) c = c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
    return text;
}

void checkNames(const CertificateNames& names) {
    for (const auto& host : names.hosts) {
        checkName(host, '!');
        BEFFROI_ASSERT(serves(names, host) && serves(names, upperCase(host)));
        BEFFROI_ASSERT(identifies(names, host) == identifies(names, upperCase(host)));
        if (host.find('*') != std::string::npos) BEFFROI_ASSERT(!identifies(names, host));
    }
    for (const auto& uri : names.uris) checkName(uri, '!');
    if (!names.commonName.empty()) checkName(names.commonName, ' ');
    for (const auto& address : names.addresses) {
        BEFFROI_ASSERT(address.isSet() && address.port() == 0 && identifies(names, address.host()));
    }
    BEFFROI_ASSERT(!identifies(names, "") && !serves(names, ""));
    if (names.hasAlternatives && names.hosts.empty() && names.uris.empty() && names.addresses.empty()) {
        BEFFROI_ASSERT(names.commonName.empty() || !identifies(names, names.commonName));
    }
    for (const auto& name : deviceNames(names)) BEFFROI_ASSERT(!name.empty());
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const unsigned char* next = data;
    const OwnCertificate certificate{d2i_X509(nullptr, &next, static_cast<long>(size))};
    ERR_clear_error();
    if (!certificate) return 0;
    checkNames(namesOf(*certificate));
    [[maybe_unused]] const auto end = endOf(*certificate);
    ERR_clear_error();
    return 0;
}
