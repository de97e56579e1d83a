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

    /// Until a final response to anything but an INVITE was sent and the turn has ended: then the request is forgotten.
    [[nodiscard]] const Message& request() const noexcept { return *request_; }
    /// For a proxy that takes its own routes off before it sends the request on. Via, From, To, Call-ID and CSeq are
    /// the answer's and stay.
    [[nodiscard]] Message& request() noexcept { return *request_; }
    /// The flow by which the request came.
    [[nodiscard]] const Flow& flow() const noexcept { return flow_; }
    [[nodiscard]] State state() const noexcept { return state_; }
    [[nodiscard]] bool isInvite() const noexcept { return isInvite_; }
    /// A final response was sent. For an INVITE that was accepted, further 2xx may still follow.
    [[nodiscard]] bool answered() const noexcept { return state_ != State::Trying && state_ != State::Proceeding; }
    /// The To tag for responses of our own: the same one for the whole transaction.
    [[nodiscard]] const std::string& localTag();

    /// Sends a response whose top Via is the request's. A provisional response after the final one, and a second final
    /// one (other than a 2xx to an accepted INVITE) are dropped.
    void respond(const Message& response) BEFFROI_ON_LOOP;
    /// Builds the response and sends it.
    void respond(int status, std::string_view reason = {}) BEFFROI_ON_LOOP;

    /// Sends a final response and keeps nothing: a peer that has not shown who it is makes no state here (RFC 3261
    /// §26.3.2.4). Its retransmission is a new request.
    void respondOnce(const Message& response) BEFFROI_ON_LOOP;

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
    void transmit(const std::string& bytes) BEFFROI_ON_LOOP;
    void terminate();

    TransactionLayer& layer_;
    std::string key_;
    std::unique_ptr<Message> request_;
    Flow flow_;
    SocketAddress answerTo_;
    std::string lastResponse_;
    std::string localTag_;
    std::shared_ptr<Context> context_;
    Timer repeat_;  // G; of other methods: when the request is forgotten
    Timer end_;     // H, I, J, L
    Clock::Duration interval_{};
    State state_;
    bool isInvite_;
};

}  // namespace beffroi::sip
