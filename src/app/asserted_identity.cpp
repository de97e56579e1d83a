// SPDX-License-Identifier: AGPL-3.0-or-later
#include "app/asserted_identity.hpp"

#include "sip/privacy.hpp"

namespace beffroi::app {
namespace {

// quoted-string of RFC 3261 §25.1; a plan has no control characters in its labels.
std::string quoted(std::string_view text) {
    std::string result{"\""};
    for (const char c : text) {
        if (c == '"' || c == '\\') result += '\\';
        result += c;
    }
    return result += '"';
}

}  // namespace

std::string identityOf(std::string_view number, std::string_view name, std::string_view domain) {
    std::string value = name.empty() ? std::string{} : quoted(name) + ' ';
    return value.append("<sip:").append(number).append("@").append(domain).append(">");
}

bool hidesCaller(const sip::Message& request) {
    return sip::isAnonymous(request.from().uri) || sip::privacyOf(request).hidden;
}

void assertIdentity(sip::Message& request, std::string_view identity) {
    request.removeClaims();
    if (!hidesCaller(request)) request.add("P-Asserted-Identity", identity);
}

}  // namespace beffroi::app
