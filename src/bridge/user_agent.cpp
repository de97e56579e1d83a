// SPDX-License-Identifier: AGPL-3.0-or-later
#include "bridge/user_agent.hpp"

#include "base/log.hpp"
#include "bridge/answer.hpp"
#include "bridge/invitation.hpp"

#include <algorithm>
#include <utility>

namespace beffroi::bridge {
namespace {

constexpr log::Area kLog{"bridge.sip"};

std::string_view methodOf(belle_sip_request_t* request) { return belle_sip_request_get_method(request); }

bool hasToTag(belle_sip_request_t* request) {
    const auto* to = belle_sip_message_get_header_by_type(request, belle_sip_header_to_t);
    return to != nullptr && belle_sip_header_to_get_tag(to) != nullptr;
}

std::string userOf(belle_sip_request_t* request) {
    auto* uri = belle_sip_request_get_uri(request);
    const char* user = uri != nullptr ? belle_sip_uri_get_user(uri) : nullptr;
    return user != nullptr ? user : "";
}

void* asApplicationData(std::uint64_t number) { return reinterpret_cast<void*>(static_cast<std::uintptr_t>(number)); }

}  // namespace

UserAgent::UserAgent(base::EventLoop& loop, UserAgentSettings settings, CallTaker& taker)
    : loop_{loop}, settings_{std::move(settings)}, taker_{taker}, stack_{loop, settings_.listen, *this} {}

// Dialogs and calls go before the stack that they belong to.
UserAgent::~UserAgent() { legs_.clear(); }

bool UserAgent::isFromExchange(belle_sip_request_t* request) const {
    const auto source = sourceOf(request);
    return source && std::any_of(settings_.exchange.begin(), settings_.exchange.end(),
                                 [&source](const SocketAddress& known) { return known.sameHost(*source); });
}

UserAgent::Legs::iterator UserAgent::legOf(belle_sip_dialog_t* dialog) {
    if (dialog == nullptr) return legs_.end();
    return legs_.find(reinterpret_cast<std::uintptr_t>(belle_sip_dialog_get_application_data(dialog)));
}

void UserAgent::onRequest(belle_sip_request_t* request, belle_sip_dialog_t* dialog) {
    const auto method = methodOf(request);
    if (!isFromExchange(request)) {
        log::debug(kLog, "refused a request that is not from the exchange", {{"method", method}});
        if (method != "ACK") send(stack_.provider(), request, makeAnswer(request, 403));
        return;
    }
    if (method == "CANCEL") return onCancel(request);
    if (const auto leg = legOf(dialog); leg != legs_.end()) return onRequestInDialog(request, leg);
    if (method == "ACK") return;
    if (method == "BYE" && dialog != nullptr) {  // it has crossed our own
        send(stack_.provider(), request, makeAnswer(request, 200));
        return;
    }
    if (hasToTag(request)) {
        send(stack_.provider(), request, makeAnswer(request, 481));
    } else if (method == "INVITE") {
        onInvite(request);
    } else {
        send(stack_.provider(), request, makeAnswer(request, method == "OPTIONS" ? 200 : 405));
    }
}

std::variant<std::unique_ptr<Call>, Refusal> UserAgent::take(belle_sip_request_t* invite, std::uint64_t number) {
    if (draining_) return Refusal{503, "the bridge is stopping"};
    if (readBody(invite, "application", "sdp").otherKind) return Refusal{415, "only application/sdp is understood"};
    auto read = readInvitation(invite);
    if (auto* refusal = std::get_if<Refusal>(&read)) return std::move(*refusal);
    auto& wanted = std::get<CallRequest>(read);
    wanted.hangUp = [this, &loop = loop_, number, living = std::weak_ptr<int>{living_}] {
        loop.post([this, number, living] {
            assertOnLoop();
            if (!living.expired()) hangUp(number);
        });
    };
    return taker_.take(std::move(wanted));
}

void UserAgent::onInvite(belle_sip_request_t* request) {
    auto* provider = stack_.provider();
    if (auto* refused = refuseExtensions(request)) {
        send(provider, request, refused);
        return;
    }
    const auto number = ++lastLeg_;
    auto taken = take(request, number);
    if (const auto* refusal = std::get_if<Refusal>(&taken)) {
        log::info(kLog, "call refused",
                  {{"call", callIdOf(request)}, {"status", refusal->status}, {"reason", refusal->reason}});
        send(provider, request, makeAnswer(request, *refusal));
        return;
    }
    Leg leg{nullptr, std::move(std::get<std::unique_ptr<Call>>(taken)), callIdOf(request)};
    const bool early = asksForEarlyMedia(request);
    if (early && belle_sip_message_get_body_size(BELLE_SIP_MESSAGE(request)) == 0) {
        // Our offer would need an answer before the call is taken (RFC 3262), which telephones seldom can.
        send(provider, request, makeAnswer(request, 480));
        return;
    }
    const auto description = describe(request, leg);
    if (const auto* refusal = std::get_if<Refusal>(&description)) {
        log::info(kLog, "offer refused",
                  {{"call", leg.callId}, {"status", refusal->status}, {"reason", refusal->reason}});
        send(provider, request, makeAnswer(request, *refusal));
        return;
    }
    auto* transaction = belle_sip_provider_create_server_transaction(provider, request);
    leg.dialog = retain(belle_sip_provider_create_dialog(provider, BELLE_SIP_TRANSACTION(transaction)));
    belle_sip_dialog_set_application_data(leg.dialog.get(), asApplicationData(number));
    if (early) leg.early = retain(transaction);
    auto* response = makeAnswer(request, early ? 183 : 200);
    addSession(response, userOf(request), stack_.address(), std::get<std::string>(description));
    legs_.emplace(number, std::move(leg));
    belle_sip_server_transaction_send_response(transaction, response);
}

/// The answer to the offer in a request, or our own offer if it has none.
std::variant<std::string, Refusal> UserAgent::describe(belle_sip_request_t* request, Leg& leg) {
    const auto body = readBody(request, "application", "sdp");
    if (body.otherKind) return Refusal{415, "only application/sdp is understood"};
    if (!body.text.empty()) {
        leg.offered = false;
        return leg.call->answer(body.text);
    }
    leg.offered = true;
    return leg.call->offer();
}

void UserAgent::onRequestInDialog(belle_sip_request_t* request, Legs::iterator leg) {
    const auto method = methodOf(request);
    if (method == "ACK") return onAck(request, leg);
    if (method == "BYE") return onBye(request, leg);
    if (auto* refused = refuseExtensions(request)) {
        send(stack_.provider(), request, refused);
    } else if (method == "UPDATE" && leg->second.offered) {  // offers must not meet (RFC 3311 §5.2)
        send(stack_.provider(), request, makeAnswer(request, 491));
    } else if (method == "INVITE" ||
               (method == "UPDATE" && belle_sip_message_get_body_size(BELLE_SIP_MESSAGE(request)) > 0)) {
        renegotiate(request, leg->second);
    } else if (method == "INFO") {
        onInfo(request, leg->second);
    } else {
        const bool known = method == "UPDATE" || method == "OPTIONS";
        send(stack_.provider(), request, makeAnswer(request, known ? 200 : 405));
    }
}

/// A re-INVITE or UPDATE (RFC 3311): hold, resume, another codec or address.
void UserAgent::renegotiate(belle_sip_request_t* request, Leg& leg) {
    const auto description = describe(request, leg);
    if (const auto* refusal = std::get_if<Refusal>(&description)) {
        send(stack_.provider(), request, makeAnswer(request, *refusal));
        return;
    }
    auto* response = makeAnswer(request, 200);
    addSession(response, userOf(request), stack_.address(), std::get<std::string>(description));
    send(stack_.provider(), request, response);
}

void UserAgent::onAck(belle_sip_request_t* ack, Legs::iterator leg) {
    if (!std::exchange(leg->second.offered, false)) return;
    const auto body = readBody(ack, "application", "sdp");
    const auto refusal = body.text.empty() ? std::optional<Refusal>{{488, "no answer to our offer"}}
                                           : leg->second.call->takeAnswer(body.text);
    if (!refusal) return;
    log::info(kLog, "answer refused", {{"call", leg->second.callId}, {"reason", refusal->reason}});
    hangUp(leg->first);
}

void UserAgent::onBye(belle_sip_request_t* bye, Legs::iterator leg) {
    const auto number = leg->first;
    send(stack_.provider(), bye, makeAnswer(bye, 200));
    const auto still = legs_.find(number);  // the dialog's own end may have taken it away
    if (still == legs_.end()) return;
    if (still->second.early) return refuse(still, 487);  // RFC 3261 §15.1.2
    legs_.erase(still);
}

// RFC 3261 §9.2: what is answered already goes on.
void UserAgent::onCancel(belle_sip_request_t* cancel) {
    send(stack_.provider(), cancel, makeAnswer(cancel, 200));
    const auto callId = callIdOf(cancel);
    const auto found = std::find_if(legs_.begin(), legs_.end(), [&callId](const auto& entry) {
        return entry.second.early && entry.second.callId == callId;
    });
    if (found != legs_.end()) refuse(found, 487);
}

void UserAgent::refuse(Legs::iterator leg, int status) {
    const auto ended = std::move(leg->second);
    legs_.erase(leg);  // first: what is sent may end the dialog
    auto* transaction = ended.early.get();
    auto* invite = belle_sip_transaction_get_request(BELLE_SIP_TRANSACTION(transaction));
    belle_sip_server_transaction_send_response(transaction, makeAnswer(invite, status));
}

void UserAgent::onInfo(belle_sip_request_t* info, Leg& leg) {
    if (const auto key = readKey(info)) leg.call->digit(*key);
    send(stack_.provider(), info, makeAnswer(info, 200));
}

void UserAgent::onDialogTerminated(belle_sip_dialog_t* dialog) {
    if (const auto leg = legOf(dialog); leg != legs_.end()) legs_.erase(leg);
}

void UserAgent::hangUp(std::uint64_t number) {
    const auto found = legs_.find(number);
    if (found == legs_.end()) return;
    if (found->second.early) return refuse(found, 480);
    // Out of the table first: the call is over for us, whatever becomes of the BYE.
    const auto leg = std::move(found->second);
    legs_.erase(found);
    auto* bye = belle_sip_dialog_create_request(leg.dialog.get(), "BYE");
    if (bye == nullptr) return;
    auto* transaction = belle_sip_provider_create_client_transaction(stack_.provider(), bye);
    belle_sip_client_transaction_send_request(transaction);
}

void UserAgent::drain() {
    draining_ = true;
    std::vector<std::uint64_t> numbers;
    for (const auto& [number, leg] : legs_) numbers.push_back(number);
    for (const auto number : numbers) hangUp(number);
}

}  // namespace beffroi::bridge
