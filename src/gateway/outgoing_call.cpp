// SPDX-License-Identifier: AGPL-3.0-or-later
#include "gateway/outgoing_call.hpp"

#include "sip/grammar.hpp"

namespace beffroi::gateway {
namespace {

constexpr std::string_view kAnonymous = "\"Anonymous\" <sip:anonymous@anonymous.invalid>";

// "sip:number@host:port;transport=…;user=phone", by the next hop's own scheme, host, port and parameters.
std::string calledUri(const std::string& number, const sip::UriView& hop) {
    std::string uri{hop.scheme == sip::UriView::Scheme::Sips ? "sips:" : "sip:"};
    const bool v6 = hop.host.find(':') != std::string_view::npos;
    uri.append(number).append(v6 ? "@[" : "@").append(hop.host).append(v6 ? "]" : "");
    if (hop.port != 0) uri.append(1, ':').append(std::to_string(hop.port));
    if (const auto transport = hop.params.find("transport")) uri.append(";transport=").append(*transport);
    return uri.append(";user=phone");
}

}  // namespace

std::string callingUri(std::string_view number, const Gateway& gateway, std::string_view domain,
                       const country::Country& country) {
    return "sip:" + country.write(number, gateway.calling) + '@' + std::string{domain} + ";user=phone";
}

OutgoingCall outgoingCall(const DialOutside& dial, const Gateway& gateway, std::string_view nextHop, bool withheld,
                          std::string_view domain, const country::Country& country) {
    OutgoingCall call;
    const auto hop = sip::parseUri(nextHop);
    if (!hop || !hop->isSip() || hop->host.empty()) return call;
    call.requestUri = calledUri(country.write(dial.number, gateway.called), *hop);
    call.to = '<' + call.requestUri + '>';
    if (dial.emergency) call.priority = "emergency";

    const auto& presented = dial.presented.empty() ? gateway.number : dial.presented;
    call.hidden = !dial.emergency && (withheld || dial.presented.empty());
    if (presented.empty()) {
        call.from = kAnonymous;
        call.hidden = true;
        return call;
    }
    // The operator has to know whom it lets through; what is hidden is hidden beyond it.
    call.assertedIdentity = '<' + callingUri(presented, gateway, domain, country) + '>';
    call.from = call.hidden ? std::string{kAnonymous} : call.assertedIdentity;
    if (call.hidden) call.privacy = "id";
    return call;
}

}  // namespace beffroi::gateway
