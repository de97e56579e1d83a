// SPDX-License-Identifier: AGPL-3.0-or-later
#include "app/request_sanity.hpp"

#include "sip/privacy.hpp"

#include <algorithm>

namespace beffroi::app {
namespace {

constexpr int kRegistrar = static_cast<int>(Addressee::Registrar);
constexpr int kExchange = static_cast<int>(Addressee::Exchange);
constexpr int kSomebody = static_cast<int>(Addressee::Somebody);
constexpr int kDialog = static_cast<int>(Addressee::Dialog);

// Valid for the exchange's own address, which 405 has to say (RFC 3261 §8.2.1).
constexpr std::string_view kAllowedHere = "OPTIONS, REGISTER";

// What exists only within a dialog: without one it is about a dialog that we do not know (RFC 3261 §12.2.2).
bool needsDialog(sip::Method method) noexcept {
    switch (method) {
        case sip::Method::Bye:
        case sip::Method::Prack:
        case sip::Method::Update:
        case sip::Method::Info:
        case sip::Method::Notify: return true;
        default: return false;
    }
}

std::vector<std::string> unknownOptions(const sip::Message& request, const char* header) {
    std::vector<std::string> unknown;
    for (const auto option : request.headers(header)) {
        auto known = kSupported;
        bool isKnown = false;
        while (const auto name = sip::nextListValue(known)) isKnown = isKnown || sip::equalsIgnoreCase(*name, option);
        if (!isKnown) unknown.emplace_back(option);
    }
    return unknown;
}

std::optional<RequestRefusal> badExtension(const sip::Message& request, const char* header) {
    auto unknown = unknownOptions(request, header);
    if (unknown.empty()) return std::nullopt;
    return RequestRefusal{420, {}, "Unsupported", std::move(unknown)};
}

// RFC 3261 §20.11: content that may be left aside says so.
bool isOptional(const sip::Message& request) {
    const auto disposition = request.header("Content-Disposition");
    if (!disposition) return false;
    const auto parameters =
        sip::Parameters::parse(disposition->substr(std::min(disposition->find(';'), disposition->size())));
    const auto handling = parameters ? parameters->find("handling") : std::nullopt;
    return handling && sip::equalsIgnoreCase(*handling, "optional");
}

}  // namespace

// The list. What stands first is asked first, and decides.
const std::vector<RequestSanity::Check>& RequestSanity::checks() {
    static const std::vector<Check> kChecks{
        {kExchange | kSomebody, &RequestSanity::scheme},                               // 416
        {kSomebody | kDialog, &RequestSanity::hops},                                   // 483, 482, 440
        {kRegistrar | kExchange | kSomebody | kDialog, &RequestSanity::proxyRequire},  // 420
        {kExchange | kSomebody, &RequestSanity::dialog},                               // 481
        {kExchange | kSomebody, &RequestSanity::domain},                               // 403
        {kExchange, &RequestSanity::method},                                           // 405, 501
        {kRegistrar | kExchange, &RequestSanity::require},                             // 420
        {kRegistrar | kExchange, &RequestSanity::content},                             // 415
        {kSomebody, &RequestSanity::privacy},                                          // 500
    };
    return kChecks;
}

Addressee RequestSanity::addresseeOf(const sip::Message& request) {
    if (request.method() == sip::Method::Register) return Addressee::Registrar;
    if (!request.to().tag().empty()) return Addressee::Dialog;
    return request.requestUri().user.empty() ? Addressee::Exchange : Addressee::Somebody;
}

std::optional<RequestRefusal> RequestSanity::refusalOf(const sip::Message& request, Transport transport) const {
    const auto addressee = static_cast<int>(addresseeOf(request));
    for (const auto& check : checks()) {
        if ((check.addressees & addressee) == 0) continue;
        if (auto refusal = (this->*check.apply)(request, transport)) return refusal;
    }
    return std::nullopt;
}

// sips asks for TLS on every hop (RFC 5630 §3.1): one that has come without it has lost what it promises.
RequestSanity::Found RequestSanity::scheme(const sip::Message& request, Transport transport) const {
    switch (request.requestUri().scheme) {
        case sip::UriView::Scheme::Sip:
        case sip::UriView::Scheme::Tel: return std::nullopt;
        case sip::UriView::Scheme::Sips:
            if (transport == Transport::Tls) return std::nullopt;
            return RequestRefusal{416, {}, nullptr, {}, SecurityEvent::Kind::InvalidTransport};
        case sip::UriView::Scheme::Other: break;
    }
    return RequestRefusal{416};
}

RequestSanity::Found RequestSanity::hops(const sip::Message& request, Transport) const {
    assertOnLoop();
    const auto status = proxy_.refusalOf(request);
    if (!status) return std::nullopt;
    return RequestRefusal{*status, {}, nullptr, {}, SecurityEvent::Kind::RequestNotAllowed};
}

RequestSanity::Found RequestSanity::proxyRequire(const sip::Message& request, Transport) const {
    return badExtension(request, "Proxy-Require");
}

RequestSanity::Found RequestSanity::dialog(const sip::Message& request, Transport) const {
    if (!needsDialog(request.method())) return std::nullopt;
    return RequestRefusal{481, {}, nullptr, {}, SecurityEvent::Kind::RequestNotAllowed};
}

// We are no open proxy: neither for other domains nor by a route that somebody chooses.
RequestSanity::Found RequestSanity::domain(const sip::Message& request, Transport) const {
    const auto uri = request.requestUri();
    const bool ours = uri.scheme == sip::UriView::Scheme::Tel || ownDomain_(uri.host);
    if (ours && request.count("Route") == 0) return std::nullopt;
    return RequestRefusal{403, "Not A Domain Of Ours", nullptr, {}, SecurityEvent::Kind::RequestNotAllowed};
}

RequestSanity::Found RequestSanity::method(const sip::Message& request, Transport) const {
    switch (request.method()) {
        case sip::Method::Options: return std::nullopt;
        case sip::Method::Other: return RequestRefusal{501, {}, "Allow", {std::string{kAllowed}}};
        default: return RequestRefusal{405, {}, "Allow", {std::string{kAllowedHere}}};
    }
}

RequestSanity::Found RequestSanity::require(const sip::Message& request, Transport) const {
    return badExtension(request, "Require");
}

RequestSanity::Found RequestSanity::content(const sip::Message& request, Transport) const {
    const auto type = request.header("Content-Type");
    if (request.body().empty() || !type || isOptional(request)) return std::nullopt;
    if (sip::equalsIgnoreCase(sip::trim(type->substr(0, type->find(';'))), kAccepted)) return std::nullopt;
    return RequestRefusal{415, {}, "Accept", {std::string{kAccepted}}};
}

// RFC 3323 §5: a call that is less private than its caller insists on is not set up.
RequestSanity::Found RequestSanity::privacy(const sip::Message& request, Transport) const {
    if (!sip::privacyOf(request).impossible) return std::nullopt;
    return RequestRefusal{500, "Privacy Cannot Be Provided"};
}

}  // namespace beffroi::app
