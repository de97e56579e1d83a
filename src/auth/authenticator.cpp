// SPDX-License-Identifier: AGPL-3.0-or-later
#include "auth/authenticator.hpp"

#include <sodium.h>

#include <algorithm>
#include <charconv>

namespace beffroi::auth {
namespace {

// RFC 7616 §3.4.6: the URI that was signed is the one that is asked for. Phones may leave out parameters there, and
// some sign the bare address of the exchange for every call; a nonce-count is good for one request in any case.
bool isForThisRequest(std::string_view signedUri, const sip::UriView& requested) {
    if (signedUri == requested.text) return true;
    const auto uri = sip::parseUri(signedUri);
    return uri && uri->scheme == requested.scheme && uri->port == requested.port &&
           sip::equalsIgnoreCase(uri->host, requested.host) &&
           (uri->user.empty() || uri->userUnescaped() == requested.userUnescaped());
}

std::uint32_t countOf(std::string_view digits) noexcept {
    std::uint32_t value = 0;
    const auto result = std::from_chars(digits.data(), digits.data() + digits.size(), value, 16);
    const bool whole = digits.size() == 8 && result.ec == std::errc{} && result.ptr == digits.data() + digits.size();
    return whole ? value : 0;
}

bool equalInConstantTime(std::string_view a, std::string_view b) noexcept {
    return a.size() == b.size() && sodium_memcmp(a.data(), b.data(), a.size()) == 0;
}

}  // namespace

Authenticator::Authenticator(const Clock& clock, AuthSettings settings)
    : settings_{std::move(settings)}, nonces_{clock, settings_.key, settings_.nonceLifetime} {
    const std::string_view key{reinterpret_cast<const char*>(settings_.key.data()), settings_.key.size()};
    nobodysMd5_ = base::hashHex(Algorithm::Md5, key);
    nobodysSha256_ = base::hashHex(Algorithm::Sha256, key);
}

Verdict Authenticator::check(const sip::Message& request, const Flow& flow, Realm asked,
                             const DirectorySnapshot& directory) {
    const char* name = asked == Realm::Registrar ? "Authorization" : "Proxy-Authorization";
    for (const auto value : request.headers(name)) {
        const auto credentials = parseCredentials(value);
        if (!credentials || credentials->realm != settings_.realm) continue;
        return verify(request, flow, *credentials, directory);
    }
    ++counters_.challenged;
    return Challenged{};
}

// Every step is done for every request: only the sum of them decides. An answer with a nonce that is another host's,
// too old, of before a restart or spoilt is told that it is stale, be it right or wrong: a telephone tries again,
// whoever guesses learns nothing, and whoever saw a challenge long ago proves nothing by it. A wrong answer spoils its
// nonce: sent again, by the network or by somebody who overheard it, it does not count again. A right one that is sent
// again is told that it is stale as well, lest a telephone ask its user for another password; whoever has it knows that
// it is right.
Verdict Authenticator::verify(const sip::Message& request, const Flow& flow, const Credentials& credentials,
                              const DirectorySnapshot& directory) {
    const auto algorithm = credentials.algorithm.value_or(Algorithm::Sha256);
    const bool algorithmAllowed =
        credentials.algorithm && (algorithm == Algorithm::Sha256 ? settings_.allowSha256 : settings_.allowMd5);
    const auto* device = directory.device(credentials.username);
    const auto& ha1 = ha1Of(device, algorithm);
    const auto expected = expectedResponse(algorithm, ha1, credentials, request.methodName());
    const bool offered = algorithmAllowed && sip::equalsIgnoreCase(credentials.qop, "auth") &&
                         !credentials.cnonce.empty() && countOf(credentials.nonceCount) != 0;
    const bool right = equalInConstantTime(expected, credentials.response) && device != nullptr && offered &&
                       isForThisRequest(credentials.uri, request.requestUri());
    const auto age = nonces_.age(credentials.nonce, flow.remote);
    Challenged challenged;
    challenged.account = credentials.username;
    challenged.nonce = credentials.nonce;
    challenged.stale = age == Nonces::Age::Elsewhere || age == Nonces::Age::Stale;
    if (challenged.stale) {
        ++counters_.challenged;
        if (age == Nonces::Age::Elsewhere) challenged.failure = Failure::Elsewhere;
        return challenged;
    }
    const bool fresh = age == Nonces::Age::Fresh;
    if (right && fresh && nonces_.use(credentials.nonce, countOf(credentials.nonceCount))) {
        ++counters_.accepted;
        return Accepted{device, credentials.nonce};
    }
    ++counters_.failed;
    challenged.attempted = true;
    challenged.failure = !fresh              ? Failure::ForgedNonce
                         : !offered          ? Failure::NotOffered
                         : device == nullptr ? Failure::UnknownAccount
                         : right             ? Failure::Replayed
                                             : Failure::WrongPassword;
    challenged.proven = fresh;
    challenged.stale = challenged.failure == Failure::Replayed;
    if (fresh && !challenged.stale) nonces_.spoil(credentials.nonce);
    return challenged;
}

// An account that does not exist has an HA1 too, which nobody knows; so has one that does not allow MD5.
const std::string& Authenticator::ha1Of(const Device* device, Algorithm algorithm) const noexcept {
    const bool md5 = algorithm == Algorithm::Md5;
    if (device != nullptr) {
        const auto& ha1 = md5 ? device->ha1Md5 : device->ha1Sha256;
        if (!ha1.empty()) return ha1;
    }
    return md5 ? nobodysMd5_ : nobodysSha256_;
}

std::string Authenticator::challengeValue(Algorithm algorithm, const std::string& nonce, bool stale) const {
    std::string value{"Digest realm=\""};
    value.append(settings_.realm).append("\", nonce=\"").append(nonce).append("\", algorithm=");
    value.append(toString(algorithm)).append(", qop=\"auth\"");
    if (stale) value.append(", stale=true");
    return value;
}

sip::Message Authenticator::challenge(const sip::Message& request, const Flow& flow, std::string_view toTag,
                                      Realm asking, bool stale) {
    const bool registrar = asking == Realm::Registrar;
    auto answer = sip::Message::answer(request, registrar ? 401 : 407, toTag);
    const char* name = registrar ? "WWW-Authenticate" : "Proxy-Authenticate";
    const auto nonce = nonces_.make(flow.remote);
    if (settings_.allowSha256) answer.add(name, challengeValue(Algorithm::Sha256, nonce, stale));
    if (settings_.allowMd5) answer.add(name, challengeValue(Algorithm::Md5, nonce, stale));
    return answer;
}

}  // namespace beffroi::auth
