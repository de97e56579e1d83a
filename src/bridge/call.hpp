// SPDX-License-Identifier: AGPL-3.0-or-later
//
// Where the SIP side and the services meet: a call as the services see it, without a line of SIP. The user agent asks a
// CallTaker for each INVITE and speaks to the Call that it gets until the call is over.
// Thread: loop.
#pragma once

#include "beffroi/thread_roles.hpp"

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <variant>

namespace beffroi::bridge {

/// A SIP status other than success, and why in words: for the log and the Warning header.
struct Refusal {
    std::uint16_t status = 500;
    std::string reason;
};

/// What an INVITE asks for: sip:<extension>@<bridge>;service=<service>[;members=<N>][;say=<announcement>][;early].
struct CallRequest {
    std::string extension;
    std::string service;
    std::optional<std::size_t> members;  // how many may be there at once
    std::string announcement;            // what is to be said (beffroi/announcements.hpp)
    // The call is not answered: what the service plays is early media (RFC 3960 §3), and hangUp refuses the call, 480.
    bool early = false;
    std::string caller;
    std::string callId;
    std::function<void()> hangUp;  // ends the call in a later turn; harmless when it is over
};

/// One end of a call: the user agent's peer. It is destroyed when the call is over.
class Call {
public:
    virtual ~Call() = default;

    /// The answer to an SDP offer. After a refusal everything is as it was before.
    [[nodiscard]] virtual std::variant<std::string, Refusal> answer(std::string_view offer) BEFFROI_ON_LOOP = 0;
    /// Our own offer, for an INVITE without one.
    [[nodiscard]] virtual std::string offer() BEFFROI_ON_LOOP = 0;
    /// The answer to it, from the ACK; why it cannot be used, or nothing.
    [[nodiscard]] virtual std::optional<Refusal> takeAnswer(std::string_view answer) BEFFROI_ON_LOOP = 0;
    /// A key that came in an INFO request.
    virtual void digit(char key) BEFFROI_ON_LOOP = 0;
};

class CallTaker {
public:
    virtual ~CallTaker() = default;
    [[nodiscard]] virtual std::variant<std::unique_ptr<Call>, Refusal> take(CallRequest request) BEFFROI_ON_LOOP = 0;
};

}  // namespace beffroi::bridge
