// SPDX-License-Identifier: AGPL-3.0-or-later
//
// A server transaction (RFC 3261 §17.2, RFC 6026): absorbs retransmissions of one request, repeats its final response
// until the peer has it, and gives the user one object to answer. INVITE and other methods share this class: they
// differ in a handful of transitions.
// Thread: loop.
#pragma once

#include "beffroi/flow.hpp"
#include "beffroi/network.hpp"
#include "beffroi/scheduler.hpp"
#include "sip/message.hpp"
#include "sip/transaction_timers.hpp"

#include <cstdint>
#include <memory>
#include <string>

namespace beffroi::sip {

class TransactionLayer;

class ServerTransaction : public std::enable_shared_from_this<ServerTransaction> {
public:
    enum class State : std::uint8_t { Trying, Proceeding, Completed, Confirmed, Accepted, Terminated };

    /// What the user hangs on a transaction to find again when a CANCEL comes; it dies with the transaction.
    class Context {
    public:
        virtual ~Context() = default;
    };

    /// Only the layer makes transactions.
    ServerTransaction(TransactionLayer& layer, std::string key, Message request, const Flow& flow);

    [[nodiscard]] const Message& request() const noexcept { return request_; }
    /// For a proxy that takes its own routes off before it sends the request on. Via, From, To, Call-ID and CSeq are
    /// the answer's and stay.
    [[nodiscard]] Message& request() noexcept { return request_; }
    /// The flow by which the request came.
    [[nodiscard]] const Flow& flow() const noexcept { return flow_; }
    [[nodiscard]] State state() const noexcept { return state_; }
    [[nodiscard]] bool isInvite() const noexcept { return request_.method() == Method::Invite; }
    /// A final response was sent. For an INVITE that was accepted, further 2xx may still follow.
    [[nodiscard]] bool answered() const noexcept { return state_ != State::Trying && state_ != State::Proceeding; }
    /// The To tag for responses of our own: the same one for the whole transaction.
    [[nodiscard]] const std::string& localTag();

    /// Sends a response whose top Via is the request's. A provisional response after the final one, and a second final
    /// one (other than a 2xx to an accepted INVITE) are dropped.
    void respond(const Message& response) BEFFROI_ON_LOOP;
    /// Builds the response and sends it.
    void respond(int status, std::string_view reason = {}) BEFFROI_ON_LOOP;

    /// Ends without an answer: the peer's own timer tells it (RFC 4320).
    void abandon() { terminate(); }

    void attach(std::shared_ptr<Context> context) { context_ = std::move(context); }
    [[nodiscard]] const std::shared_ptr<Context>& context() const noexcept { return context_; }

private:
    friend class TransactionLayer;
    void onRetransmission() BEFFROI_ON_LOOP;
    /// True if the ACK is the user's business: it acknowledges a 2xx.
    [[nodiscard]] bool onAck() BEFFROI_ON_LOOP;
    void onRepeatTimer();
    void onEndTimer();
    void enterFinalState(int status);
    void transmit();
    void terminate();

    TransactionLayer& layer_;
    std::string key_;
    Message request_;
    Flow flow_;
    std::string lastResponse_;
    std::string localTag_;
    std::shared_ptr<Context> context_;
    Timer repeat_;  // G
    Timer end_;     // H, I, J, L
    Clock::Duration interval_{};
    State state_;
};

}  // namespace beffroi::sip
