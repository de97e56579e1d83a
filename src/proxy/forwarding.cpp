// SPDX-License-Identifier: AGPL-3.0-or-later
//
// Header work of a proxy. Values are text: what is not named here leaves as it came.

#include "proxy/forwarding.hpp"

#include "sip/privacy.hpp"

#include <algorithm>
#include <array>
#include <charconv>

namespace beffroi::proxy {
namespace {

constexpr std::uint64_t kFirstMaxForwards = 70;

std::optional<Transport> transportFrom(std::string_view name) {
    if (sip::equalsIgnoreCase(name, "udp")) return Transport::Udp;
    if (sip::equalsIgnoreCase(name, "tcp")) return Transport::Tcp;
    if (sip::equalsIgnoreCase(name, "tls")) return Transport::Tls;
    return std::nullopt;
}

std::optional<NextHop> hopOf(const sip::UriView& uri) {
    if (!uri.isSip() || uri.host.empty()) return std::nullopt;
    NextHop hop;
    // maddr is ignored on purpose: it would let a stranger point us anywhere.
    hop.host = std::string{uri.host};
    hop.port = uri.port;
    hop.secure = uri.scheme == sip::UriView::Scheme::Sips;
    if (const auto transport = uri.params.find("transport")) hop.transport = transportFrom(*transport);
    return hop;
}

bool isOwn(std::string_view host, std::uint16_t port, bool tls, const Network& network) {
    assertOnLoop();
    constexpr std::uint16_t kSipPort = 5060;
    constexpr std::uint16_t kSipsPort = 5061;
    const auto address = SocketAddress::parse(host, port != 0 ? port : tls ? kSipsPort : kSipPort);
    return address && network.isOwnAddress(*address);
}

std::string routeUri(bool secure, const Flow& flow, std::string_view token, const Network& network) {
    assertOnLoop();
    std::string value{secure ? "<sips:" : "<sip:"};
    const auto& own = network.localAddress(flow);
    value.append(token).append(1, '@').append(own.uriHost()).append(1, ':').append(std::to_string(own.port()));
    if (flow.transport == Transport::Tcp) value.append(";transport=tcp");
    if (flow.transport == Transport::Tls) value.append(";transport=tls");
    return value.append(";lr>");
}

}  // namespace

void decrementMaxForwards(sip::Message& request) {
    const auto value = request.header("Max-Forwards");
    if (!value) {
        request.add("Max-Forwards", std::to_string(kFirstMaxForwards));
        return;
    }
    const auto hops = sip::parseNumber(*value, 255).value_or(kFirstMaxForwards);
    request.set("Max-Forwards", std::to_string(hops == 0 ? 0 : hops - 1));
}

void showSender(sip::Message& request, const ForkPlan& plan) {
    if (plan.hideSender) {
        sip::hideSender(request);
    } else {
        sip::nameSender(request, plan.senderName);
    }
}

void postprocessStrictRoute(sip::Message& request) {
    const auto first = request.header("Route");
    if (!first) return;
    const auto route = sip::parseNameAddr(*first);
    if (!route || route->uri.looseRouter()) return;
    const std::string strict{route->uri.text};
    const auto target = '<' + std::string{request.requestUri().text} + '>';
    request.removeFirst("Route");
    request.add("Route", target);
    request.setRequestUri(strict);
}

std::optional<NextHop> nextHopOf(const sip::Message& request) {
    if (const auto first = request.header("Route")) {
        if (const auto route = sip::parseNameAddr(*first)) return hopOf(route->uri);
    }
    return hopOf(request.requestUri());
}

bool namesUs(const sip::UriView& uri, const Network& network) {
    if (!uri.isSip()) return false;
    const bool tls = uri.scheme == sip::UriView::Scheme::Sips ||
                     transportFrom(uri.params.find("transport").value_or("")) == Transport::Tls;
    return isOwn(uri.host, uri.port, tls, network);
}

void makeSecure(sip::Message& request) {
    const auto uri = request.requestUri();
    if (uri.scheme != sip::UriView::Scheme::Sip) return;
    request.setRequestUri("sips" + std::string{uri.text.substr(uri.text.find(':'))});
}

void addRecordRoute(sip::Message& request, const DialogFlows& flows, const FlowTokens& tokens, const Network& network) {
    const auto token = tokens.encode(flows, request.callId());
    const bool secure = request.requestUri().scheme == sip::UriView::Scheme::Sips;
    const auto towardsCaller = routeUri(secure, flows.caller, token, network);
    const auto towardsCallee = routeUri(secure, flows.callee, token, network);
    request.addFirst("Record-Route", towardsCaller);
    if (towardsCallee != towardsCaller) request.addFirst("Record-Route", towardsCallee);
}

std::string loopHash(const sip::Message& request, const FlowTokens& tokens) {
    std::string text{request.requestUri().text};
    const auto add = [&text](std::string_view part) { text.append(1, '\n').append(part); };
    add(request.from().tag());
    add(request.to().tag());
    add(request.callId());
    add(std::to_string(request.cseq().number));
    for (const auto route : request.headers("Route")) add(route);
    std::array<char, 16> digits{};
    const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), tokens.hash(text), 16).ptr;
    return {digits.data(), end};
}

bool hasLooped(const sip::Message& request, std::string_view hash, const Network& network) {
    if (request.count("Via") < 2) return false;
    for (const auto value : request.headers("Via")) {
        const auto via = sip::parseVia(value);
        if (!via) continue;
        const auto branch = via->branch();
        const auto dot = branch.rfind('.');
        if (dot == std::string_view::npos || branch.substr(dot + 1) != hash) continue;
        if (isOwn(via->host, via->port, transportFrom(via->transport) == Transport::Tls, network)) return true;
    }
    return false;
}

}  // namespace beffroi::proxy
