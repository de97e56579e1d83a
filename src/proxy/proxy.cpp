// SPDX-License-Identifier: AGPL-3.0-or-later
//
// The proxy's doors: what is a new request's business is in Fork, header by header work in forwarding.

#include "proxy/proxy.hpp"

#include "proxy/forwarding.hpp"
#include "sip/contact_flow.hpp"

#include <algorithm>

namespace beffroi::proxy {
namespace {

constexpr std::uint32_t kDefaultBreadth = 60;  // RFC 5393 §5.3.1
constexpr int kMaximumOwnRoutes = 4;           // two of ours at most stand together; more is somebody's game

bool opensDialog(sip::Method method) noexcept {
    return method == sip::Method::Invite || method == sip::Method::Subscribe || method == sip::Method::Refer;
}

}  // namespace

Proxy::Proxy(sip::TransactionLayer& transactions, Network& network, NextHopResolver& resolver, Scheduler& scheduler,
             CallTable& calls, ProxySettings settings, FlowFinder findFlow, OwnDomain ownDomain)
    : transactions_{transactions},
      network_{network},
      resolver_{resolver},
      calls_{calls},
      tokens_{settings.key},
      environment_{transactions,
                   network,
                   resolver,
                   scheduler,
                   tokens_,
                   settings.timerC,
                   [this](const sip::UriView& uri) {
                       assertOnLoop();
                       if (uri.scheme == sip::UriView::Scheme::Tel) return true;
                       return uri.isSip() && (isOurs(uri) || findFlow_(uri).has_value());
                   }},
      findFlow_{std::move(findFlow)},
      ownDomain_{std::move(ownDomain)} {}

std::optional<int> Proxy::refusalOf(const sip::Message& request) const {
    if (const auto hops = request.header("Max-Forwards"); hops && sip::parseNumber(*hops, 255) == 0) return 483;
    if (hasLooped(request, loopHash(request, tokens_), network_)) return 482;
    if (const auto breadth = request.header("Max-Breadth")) {
        const auto value = sip::parseNumber(*breadth, UINT32_MAX);
        if (!value) return 400;
        if (*value == 0) return 440;
    }
    return std::nullopt;
}

// An address is ours with its port only: another server may share the machine.
bool Proxy::isOurs(const sip::UriView& route) const {
    if (SocketAddress::parse(route.host, 0)) return namesUs(route, network_);
    return route.isSip() && ownDomain_(route.host);
}

std::optional<DialogFlows> Proxy::takeOwnRoutes(sip::Message& request) const {
    std::optional<DialogFlows> flows;
    if (const auto uri = request.requestUri(); namesUs(uri, network_)) {
        if (const auto named =
                tokens_.decode(uri.user, request.callId())) {  // a strict router put our Record-Route here
            const auto routes = request.headers("Route");
            if (routes.empty()) return std::nullopt;
            const auto last = sip::parseNameAddr(routes.back());
            if (!last) return std::nullopt;
            flows = named;
            const std::string target{last->uri.text};
            std::vector<std::string> others{routes.begin(), routes.end() - 1};
            request.remove("Route");
            for (const auto& route : others) request.add("Route", route);
            request.setRequestUri(target);
        }
    }
    for (int taken = 0; taken < kMaximumOwnRoutes; ++taken) {
        const auto first = request.header("Route");
        if (!first) break;
        const auto route = sip::parseNameAddr(*first);
        if (!route) break;
        const auto named = tokens_.decode(route->uri.user, request.callId());
        if (!named && !isOurs(route->uri)) break;
        if (named && !flows) flows = named;
        request.removeFirst("Route");
    }
    return flows;
}

ForkTraits Proxy::traitsOf(const sip::Message& request) const {
    ForkTraits traits;
    const auto breadth = request.header("Max-Breadth");
    const auto value = breadth ? sip::parseNumber(*breadth, kDefaultBreadth) : std::nullopt;
    traits.breadth = static_cast<std::uint32_t>(value.value_or(kDefaultBreadth));
    traits.loopHash = loopHash(request, tokens_);
    return traits;
}

void Proxy::forward(const std::shared_ptr<sip::ServerTransaction>& transaction, ForkPlan plan,
                    std::shared_ptr<ForkObserver> observer) {
    auto traits = traitsOf(transaction->request());
    traits.recordRoute = opensDialog(transaction->request().method());
    auto fork =
        std::make_shared<Fork>(environment_, transaction, std::move(plan), std::move(traits), std::move(observer));
    transaction->attach(fork);
    fork->start();
}

bool Proxy::isFromCaller(const sip::Message& request, const DialogFlows& flows) const {
    return tokens_.hashTag(request.from().tag()) == flows.callerTag;
}

// Who was hidden stays so; and who says within a dialog that it is somebody else (RFC 4916) is nobody: asked for its
// password it was as the one that it was then.
bool Proxy::mustHide(const sip::Message& request, const DialogFlows& flows) const {
    const auto uri = tokens_.hashUri(request.from().uri);
    if (!isFromCaller(request, flows)) return uri != flows.calleeUri;
    return flows.callerHidden || uri != flows.callerUri;
}

// A closed connection is replaced by the one on which the same contact is registered now. Nobody listens at its other
// end: without another one the request fails at once, and always if what was encrypted would go on in the clear.
std::optional<Flow> Proxy::flowOf(const sip::Message& request, const DialogFlows& flows) const {
    const auto& flow = isFromCaller(request, flows) ? flows.callee : flows.caller;
    if (!network_.alive(flow)) {
        const auto registered = findFlow_(request.requestUri());
        const bool elsewhere = request.count("Route") > 0 ? flow.transport != Transport::Tls
                                                          : sip::mayListenAt(request.requestUri(), flow);
        return registered || elsewhere ? registered : std::optional{flow};
    }
    if (request.count("Route") > 0) return flow;
    return sip::flowTowards(flow, request.requestUri());
}

void Proxy::forwardInDialog(const std::shared_ptr<sip::ServerTransaction>& transaction, const DialogFlows& flows) {
    auto& request = transaction->request();
    if (request.method() == sip::Method::Bye) calls_.onBye(request);
    request.removeClaims();
    Branch branch;
    branch.flow = flowOf(request, flows);
    ForkPlan plan;
    plan.hideSender = mustHide(request, flows);
    plan.stages.push_back({{{{std::move(branch)}, {}}}});
    auto fork = std::make_shared<Fork>(environment_, transaction, std::move(plan), traitsOf(request), nullptr);
    transaction->attach(fork);
    fork->start();
}

void Proxy::forwardAck(sip::Message ack) {
    const auto flows = takeOwnRoutes(ack);
    if (!flows || refusalOf(ack)) return;
    const auto flow = flowOf(ack, *flows);
    decrementMaxForwards(ack);
    ack.removeClaims();
    ack.removeCredentials();
    ForkPlan plan;
    plan.hideSender = mustHide(ack, *flows);
    showSender(ack, plan);
    postprocessStrictRoute(ack);
    if (flow) {
        transactions_.sendAck(std::move(ack), *flow);
    } else {
        sendAckByName(std::move(ack));
    }
}

void Proxy::sendAckByName(sip::Message ack) {
    const auto hop = nextHopOf(ack);
    if (!hop) return;
    const auto id = nextAck_++;
    waitingAcks_.emplace(id, WaitingAck{std::move(ack), nullptr});
    auto lookup = resolver_.resolve(*hop, [this, id, domain = hop->host](const std::vector<Destination>& found) {
        assertOnLoop();
        auto waiting = waitingAcks_.extract(id);
        if (waiting.empty() || found.empty() || network_.isOwnAddress(found.front().address)) return;
        const auto flow = network_.flowTo(found.front().transport, found.front().address, domain);
        if (flow) transactions_.sendAck(std::move(waiting.mapped().ack), *flow);
    });
    if (const auto waiting = waitingAcks_.find(id); waiting != waitingAcks_.end()) {
        waiting->second.lookup = std::move(lookup);
    }
}

std::size_t Proxy::tell(const Notice& notice, const std::vector<Branch>& telephones) {
    notices_.erase(std::remove_if(notices_.begin(), notices_.end(), [](const auto& call) { return call->over(); }),
                   notices_.end());
    std::size_t told = 0;
    for (const auto& telephone : telephones) {
        auto its = notice;
        its.id += '-' + std::to_string(told);
        const auto call =
            std::make_shared<NoticeCall>(transactions_, network_, environment_.scheduler, std::move(its), telephone);
        if (!call->start()) continue;
        notices_.push_back(call);
        ++told;
    }
    return told;
}

void Proxy::cancel(sip::ServerTransaction& invite, const sip::Message& cancel) {
    if (const auto fork = std::dynamic_pointer_cast<Fork>(invite.context())) {
        fork->cancel(cancel.header("Reason").value_or(std::string_view{}));
    } else {
        invite.respond(487);
    }
}

}  // namespace beffroi::proxy
