// SPDX-License-Identifier: AGPL-3.0-or-later
#include "app/asserted_identity.hpp"

#include "sip/privacy.hpp"

namespace beffroi::app {
std::string quotedName(std::string_view name) {
    std::string result{"\""};
    for (const char c : name) {
        if (c == '"' || c == '\\') result += '\\';
        result += c;
    }
    return result += '"';
}

std::string identityOf(std::string_view number, std::string_view name, std::string_view domain) {
    std::string value = name.empty() ? std::string{} : quotedName(name) + ' ';
    return value.append("<sip:").append(number).append("@").append(domain).append(">");
}

std::optional<std::string_view> foreignClaim(const sip::Message& request,
                                             const std::function<bool(const sip::UriView&)>& isOwn) {
    for (const auto* name : {"P-Asserted-Identity", "P-Preferred-Identity", "Remote-Party-ID"}) {
        for (auto list : request.headers(name)) {
            while (const auto value = sip::nextListValue(list)) {
                const auto address = sip::parseNameAddr(*value);
                if (!address || !isOwn(address->uri)) return value;
            }
        }
    }
    return std::nullopt;
}

bool hidesCaller(const sip::Message& request) {
    return sip::isAnonymous(request.from().uri) || sip::privacyOf(request).hidden;
}

void assertIdentity(sip::Message& request, std::string_view identity) {
    request.removeClaims();
    if (!hidesCaller(request)) request.add("P-Asserted-Identity", identity);
}

}  // namespace beffroi::app
