// SPDX-License-Identifier: AGPL-3.0-or-later
#include "app/routing_chain.hpp"

#include "app/asserted_identity.hpp"
#include "app/security_reports.hpp"
#include "auth/certificate_identity.hpp"
#include "base/log.hpp"
#include "base/text.hpp"
#include "beffroi/announcements.hpp"
#include "gateway/incoming_call.hpp"
#include "routing/emergency.hpp"
#include "routing/feature_codes.hpp"
#include "sip/privacy.hpp"

#include <algorithm>
#include <variant>

namespace beffroi::app {
namespace {

constexpr std::string_view kNotYours = "From Is Not Yours";
constexpr log::Area kEmergency{"emergency"};

// The Call-ID that the Replaces among the header fields of a URI names.
std::optional<std::string> replacedCall(std::string_view headers) {
    constexpr std::string_view kReplaces = "replaces=";
    while (!headers.empty()) {
        const auto end = std::min(headers.find('&'), headers.size());
        const auto field = headers.substr(0, end);
        if (field.size() > kReplaces.size() && sip::equalsIgnoreCase(field.substr(0, kReplaces.size()), kReplaces)) {
            const auto value = sip::unescape(field.substr(kReplaces.size()));
            return value.substr(0, value.find(';'));
        }
        headers.remove_prefix(std::min(end + 1, headers.size()));
    }
    return std::nullopt;
}

std::string numberOutside(const RoutePlan& plan) {
    for (const auto& stage : plan.stages) {
        for (const auto& target : stage.targets) {
            if (const auto* dial = std::get_if<DialOutside>(&target)) return dial->number;
        }
    }
    return {};
}

void respondWith(const std::shared_ptr<sip::ServerTransaction>& transaction, int status, const char* header,
                 std::string_view value) BEFFROI_ON_LOOP {
    auto answer = sip::Message::answer(transaction->request(), status, transaction->localTag());
    answer.add(header, value);
    transaction->respond(answer);
}

CallKind kindOf(const RoutePlan& plan) { return plan.emergency ? CallKind::Emergency : CallKind::Ordinary; }

}  // namespace

RoutingChain::RoutingChain(const Parts& parts, Settings settings)
    : parts_{parts},
      settings_{std::move(settings)},
      sanity_{parts.proxy,
              [this](std::string_view host) {
                  assertOnLoop();
                  return isOwnDomain(host);
              }},
      transfers_{parts.clock},
      execution_{{parts.network, parts.registrar, gateways_, parts.country},
                 {settings_.domains.front(), settings_.bridge}},
      spoken_{{parts.proxy, parts.calls, execution_}} {
    assertOnLoop();
    refreshGateways();
}

void RoutingChain::refreshGateways() {
    auto directory = parts_.directory.snapshot();
    if (gateways_.isOf(directory)) return;
    gateways_ = gateway::GatewayTable{std::move(directory)};
    parts_.guard.setPeers(gateways_.networks());
}

bool RoutingChain::isOwnDomain(std::string_view host) const {
    const auto named = [host](const std::string& domain) { return sip::equalsIgnoreCase(domain, host); };
    if (std::any_of(settings_.domains.begin(), settings_.domains.end(), named)) return true;
    const auto address = SocketAddress::parse(host, 0);
    return address && settings_.isOwnHost(*address);
}

void RoutingChain::onRequest(const Transaction& transaction) {
    refreshGateways();
    auto& request = transaction->request();
    const bool isRegister = request.method() == sip::Method::Register;
    const auto flows = isRegister ? std::nullopt : parts_.proxy.takeOwnRoutes(request);
    const bool inDialog = RequestSanity::addresseeOf(request) == Addressee::Dialog;
    if (inDialog && !flows) return refuse(transaction, RequestRefusal{481});
    const auto refusal = sanity_.refusalOf(request, transaction->flow().transport);
    if (refusal) return refuse(transaction, *refusal);
    if (isRegister) return registerPhone(transaction);
    if (inDialog) return onRequestInDialog(transaction, *flows);
    onNewRequest(transaction);
}

void RoutingChain::onAck(sip::Message ack, const Flow&) { parts_.proxy.forwardAck(std::move(ack)); }

void RoutingChain::onCancel(sip::ServerTransaction& invite, const sip::Message& cancel) {
    parts_.proxy.cancel(invite, cancel);
}

void RoutingChain::registerPhone(const Transaction& transaction) {
    const auto caller = authenticate(transaction, auth::Realm::Registrar);
    if (!caller) return;
    if (!maySpeakAs(transaction->request(), *caller->device)) {
        report(SecurityEvent::Kind::IdentityClaimed, transaction, kNotYours, caller->device->account);
        return transaction->respond(403, kNotYours);
    }
    const auto own = [this](std::string_view host) {
        assertOnLoop();
        return isOwnDomain(host);
    };
    noteStart(transaction->request(), *caller->device);
    parts_.registrar.handle(transaction->request(), transaction->flow(), *caller->device, transaction->localTag(), own,
                            [this, transaction, account = caller->device->account,
                             extension = caller->device->extension](const sip::Message& answer, const auto& concern) {
                                assertOnLoop();
                                if (concern) report(concern->kind, transaction, concern->reason, account);
                                registered(transaction, account, extension);
                                transaction->respond(answer);
                            });
}

// One telephone keeps its Call-ID for as long as it runs (RFC 3261 §10.2): with another one for the same contact or
// instance it has started again, and knows nothing of its calls.
void RoutingChain::noteStart(const sip::Message& request, const Device& device) {
    const auto contacts = request.headers("Contact");
    for (const auto& binding : parts_.registrar.table().of(device.extension)) {
        if (binding.account != device.account || binding.callId == request.callId()) continue;
        for (const auto value : contacts) {
            const auto contact = sip::parseNameAddr(value);
            const auto instance = contact ? contact->params.find("+sip.instance") : std::nullopt;
            const bool same = contact && (contact->uri.text == binding.contact ||
                                          (instance && !binding.instance.empty() && binding.instance == *instance));
            if (same) return parts_.calls.usage().telephoneStarted(device.account);
        }
    }
}

// A registration makes its flow known for as long as it lives.
void RoutingChain::registered(const Transaction& transaction, const std::string& account,
                              const std::string& extension) {
    const auto callId = transaction->request().callId();
    for (const auto& binding : parts_.registrar.table().of(extension)) {
        if (binding.account == account && binding.callId == callId) {
            parts_.guard.registered(transaction->flow(), account, binding.expiresAt);
        }
    }
}

// The flows come out of a Record-Route that we signed, which the two sides of a call have, and whoever has read a
// message of theirs. Who sends it from neither side's host is asked who it is: a phone that has moved can tell.
void RoutingChain::onRequestInDialog(const Transaction& transaction, const proxy::DialogFlows& flows) {
    if (!isParty(transaction->flow().remote, flows) && !authenticate(transaction, auth::Realm::Proxy)) return;
    parts_.network.vouch(transaction->flow());
    if (transaction->request().method() == sip::Method::Refer && !mayRefer(transaction)) return;
    if (transaction->isInvite()) transaction->respond(100);
    parts_.proxy.forwardInDialog(transaction, flows);
}

// A telephone that is told to call a stranger would do so past us, and answer its challenge (RFC 3515 §5.1). What it is
// told to take the place of (RFC 3891) is a call that we know: after a restart those from before are not. Nobody
// outside may make a telephone of ours call, which it would do with its own rights, and nobody here an operator's,
// which would call at the town's cost whomever it is told to.
bool RoutingChain::mayRefer(const Transaction& transaction) {
    const auto& request = transaction->request();
    const auto header = request.header("Refer-To");
    const auto target = header ? sip::parseNameAddr(*header) : std::nullopt;
    if (!target || request.count("Refer-To") != 1) {
        transaction->respond(400, "Refer-To Missing Or Malformed");
        return false;
    }
    const auto& uri = target->uri;
    const bool ours = uri.scheme == sip::UriView::Scheme::Tel ||
                      (uri.isSip() && (isOwnDomain(uri.host) || parts_.registrar.flowOf(uri).has_value()));
    const auto replaced = replacedCall(uri.headers);
    if (!ours || (replaced && !parts_.calls.knows(*replaced))) {
        report(SecurityEvent::Kind::RequestNotAllowed, transaction, "refers to what is not ours");
        transaction->respond(403, "Refers To What Is Not Ours");
        return false;
    }
    auto [transferor, transferee] = parts_.calls.partiesOf(request);
    if (transferor.empty() || transferee.empty()) {
        report(SecurityEvent::Kind::RequestNotAllowed, transaction, "refers in a call with the outside");
        transaction->respond(403, "Transfers Are Between Telephones");
        return false;
    }
    transfers_.referred(std::move(transferee), sip::dialledNumber(uri).number, std::move(transferor));
    return true;
}

// A gateway may be several machines.
bool RoutingChain::isParty(const SocketAddress& from, const proxy::DialogFlows& flows) const {
    if (from.sameHost(flows.caller.remote) || from.sameHost(flows.callee.remote)) return true;
    const auto* gateway = gateways_.at(from);
    return gateway != nullptr &&
           (gateways_.at(flows.caller.remote) == gateway || gateways_.at(flows.callee.remote) == gateway);
}

void RoutingChain::onNewRequest(const Transaction& transaction) {
    if (transaction->request().requestUri().user.empty()) return answerForUs(transaction);
    const auto* gateway = gateways_.at(transaction->flow().remote);
    const bool fromOutside = gateway != nullptr && transaction->isInvite() && !saysItIsOurs(transaction->request());
    if (fromOutside) return routeFromOutside(transaction, *gateway);
    if (const auto caller = authenticate(transaction, auth::Realm::Proxy)) routeRequest(transaction, *caller);
}

// Telephones may stand behind the address of an operator's box. Who writes that it is one of ours is asked for proof,
// as everywhere; an operator writes a number outside.
bool RoutingChain::saysItIsOurs(const sip::Message& request) const {
    const auto& from = request.from().uri;
    if (!from.isSip() || !isOwnDomain(from.host)) return false;
    const auto user = from.userUnescaped();
    const auto directory = parts_.directory.snapshot();
    return directory->extension(user) != nullptr || directory->device(user) != nullptr;
}

void RoutingChain::routeRequest(const Transaction& transaction, const Caller& caller) {
    auto& request = transaction->request();
    const auto& device = *caller.device;
    const auto dialled = dialledBy(request);
    const auto shown = routing::withoutPin(dialled, *caller.directory);
    const auto who = callerAt(caller);
    if (!maySpeakAs(request, device)) {
        report(SecurityEvent::Kind::IdentityClaimed, transaction, kNotYours, device.account);
        if (!callsForHelp(request)) return refuse(transaction, who, shown, 403, kNotYours);
    }
    const auto claim = foreignClaim(request, [&](const sip::UriView& uri) {
        assertOnLoop();
        const auto number = sip::dialledNumber(uri).number;
        const bool ours = uri.scheme == sip::UriView::Scheme::Tel || (uri.isSip() && isOwnDomain(uri.host));
        return ours && (number == device.extension || number == device.account);
    });
    if (claim)
        report(SecurityEvent::Kind::IdentityClaimed, transaction, *claim, device.account);  // and goes no further
    if (request.method() == sip::Method::Subscribe || request.method() == sip::Method::Publish) {
        return transaction->respond(489);
    }
    CallAttempt attempt{who.number, device.account, dialled, parts_.clock.wallNow()};
    if (transaction->isInvite()) attempt.payer = transfers_.take(who.number, dialled);
    follow(transaction, caller, who, attempt, shown);
}

void RoutingChain::follow(const Transaction& transaction, const Caller& caller, const proxy::CallTable::Caller& who,
                          const CallAttempt& attempt, const std::string& shown) {
    auto& request = transaction->request();
    const auto plan = routing::route(attempt, {*caller.directory, parts_.country, parts_.lines, settings_.routing});
    if (draining_ && transaction->isInvite() && !plan.emergency) {
        parts_.calls.refused(request, who, shown, 503);
        return respondWith(transaction, 503, "Retry-After", "5");
    }
    const bool helpWanted = plan.emergency && transaction->isInvite();  // a MESSAGE to 15 is no call
    const auto kind = kindOf(plan);
    if (plan.refusal) {
        if (helpWanted) raiseAlarm(transaction, caller, plan, {});
        return refuseAloud(transaction, who, shown, *plan.refusal, kind);
    }
    if (plan.feature) return obey(transaction, caller, who, *plan.feature, shown);
    RouteExecution::Call call{*caller.directory, &parts_.lines};
    call.callerAccount = attempt.callerAccount;
    call.secure = request.requestUri().scheme == sip::UriView::Scheme::Sips;
    call.invite = transaction->isInvite();
    call.historyWanted = !sip::privacyOf(request).history;
    call.withheld = hidesCaller(request) || plan.withheld;
    auto fork = execution_.forkPlan(plan, call);
    if (helpWanted) raiseAlarm(transaction, caller, plan, fork);
    if (!fork.reachesAnybody()) {
        return refuseAloud(transaction, who, shown, {480, {}, std::string{announcements::kUnreachable}}, kind);
    }

    fork.hideSender = call.withheld && !plan.emergency;
    fork.senderName = who.name.empty() ? std::string{} : quotedName(who.name);
    assertIdentity(request, execution_.identityOf(*caller.directory, who.number));
    carryOut(transaction, who, shown, plan, std::move(fork));
}

// Beside the call and never in its way: whoever is told takes no part in it.
void RoutingChain::raiseAlarm(const Transaction& transaction, const Caller& caller, const RoutePlan& plan,
                              const proxy::ForkPlan& fork) {
    const auto& directory = *caller.directory;
    const auto& device = *caller.device;
    auto number = numberOutside(plan);
    if (number.empty()) number = dialledBy(transaction->request());
    const auto site = directory.sites.find(device.site);
    const std::string place{site == directory.sites.end() ? device.site : site->second.name};
    const auto call = transaction->request().callId();
    if (fork.reachesAnybody()) {
        log::warning(kEmergency, "emergency call",
                     {{"number", number},
                      {"extension", device.extension},
                      {"account", device.account},
                      {"site", place},
                      {"sip_call", call}});
    } else {
        log::error(kEmergency, "an emergency call cannot leave: no gateway",
                   {{"number", number},
                    {"extension", device.extension},
                    {"account", device.account},
                    {"site", place},
                    {"sip_call", call}});
    }
    if (plan.notify.empty() || plan.notify == device.extension) return;
    const auto uri = [this](const std::string& extension) {
        return "<sip:" + extension + '@' + settings_.domains.front() + '>';
    };
    const proxy::Notice notice{
        "notice-" + transaction->localTag(),
        quotedName("URGENCE " + number + ' ' + device.extension + ' ' + place) + ' ' + uri(device.extension),
        uri(plan.notify),
        "Appel d'urgence " + number + " depuis le poste " + device.extension + (place.empty() ? "" : ", " + place)};
    RouteExecution::Call to{directory, &parts_.lines};
    if (parts_.proxy.tell(notice, execution_.telephonesOf(plan.notify, to)) == 0) {
        log::warning(kEmergency, "nobody could be told of an emergency call", {{"extension", plan.notify}});
    }
}

// The operator vouches for who calls: nobody else's INVITE comes in without a digest, and it leads to the numbers that
// the outside may call and to nothing else. A UDP source can be forged by whoever is able to; that is why an access
// should be reached by TLS, by a network of the operator's own, or from behind a filter (docs/gateways.md).
void RoutingChain::routeFromOutside(const Transaction& transaction, const Gateway& gateway) {
    auto& request = transaction->request();
    const auto directory = parts_.directory.snapshot();
    parts_.network.vouch(transaction->flow());
    const auto incoming = gateway::incomingCall(request, gateway, *directory, parts_.country);
    const proxy::CallTable::Caller who{incoming.caller, incoming.name, {}, gateway.id};
    if (comesBack(request)) return refuse(transaction, who, incoming.called, 482, {});
    if (draining_) {
        parts_.calls.refused(request, who, incoming.called, 503);
        return respondWith(transaction, 503, "Retry-After", "5");
    }
    const CallAttempt attempt{{}, {}, incoming.called, parts_.clock.wallNow(), gateway.id, incoming.caller};
    const auto plan = routing::route(attempt, {*directory, parts_.country, parts_.lines, settings_.routing});
    if (plan.refusal) return refuse(transaction, who, incoming.called, plan.refusal->status, {});

    const auto history = proxy::takeHistory(request);
    RouteExecution::Call call{*directory, &parts_.lines};
    call.secure = request.requestUri().scheme == sip::UriView::Scheme::Sips;
    call.historyWanted = !sip::privacyOf(request).history;
    call.history = &history;
    call.withheld = incoming.withheld;
    call.outside = &incoming;
    auto fork = execution_.forkPlan(plan, call);
    if (!fork.reachesAnybody()) return refuse(transaction, who, incoming.called, 480, {});
    request.removeClaims();
    carryOut(transaction, who, incoming.called, plan, std::move(fork));
}

// Whatever leaves by a gateway and comes in again has our Via, unless the operator has made a new call of it; then
// Max-Forwards ends the circle.
bool RoutingChain::comesBack(const sip::Message& request) const {
    constexpr std::uint16_t kSipPort = 5060;
    const auto vias = request.headers("Via");
    return std::any_of(vias.begin(), vias.end(), [this](std::string_view value) {
        assertOnLoop();
        const auto via = sip::parseVia(value);
        const auto address =
            via ? SocketAddress::parse(via->host, via->port != 0 ? via->port : kSipPort) : std::nullopt;
        return address && parts_.network.isOwnAddress(*address);
    });
}

void RoutingChain::carryOut(const Transaction& transaction, const proxy::CallTable::Caller& who,
                            const std::string& dialled, const RoutePlan& plan, proxy::ForkPlan fork) {
    std::shared_ptr<proxy::ForkObserver> observer;
    if (transaction->isInvite()) {
        transaction->respond(100);
        observer = parts_.calls.begin(transaction->request(), who, dialled, kindOf(plan));
        for (const auto& group : groupsOf(plan)) parts_.calls.usage().groupCalled(group);
    }
    parts_.proxy.forward(transaction, std::move(fork), std::move(observer));
}

// What a code asks for is done first, and then said; meanwhile the caller may have hung up.
void RoutingChain::obey(const Transaction& transaction, const Caller& caller, const proxy::CallTable::Caller& who,
                        const FeatureRequest& feature, const std::string& shown) {
    if (!transaction->isInvite() || parts_.features == nullptr) return refuse(transaction, who, shown, 501, {});
    transaction->respond(100);
    parts_.features->carryOut(
        feature, who.account, [this, transaction, caller, who, shown](const FeatureDesk::Outcome& outcome) {
            assertOnLoop();
            if (transaction->answered()) return parts_.calls.refused(transaction->request(), who, shown, 487);
            if (const auto* on = std::get_if<FeatureDesk::CallOn>(&outcome)) {
                CallAttempt attempt{who.number, who.account, on->number, parts_.clock.wallNow()};
                attempt.byPin = true;
                return follow(transaction, caller, who, attempt, shown);
            }
            spoken_.say(transaction, who, shown, std::get<FeatureDesk::Say>(outcome).announcement);
        });
}

void RoutingChain::refuseAloud(const Transaction& transaction, const proxy::CallTable::Caller& who,
                               const std::string& dialled, const RouteRefusal& refusal, CallKind kind) {
    if (!settings_.saysRefusals) return refuse(transaction, who, dialled, refusal.status, {}, kind);
    spoken_.refuse(transaction, who, dialled, refusal.status, refusal.announcement, kind);
}

// A request without a user is for the exchange itself (RFC 3261 §11: a phone asks whether we are there).
void RoutingChain::answerForUs(const Transaction& transaction) {
    auto answer = sip::Message::answer(transaction->request(), 200, transaction->localTag());
    answer.add("Allow", kAllowed);
    answer.add("Accept", kAccepted);
    answer.add("Accept-Encoding", "identity");
    answer.add("Supported", kSupported);
    transaction->respond(answer);
}

// Nothing is kept of what a stranger may send: the request again gets the same answer.
void RoutingChain::refuse(const Transaction& transaction, const RequestRefusal& refusal) {
    report(refusal.event, transaction, refusal.reason.empty() ? sip::reasonPhrase(refusal.status) : refusal.reason);
    if (refusal.event == SecurityEvent::Kind::RequestNotAllowed) parts_.guard.misdeed(transaction->flow());
    auto answer = sip::Message::answer(transaction->request(), refusal.status, transaction->localTag(), refusal.reason);
    for (const auto& value : refusal.values) answer.add(refusal.header, value);
    transaction->respondOnce(answer);
}

void RoutingChain::refuse(const Transaction& transaction, const proxy::CallTable::Caller& caller,
                          const std::string& dialled, int status, std::string_view reason, CallKind kind) {
    if (transaction->isInvite()) parts_.calls.refused(transaction->request(), caller, dialled, status, kind);
    transaction->respond(status, reason);
}

std::optional<RoutingChain::Caller> RoutingChain::authenticate(const Transaction& transaction, auth::Realm realm) {
    Caller caller;
    caller.directory = parts_.directory.snapshot();
    const auto& names = parts_.network.peerNames(transaction->flow());
    caller.device = auth::deviceByCertificate(transaction->request(), names, *caller.directory);
    if (caller.device != nullptr) return admits(transaction, *caller.device) ? std::optional{caller} : std::nullopt;

    const auto& flow = transaction->flow();
    const auto verdict = parts_.authenticator.check(transaction->request(), flow, realm, *caller.directory);
    if (const auto* accepted = std::get_if<auth::Accepted>(&verdict)) {
        caller.device = accepted->device;
        // A right answer where too many wrong ones were given gets, and does, what a wrong one gets and does.
        if (parts_.guard.verifies(flow, caller.device->account)) {
            return admits(transaction, *caller.device) ? std::optional{caller} : std::nullopt;
        }
        report(SecurityEvent::Kind::AclFailed, transaction, "account banned from this address", caller.device->account);
        parts_.authenticator.spoil(accepted->nonce);
        parts_.guard.wrongAnswer(flow, caller.device->account, true);
        challenge(transaction, realm, false);
        return std::nullopt;
    }
    const auto& challenged = std::get<auth::Challenged>(verdict);
    parts_.events.report(eventOf(flow, transaction->request(), challenged));
    const bool verified = challenged.account.empty() || parts_.guard.verifies(flow, challenged.account);
    const bool betrays = challenged.failure == auth::Failure::Replayed && !verified;
    if (betrays) parts_.authenticator.spoil(challenged.nonce);
    if (betrays || challenged.failure == auth::Failure::UnknownAccount ||
        challenged.failure == auth::Failure::WrongPassword) {
        parts_.guard.wrongAnswer(flow, challenged.account, challenged.proven);
    }
    challenge(transaction, realm, challenged.stale && !betrays);
    return std::nullopt;
}

bool RoutingChain::admits(const Transaction& transaction, const Device& device) {
    const auto& flow = transaction->flow();
    report(SecurityEvent::Kind::SuccessfulAuth, transaction, {}, device.account);
    parts_.network.vouch(flow);
    parts_.guard.authenticated(flow, device.account);
    if (parts_.guard.admitsRequest(flow, device.account) || callsForHelp(transaction->request())) return true;
    auto answer = sip::Message::answer(transaction->request(), 503, transaction->localTag());
    answer.add("Retry-After", std::to_string(guard::Guard::retryAfter(flow)));
    transaction->respondOnce(answer);
    return false;
}

// No limit and no mistake in a telephone's settings stands in the way of an emergency call; a password does, lest
// anybody call for help in the town's name.
bool RoutingChain::callsForHelp(const sip::Message& request) const {
    if (request.method() != sip::Method::Invite) return false;
    const auto directory = parts_.directory.snapshot();
    return routing::helpIn(dialledBy(request), *directory, parts_.country) != nullptr;
}

void RoutingChain::challenge(const Transaction& transaction, auth::Realm realm, bool stale) {
    transaction->respondOnce(parts_.authenticator.challenge(transaction->request(), transaction->flow(),
                                                            transaction->localTag(), realm, stale));
}

void RoutingChain::report(SecurityEvent::Kind kind, const Transaction& transaction, std::string_view reason,
                          std::string_view account) {
    parts_.events.report(eventOf(kind, transaction->flow(), transaction->request(), reason, account));
}

proxy::CallTable::Caller RoutingChain::callerAt(const Caller& caller) const {
    const auto& device = *caller.device;
    const auto guest = parts_.lines.extensionAt(device.account);
    const auto* extension = caller.directory->extension(guest.empty() ? std::string_view{device.extension} : guest);
    if (extension == nullptr) return {device.extension, "", device.account};
    return {extension->number, extension->label, device.account};
}

// The number that is called. One within the numbers of somebody else (RFC 3966 §5.1.5) is not one of ours, however it
// looks.
std::string RoutingChain::dialledBy(const sip::Message& request) const {
    auto dialled = sip::dialledNumber(request.requestUri());
    if (dialled.context.empty() || isOwnDomain(dialled.context)) return std::move(dialled.number);
    return dialled.number + ";phone-context=" + dialled.context;
}

// A phone speaks under its own number or account, or hides its number (RFC 3323 §4.1): never under another's.
bool RoutingChain::maySpeakAs(const sip::Message& request, const Device& device) const {
    const auto& from = request.from().uri;
    if (sip::isAnonymous(from)) return true;
    const auto user = from.userUnescaped();
    return from.isSip() && isOwnDomain(from.host) && (user == device.extension || user == device.account);
}

}  // namespace beffroi::app
