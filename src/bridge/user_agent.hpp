// SPDX-License-Identifier: AGPL-3.0-or-later
//
// The bridge's SIP: takes calls from the exchange, and from nobody else, hands them to the services and keeps their
// dialogs (RFC 3261 §12 to §15, offer and answer of RFC 3264 in either direction). Calls are answered at once, or not
// at all if they ask for early media; only the bridge's services decide when one is over, the other side's BYE and
// CANCEL apart. Thread: loop.
#pragma once

#include "base/event_loop.hpp"
#include "bridge/call.hpp"
#include "bridge/sip_stack.hpp"

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace beffroi::bridge {

struct UserAgentSettings {
    SocketAddress listen;
    std::vector<SocketAddress> exchange;  // whose calls are taken; ports do not count
};

class UserAgent final : private SipStackUser {
public:
    /// Throws std::system_error if the address is taken. `taker` outlives the calls that it takes.
    UserAgent(base::EventLoop& loop, UserAgentSettings settings, CallTaker& taker);
    ~UserAgent() override;

    /// No new calls from now on (503), and a BYE in each of those that there are.
    void drain() BEFFROI_ON_LOOP;

    [[nodiscard]] std::size_t calls() const noexcept { return legs_.size(); }
    [[nodiscard]] SipStack& stack() noexcept { return stack_; }

private:
    struct Leg {
        SipRef<belle_sip_dialog_t> dialog;
        std::unique_ptr<Call> call;
        std::string callId;
        bool offered = false;                            // we wait for the answer in the ACK
        SipRef<belle_sip_server_transaction_t> early{};  // the INVITE that is still to be refused; none if answered
    };
    using Legs = std::unordered_map<std::uint64_t, Leg>;  // by a number of our own, which the dialog carries

    void onRequest(belle_sip_request_t* request, belle_sip_dialog_t* dialog) BEFFROI_ON_LOOP override;
    void onDialogTerminated(belle_sip_dialog_t* dialog) BEFFROI_ON_LOOP override;

    void onInvite(belle_sip_request_t* request) BEFFROI_ON_LOOP;
    void onRequestInDialog(belle_sip_request_t* request, Legs::iterator leg) BEFFROI_ON_LOOP;
    void onAck(belle_sip_request_t* ack, Legs::iterator leg) BEFFROI_ON_LOOP;
    void onBye(belle_sip_request_t* bye, Legs::iterator leg) BEFFROI_ON_LOOP;
    void onCancel(belle_sip_request_t* cancel) BEFFROI_ON_LOOP;
    /// Ends a call that was never answered.
    void refuse(Legs::iterator leg, int status) BEFFROI_ON_LOOP;
    void onInfo(belle_sip_request_t* info, Leg& leg) BEFFROI_ON_LOOP;
    void renegotiate(belle_sip_request_t* request, Leg& leg) BEFFROI_ON_LOOP;

    [[nodiscard]] std::variant<std::unique_ptr<Call>, Refusal> take(belle_sip_request_t* invite,
                                                                    std::uint64_t number) BEFFROI_ON_LOOP;
    [[nodiscard]] std::variant<std::string, Refusal> describe(belle_sip_request_t* request, Leg& leg) BEFFROI_ON_LOOP;
    [[nodiscard]] bool isFromExchange(belle_sip_request_t* request) const;
    [[nodiscard]] Legs::iterator legOf(belle_sip_dialog_t* dialog);
    void hangUp(std::uint64_t number) BEFFROI_ON_LOOP;

    base::EventLoop& loop_;
    UserAgentSettings settings_;
    CallTaker& taker_;
    std::shared_ptr<int> living_ = std::make_shared<int>();  // for what is posted and may run after us
    std::uint64_t lastLeg_ = 0;
    bool draining_ = false;
    Legs legs_;
    SipStack stack_;
};

}  // namespace beffroi::bridge
