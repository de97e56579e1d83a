// SPDX-License-Identifier: AGPL-3.0-or-later
#include "app/asserted_identity.hpp"

#include <string>

namespace beffroi::app {
namespace {

bool wantsPrivacy(const sip::Message& request) {
    const auto privacy = request.header("Privacy");
    return isAnonymous(request.from().uri) || (privacy && !sip::equalsIgnoreCase(sip::trim(*privacy), "none"));
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

bool isAnonymous(const sip::UriView& from) {
    return from.isSip() && sip::equalsIgnoreCase(from.host, "anonymous.invalid") &&
           sip::equalsIgnoreCase(from.user, "anonymous");
}

void removeClaimedIdentity(sip::Message& request) {
    for (const auto* name : {"P-Asserted-Identity", "P-Preferred-Identity", "Remote-Party-ID"}) request.remove(name);
}

void assertIdentity(sip::Message& request, std::string_view number, std::string_view name, std::string_view domain) {
    removeClaimedIdentity(request);
    if (wantsPrivacy(request)) return;
    std::string value = name.empty() ? std::string{} : quoted(name) + ' ';
    value.append("<sip:").append(number).append("@").append(domain).append(">");
    request.add("P-Asserted-Identity", value);
}

}  // namespace beffroi::app
