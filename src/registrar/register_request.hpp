// SPDX-License-Identifier: AGPL-3.0-or-later
//
// What a REGISTER asks for: its contacts, how long they are to live, and whether they are flows that their telephone
// watches over; or why none of it is done (RFC 3261 §10.3, steps 6 and 7; RFC 3327 §5.3; RFC 5626 §6).
// Thread: any; pure.
#pragma once

#include "beffroi/directory.hpp"
#include "beffroi/security_event.hpp"
#include "registrar/binding_table.hpp"
#include "registrar/registrar_settings.hpp"
#include "sip/message.hpp"

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace beffroi::registrar {

/// That an answer refuses what somebody tried who looks after the exchange's safety wants to know of.
struct Concern {
    SecurityEvent::Kind kind;
    std::string_view reason;
};

struct Refusal {
    int status;
    std::string_view reason;
    std::optional<SecurityEvent::Kind> kind{};
    [[nodiscard]] std::optional<Concern> concern() const {
        return kind ? std::optional{Concern{*kind, reason}} : std::nullopt;
    }
};
/// 400: it breaks the rules.
[[nodiscard]] inline Refusal malformed(std::string_view reason) {
    return {400, reason, SecurityEvent::Kind::BadRequest};
}

/// What one REGISTER asks for, checked.
struct Asked {
    struct Contact {
        Binding binding;
        std::chrono::seconds expires;
        std::string regId;  // empty if it has none
    };
    std::vector<Contact> contacts;
    std::string callId;
    std::uint32_t cseq = 0;
    Flow flow;               // by which it came
    bool outbound = false;   // it registers a flow that its telephone watches over
    bool watched = false;    // and we too: nobody is between the two
    bool registers = false;  // something
    bool removeAll = false;
    bool query = false;
    [[nodiscard]] bool names(const Binding& binding) const;
    /// Its telephone is back from before our restart, on another connection: nobody is reached by the old one.
    [[nodiscard]] bool replaces(const Binding& binding) const;
};

/// `request` came by `flow`, whose own end is `local`, from `device`.
[[nodiscard]] std::variant<Asked, Refusal> readRegister(const sip::Message& request, const Flow& flow,
                                                        const SocketAddress& local, const Device& device,
                                                        const RegistrarSettings& settings);

}  // namespace beffroi::registrar
