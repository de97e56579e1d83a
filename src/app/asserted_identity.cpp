// SPDX-License-Identifier: AGPL-3.0-or-later
#include "app/asserted_identity.hpp"

#include <string>

namespace beffroi::app {
namespace {

bool wantsPrivacy(const sip::Message& request) {
    const auto privacy = request.header("Privacy");
    return privacy && *privacy != "none";
}

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

void assertIdentity(sip::Message& request, std::string_view number, std::string_view name, std::string_view domain) {
    request.remove("P-Asserted-Identity");
    request.remove("P-Preferred-Identity");
    if (wantsPrivacy(request)) return;
    std::string value = name.empty() ? std::string{} : quoted(name) + ' ';
    value.append("<sip:").append(number).append("@").append(domain).append(">");
    request.add("P-Asserted-Identity", value);
}

}  // namespace beffroi::app
