// SPDX-License-Identifier: AGPL-3.0-or-later
#include "app/security_reports.hpp"

namespace beffroi::app {
namespace {

using Kind = SecurityEvent::Kind;

Kind kindOf(auth::Failure failure) noexcept {
    switch (failure) {
        case auth::Failure::None: return Kind::ChallengeSent;
        case auth::Failure::UnknownAccount: return Kind::InvalidAccount;
        case auth::Failure::WrongPassword: return Kind::InvalidPassword;
        case auth::Failure::NotOffered: return Kind::AuthMethodNotAllowed;
        case auth::Failure::Elsewhere: return Kind::UnexpectedAddress;
        case auth::Failure::ForgedNonce:
        case auth::Failure::Replayed: return Kind::ChallengeResponseFailed;
    }
    return Kind::ChallengeResponseFailed;
}

std::string_view reasonOf(auth::Failure failure) noexcept {
    switch (failure) {
        case auth::Failure::None: return "";
        case auth::Failure::UnknownAccount: return "no such account";
        case auth::Failure::WrongPassword: return "wrong password";
        case auth::Failure::NotOffered: return "a form of digest that was not offered";
        case auth::Failure::Elsewhere: return "the challenge was sent to another address";
        case auth::Failure::ForgedNonce: return "not a nonce of ours";
        case auth::Failure::Replayed: return "an answer used before";
    }
    return "";
}

}  // namespace

SecurityEvent eventOf(SecurityEvent::Kind kind, const Flow& flow, const sip::Message& request, std::string_view reason,
                      std::string_view account) {
    return {kind, flow.remote, flow.transport, account, request.methodName(), request.callId(), reason};
}

SecurityEvent eventOf(const Flow& flow, const sip::Refusal& refusal) {
    const bool malformed = isMisdeed(refusal) || refusal.status == 413 || refusal.status == 414;
    SecurityEvent event;
    event.kind = malformed ? Kind::BadRequest : Kind::RequestNotSupported;
    event.source = flow.remote;
    event.transport = flow.transport;
    if (refusal.answer) event.callId = refusal.answer->callId();
    event.reason = refusal.reason;
    return event;
}

SecurityEvent eventOf(const Flow& flow, const sip::Message& request, const auth::Challenged& challenged) {
    return eventOf(kindOf(challenged.failure), flow, request, reasonOf(challenged.failure), challenged.account);
}

bool isMisdeed(const sip::Refusal& refusal) noexcept { return refusal.status == 400 || refusal.status == 0; }

}  // namespace beffroi::app
