// SPDX-License-Identifier: AGPL-3.0-or-later
//
// Who sent this request? Digest authentication (RFC 3261 §22, RFC 7616, RFC 8760). An account that does not exist, a
// wrong password and a replayed answer get the same challenge after the same work, so that nobody learns which numbers
// exist.
// Thread: loop.
#pragma once

#include "auth/digest.hpp"
#include "auth/nonce.hpp"
#include "beffroi/clock.hpp"
#include "beffroi/directory.hpp"
#include "beffroi/flow.hpp"
#include "sip/message.hpp"

#include <cstdint>
#include <string>
#include <string_view>
#include <variant>

namespace beffroi::auth {

/// Whose question the challenge is: the registrar answers 401 with WWW-Authenticate, the proxy 407 with
/// Proxy-Authenticate.
enum class Realm : std::uint8_t { Registrar, Proxy };

struct AuthSettings {
    std::string realm;
    Clock::Duration nonceLifetime = std::chrono::minutes{5};
    bool allowMd5 = true;  // offer MD5 behind SHA-256
    Nonces::Key key{};     // signs nonces, and makes the HA1 of those who have none
    bool allowSha256 = true;
};

struct Accepted {
    const Device* device = nullptr;  // of the snapshot that was asked
    std::string_view nonce = {};     // lives as long as the request
};

/// What was wrong with an answer to a challenge: for the log and the guard, never for the peer.
enum class Failure : std::uint8_t {
    None,
    UnknownAccount,
    WrongPassword,
    NotOffered,   // an algorithm or a form of digest that we did not offer
    Elsewhere,    // the challenge was sent to another address
    ForgedNonce,  // or damaged
    Replayed,
};

struct Challenged {
    // The nonce is another host's, too old or spoilt, be the answer right or wrong; or the answer is replayed.
    bool stale = false;
    bool attempted = false;  // there were credentials for our realm, and they were wrong
    Failure failure = Failure::None;
    // The challenge had been sent to this very host a short while ago, and had no wrong answer yet: the host is the
    // sender. Once for each challenge.
    bool proven = false;
    std::string_view account = {};  // as the credentials say; lives as long as the request
    std::string_view nonce = {};    // likewise
};

using Verdict = std::variant<Accepted, Challenged>;

class Authenticator {
public:
    struct Counters {
        std::uint64_t accepted = 0;
        std::uint64_t challenged = 0;
        std::uint64_t failed = 0;  // wrong, unknown or replayed credentials
    };

    Authenticator(const Clock& clock, AuthSettings settings);

    [[nodiscard]] Verdict check(const sip::Message& request, const Flow& flow, Realm asked,
                                const DirectorySnapshot& directory);

    /// The answer to a request that was not accepted: SHA-256 first (RFC 8760 §2.3).
    [[nodiscard]] sip::Message challenge(const sip::Message& request, const Flow& flow, std::string_view toTag,
                                         Realm asking, bool stale);

    /// The challenge with this nonce of a verdict is good for no other answer, as after a wrong one: for a right answer
    /// that must look like a wrong one, now and when it is repeated.
    void spoil(std::string_view nonce) { nonces_.spoil(nonce); }

    [[nodiscard]] const Counters& counters() const noexcept { return counters_; }

private:
    [[nodiscard]] const std::string& ha1Of(const Device* device, Algorithm algorithm) const noexcept;
    [[nodiscard]] Verdict verify(const sip::Message& request, const Flow& flow, const Credentials& credentials,
                                 const DirectorySnapshot& directory);
    [[nodiscard]] std::string challengeValue(Algorithm algorithm, const std::string& nonce, bool stale) const;

    AuthSettings settings_;
    Nonces nonces_;
    std::string nobodysMd5_;  // HA1s that no password has, made once: a look-up that finds nothing costs no hash more
    std::string nobodysSha256_;
    Counters counters_;
};

}  // namespace beffroi::auth
