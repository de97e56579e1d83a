// SPDX-License-Identifier: AGPL-3.0-or-later
#include "proxy/branch_message.hpp"

#include "proxy/forwarding.hpp"
#include "sip/privacy.hpp"

#include <string>
#include <vector>

namespace beffroi::proxy {
namespace {

std::string withTag(std::string value, std::string_view tag) {
    return tag.empty() ? std::move(value) : value.append(";tag=").append(tag);
}

}  // namespace

void address(sip::Message& request, const ForkPlan& plan, const Branch& branch, std::uint32_t breadth) {
    if (!branch.requestUri.empty()) request.setRequestUri(branch.requestUri);
    if (plan.secure && branch.gateway.empty()) makeSecure(request);
    decrementMaxForwards(request);
    request.removeCredentials();
    if (branch.presentation) {
        present(request, *branch.presentation);
    } else {
        showSender(request, plan);
    }
    for (const auto& field : branch.headers) request.add(field.name, field.value);
    request.set("Max-Breadth", std::to_string(breadth));
}

void present(sip::Message& request, const Presentation& presentation) {
    sip::hideSender(request);  // what else a user may be known by
    for (const auto* name : {"P-Asserted-Identity", "P-Preferred-Identity", "Remote-Party-ID", "Privacy",
                             "History-Info", "Diversion", "Alert-Info", "Identity"}) {
        request.remove(name);
    }
    request.set("From", withTag(presentation.from, request.from().tag()));
    if (!presentation.to.empty()) request.set("To", withTag(presentation.to, request.to().tag()));
}

DialogFlows dialogOf(const sip::Message& request, const Flow& caller, const sip::Message& sent, const Flow& callee,
                     bool hidden, const FlowTokens& tokens) {
    return {caller,
            callee,
            tokens.hashTag(request.from().tag()),
            tokens.hashUri(request.from().uri),
            tokens.hashUri(sent.to().uri),
            hidden};
}

void crossBoundary(const Branch& branch, const sip::Message& request, sip::Message& response) {
    response.removeClaims();
    response.removeCredentials();
    const auto from = request.header("From").value_or(std::string_view{});
    if (response.header("From") != from) response.set("From", from);  // what it was before we put our word for it
    if (branch.presentation && !branch.presentation->to.empty() && request.to().tag().empty()) {
        const std::string tag{response.to().tag()};
        response.set("To", withTag(std::string{request.header("To").value_or(std::string_view{})}, tag));
    }
    if (branch.identity.empty() || response.status() == 100 || response.status() >= 300) return;
    if (!sip::privacyOf(response).hidden) response.add("P-Asserted-Identity", branch.identity);
}

void keepOwnContacts(sip::Message& response, const std::function<bool(const sip::UriView&)>& isOurs) {
    std::vector<std::string> kept;
    for (const auto value : response.headers("Contact")) {
        const auto contact = sip::parseNameAddr(value);
        if (contact && isOurs(contact->uri)) kept.emplace_back(value);
    }
    if (kept.size() == response.count("Contact")) return;
    response.remove("Contact");
    for (const auto& value : kept) response.add("Contact", value);
}

}  // namespace beffroi::proxy
