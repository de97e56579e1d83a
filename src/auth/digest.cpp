// SPDX-License-Identifier: AGPL-3.0-or-later
#include "auth/digest.hpp"

#include "sip/grammar.hpp"

#include <bitset>
#include <iterator>

namespace beffroi::auth {
namespace {

using sip::equalsIgnoreCase;

struct Field {
    std::string_view name;
    std::string_view Credentials::*member;
};
constexpr Field kFields[] = {
    {"username", &Credentials::username}, {"realm", &Credentials::realm},       {"nonce", &Credentials::nonce},
    {"uri", &Credentials::uri},           {"response", &Credentials::response}, {"cnonce", &Credentials::cnonce},
    {"nc", &Credentials::nonceCount},     {"qop", &Credentials::qop},
};

std::optional<Algorithm> algorithmFrom(std::string_view name) noexcept {
    if (equalsIgnoreCase(name, "MD5")) return Algorithm::Md5;
    if (equalsIgnoreCase(name, "SHA-256")) return Algorithm::Sha256;
    return std::nullopt;
}

// Which fields were seen: an empty one is seen too.
using Seen = std::bitset<std::size(kFields) + 1>;

bool assign(Credentials& credentials, Seen& seen, std::string_view name, std::string_view value) noexcept {
    const auto once = [&seen](std::size_t place) {
        const bool first = !seen.test(place);
        seen.set(place);
        return first;
    };
    if (equalsIgnoreCase(name, "algorithm")) {
        credentials.algorithm = algorithmFrom(value);
        return once(std::size(kFields));
    }
    for (std::size_t i = 0; i < std::size(kFields); ++i) {
        if (!equalsIgnoreCase(name, kFields[i].name)) continue;
        credentials.*kFields[i].member = value;
        return once(i);
    }
    return true;  // opaque, and what we do not know
}

// The inside of a quoted string that is all of `text`, escapes left as they are.
std::optional<std::string_view> unquoted(std::string_view text) noexcept {
    if (text.size() < 2 || text.back() != '"') return std::nullopt;
    text = text.substr(1, text.size() - 2);
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (text[i] == '"') return std::nullopt;
        if (text[i] == '\\' && ++i == text.size()) return std::nullopt;
    }
    return text;
}

}  // namespace

std::string_view toString(Algorithm algorithm) noexcept { return algorithm == Algorithm::Md5 ? "MD5" : "SHA-256"; }

std::optional<Credentials> parseCredentials(std::string_view value) noexcept {
    value = sip::trim(value);
    const auto space = value.find_first_of(" \t");
    if (space == std::string_view::npos || !equalsIgnoreCase(value.substr(0, space), "Digest")) return std::nullopt;
    auto rest = value.substr(space + 1);
    Credentials credentials;
    Seen seen;
    while (const auto element = sip::nextListValue(rest)) {
        const auto equals = element->find('=');
        if (equals == std::string_view::npos) return std::nullopt;
        const auto name = sip::trim(element->substr(0, equals));
        auto text = sip::trim(element->substr(equals + 1));
        if (!sip::isToken(name) || text.empty()) return std::nullopt;
        if (text.front() == '"') {
            const auto inside = unquoted(text);
            if (!inside) return std::nullopt;
            text = *inside;
        } else if (text.find('"') != std::string_view::npos) {
            return std::nullopt;
        }
        if (!assign(credentials, seen, name, text)) return std::nullopt;
    }
    return credentials;
}

std::string expectedResponse(Algorithm algorithm, std::string_view ha1, const Credentials& credentials,
                             std::string_view method) {
    std::string text{method};
    text.append(1, ':').append(credentials.uri);
    const auto ha2 = base::hashHex(algorithm, text);
    text.assign(ha1).append(1, ':').append(credentials.nonce).append(1, ':').append(credentials.nonceCount);
    text.append(1, ':').append(credentials.cnonce).append(1, ':').append(credentials.qop).append(1, ':').append(ha2);
    return base::hashHex(algorithm, text);
}

}  // namespace beffroi::auth
