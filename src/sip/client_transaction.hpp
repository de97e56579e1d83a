// SPDX-License-Identifier: AGPL-3.0-or-later
//
// A client transaction (RFC 3261 §17.1, RFC 6026): sends one request until it is answered, acknowledges failures of an
// INVITE, and tells its user each response once, every 2xx of a forked INVITE, a time-out or a lost flow.
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
#include <string_view>

namespace beffroi::sip {

class ClientTransaction;
class TransactionLayer;

class ClientTransactionUser {
public:
    virtual ~ClientTransactionUser() = default;
    /// Provisional responses, the final one, and for an INVITE every 2xx. The top Via is still ours.
    virtual void onResponse(ClientTransaction& transaction, Message response) BEFFROI_ON_LOOP = 0;
    /// Nothing final came in time (timer B or F, or 64*T1 after a CANCEL).
    virtual void onTimeout(ClientTransaction& transaction) BEFFROI_ON_LOOP = 0;
    /// The request could not be sent, or its flow failed before a final response.
    virtual void onTransportError(ClientTransaction& transaction) BEFFROI_ON_LOOP = 0;
};

class ClientTransaction : public std::enable_shared_from_this<ClientTransaction> {
public:
    enum class State : std::uint8_t { Calling, Proceeding, Completed, Accepted, Terminated };

    /// Only the layer makes transactions. `request` has its Via.
    ClientTransaction(TransactionLayer& layer, std::uint64_t key, Message request, const Flow& flow,
                      std::shared_ptr<ClientTransactionUser> user);

    [[nodiscard]] const Message& request() const noexcept { return request_; }
    [[nodiscard]] const Flow& flow() const noexcept { return flow_; }
    [[nodiscard]] State state() const noexcept { return state_; }
    [[nodiscard]] bool isInvite() const noexcept { return request_.method() == Method::Invite; }

    /// Cancels an INVITE (RFC 3261 §9.1): at once if a provisional response has come, else as soon as one comes. The
    /// transaction goes on until its final response, 64*T1 at most. Nothing happens after a final response. `reason` is
    /// the value of a Reason header (RFC 3326), or empty.
    void cancel(std::string_view reason = {}) BEFFROI_ON_LOOP;
    /// The user no longer wants to hear of it; the transaction completes on its own.
    void forget() noexcept { user_.reset(); }

private:
    friend class TransactionLayer;
    void start() BEFFROI_ON_LOOP;
    void onResponse(Message response) BEFFROI_ON_LOOP;
    void onInviteResponse(Message response, bool final);
    void onOtherResponse(Message response, bool final);
    void onFlowFailed() BEFFROI_ON_LOOP;
    void onRepeatTimer();
    void onEndTimer();
    void sendCancel();
    void acknowledge(const Message& response);
    void tell(Message response);
    void transmit();
    void settle() noexcept;
    void terminate();

    TransactionLayer& layer_;
    std::uint64_t key_;
    Message request_;
    Flow flow_;
    std::shared_ptr<ClientTransactionUser> user_;
    std::string wire_;  // the request as sent; in Completed: the ACK
    std::string cancelReason_;
    Timer repeat_;  // A, E
    Timer end_;     // B, D, F, K, M
    Clock::Duration interval_{};
    State state_ = State::Calling;
    bool cancelWanted_ = false;
    bool cancelSent_ = false;
    bool settled_ = false;                         // no longer counted as unanswered
    ClientTransaction* previousOnFlow_ = nullptr;  // the layer's list of one flow's transactions
    ClientTransaction* nextOnFlow_ = nullptr;
};

}  // namespace beffroi::sip
