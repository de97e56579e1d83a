// SPDX-License-Identifier: AGPL-3.0-or-later
//
// What is refused before anybody is asked who they are, as one list: the checks of a proxy (RFC 3261 §16.3) and of a
// server that is the request's end (§8.2). The reader has refused before what is no message: syntax, sizes, mandatory
// fields, another method in CSeq, versions (505), unknown schemes (416), encoded bodies (415).
// Thread: loop.
#pragma once

#include "beffroi/security_event.hpp"
#include "proxy/proxy.hpp"
#include "sip/message.hpp"

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace beffroi::app {

/// Whom a request is for, hence which of the checks it has to pass.
enum class Addressee : std::uint8_t {
    Registrar = 1,  // REGISTER
    Exchange = 2,   // no user in the Request-URI: the exchange itself
    Somebody = 4,   // a number of ours, or what pretends to be one
    Dialog = 8,     // To has a tag
};

struct RequestRefusal {
    int status = 400;
    std::string_view reason{};          // empty: the standard phrase
    const char* header = nullptr;       // what the answer has to say …
    std::vector<std::string> values{};  // … and how
    SecurityEvent::Kind event = SecurityEvent::Kind::RequestNotSupported;
};

/// What the exchange can do, as it says in Allow, Accept and Supported.
inline constexpr std::string_view kAllowed =
    "INVITE, ACK, CANCEL, BYE, OPTIONS, REGISTER, PRACK, UPDATE, INFO, REFER, NOTIFY, MESSAGE";
inline constexpr std::string_view kAccepted = "application/sdp";
inline constexpr std::string_view kSupported = "path, outbound";

class RequestSanity {
public:
    using OwnDomain = std::function<bool(std::string_view host)>;

    /// Both must outlive it.
    RequestSanity(const proxy::Proxy& proxy, OwnDomain ownDomain) : proxy_{proxy}, ownDomain_{std::move(ownDomain)} {}

    [[nodiscard]] static Addressee addresseeOf(const sip::Message& request);

    /// The first check that `request`, whose routes of ours have been taken off and which came by `transport`, does not
    /// pass; nothing if it does.
    [[nodiscard]] std::optional<RequestRefusal> refusalOf(const sip::Message& request,
                                                          Transport transport) const BEFFROI_ON_LOOP;

private:
    using Found = std::optional<RequestRefusal>;
    struct Check {
        int addressees;
        Found (RequestSanity::*apply)(const sip::Message& request, Transport transport) const;
    };
    static const std::vector<Check>& checks();

    [[nodiscard]] Found scheme(const sip::Message& request, Transport transport) const;
    [[nodiscard]] Found hops(const sip::Message& request, Transport transport) const;
    [[nodiscard]] Found proxyRequire(const sip::Message& request, Transport transport) const;
    [[nodiscard]] Found dialog(const sip::Message& request, Transport transport) const;
    [[nodiscard]] Found domain(const sip::Message& request, Transport transport) const;
    [[nodiscard]] Found method(const sip::Message& request, Transport transport) const;
    [[nodiscard]] Found require(const sip::Message& request, Transport transport) const;
    [[nodiscard]] Found content(const sip::Message& request, Transport transport) const;
    [[nodiscard]] Found privacy(const sip::Message& request, Transport transport) const;

    const proxy::Proxy& proxy_;
    OwnDomain ownDomain_;
};

}  // namespace beffroi::app
