// SPDX-License-Identifier: AGPL-3.0-or-later
//
// What happened that whoever looks after the exchange's safety wants to know: one value for each occurrence, told to a
// sink that logs and counts it. The first fifteen kinds are those of Asterisk's security events.
// Thread: loop.
#pragma once

#include "beffroi/address_range.hpp"
#include "beffroi/flow.hpp"
#include "beffroi/thread_roles.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace beffroi {

struct SecurityEvent {
    enum class Kind : std::uint8_t {
        AclFailed,                // a banned address knocked
        InvalidAccount,           // an answer to a challenge names an account that does not exist
        SessionLimit,             // connections, or contacts of an extension, beyond what one may have
        MemoryLimit,              // a table or queue of ours is full
        LoadLimit,                // the loop is so busy that strangers have to wait
        RequestNotSupported,      // an unknown method, extension, version or scheme
        RequestNotAllowed,        // not for this domain, account or number
        AuthMethodNotAllowed,     // an algorithm or form of digest that is not offered
        BadRequest,               // no SIP message, or one that breaks the rules
        SuccessfulAuth,           // by digest or certificate
        UnexpectedAddress,        // an answer to a challenge that was sent to another address
        ChallengeResponseFailed,  // a nonce that we did not make, or used twice
        InvalidPassword,          // the answer to a challenge is wrong
        ChallengeSent,            // a request without credentials was challenged
        InvalidTransport,         // what asks for TLS (sips) has come without it
        Banned,                   // from now on an address, or an account from an address, is not listened to
        Unbanned,                 // and from now on it is again
        RateLimited,              // more than a source or an account may send
        Scanner,                  // a known scanner's mark, or its behaviour
        IdentityClaimed,          // a phone claims to be somebody else
    };
    static constexpr std::size_t kKinds = 20;

    Kind kind = Kind::BadRequest;
    SocketAddress source;
    Transport transport = Transport::Udp;
    // Views that live for the call; empty where there is none. What peers wrote stands here unescaped; never a secret.
    std::string_view account;
    std::string_view method;
    std::string_view callId;
    std::string_view reason;
    AddressRange range{};  // of a ban: who it is about; `source` is its first address
};

/// "invalid-password": as it stands in the log and in `beffroi --json status`.
[[nodiscard]] constexpr std::string_view toString(SecurityEvent::Kind kind) noexcept {
    constexpr std::array<std::string_view, SecurityEvent::kKinds> kNames{"acl-failed",
                                                                         "invalid-account",
                                                                         "session-limit",
                                                                         "memory-limit",
                                                                         "load-limit",
                                                                         "request-not-supported",
                                                                         "request-not-allowed",
                                                                         "auth-method-not-allowed",
                                                                         "bad-request",
                                                                         "successful-auth",
                                                                         "unexpected-address",
                                                                         "challenge-response-failed",
                                                                         "invalid-password",
                                                                         "challenge-sent",
                                                                         "invalid-transport",
                                                                         "banned",
                                                                         "unbanned",
                                                                         "rate-limited",
                                                                         "scanner",
                                                                         "identity-claimed"};
    return kNames[static_cast<std::size_t>(kind)];
}

class SecurityEvents {
public:
    virtual ~SecurityEvents() = default;
    /// Cheap enough for what a peer can repeat at will: the sink limits what is written.
    virtual void report(const SecurityEvent& event) BEFFROI_ON_LOOP = 0;
};

}  // namespace beffroi
