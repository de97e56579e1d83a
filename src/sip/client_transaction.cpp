// SPDX-License-Identifier: AGPL-3.0-or-later
//
// The transitions of RFC 3261 figures 5 and 6, with RFC 6026's Accepted state for INVITE and CANCEL of §9.1.

#include "sip/client_transaction.hpp"

#include "sip/transaction_layer.hpp"

#include <utility>

namespace beffroi::sip {

ClientTransaction::ClientTransaction(TransactionLayer& layer, std::uint64_t key, Message request, const Flow& flow,
                                     std::shared_ptr<ClientTransactionUser> user)
    : layer_{layer},
      key_{key},
      request_{std::move(request)},
      flow_{flow},
      user_{std::move(user)},
      repeat_{layer.scheduler_, [this] { onRepeatTimer(); }},
      end_{layer.scheduler_, [this] { onEndTimer(); }} {}

void ClientTransaction::start() {
    request_.marshal(wire_);
    if (!layer_.transmit(flow_, wire_)) {
        end_.start(0ms);  // told from the loop, so that send() returns first
        repeat_.stop();
        wire_.clear();
        return;
    }
    const auto& timers = layer_.timers_;
    if (!isReliable(flow_.transport)) {
        interval_ = timers.t1;
        repeat_.start(interval_);  // A, E
    }
    end_.start(timers.life());  // B, F
}

void ClientTransaction::onResponse(Message response) {
    const auto self = shared_from_this();
    const bool final = response.status() >= 200;
    if (isInvite()) {
        onInviteResponse(std::move(response), final);
    } else {
        onOtherResponse(std::move(response), final);
    }
}

void ClientTransaction::onInviteResponse(Message response, bool final) {
    const auto& timers = layer_.timers_;
    if (state_ == State::Completed) {
        if (response.status() >= 300) transmit();  // the ACK again
        return;
    }
    if (state_ == State::Accepted) {
        if (final && response.status() < 300) tell(std::move(response));
        return;
    }
    repeat_.stop();
    if (!final) {
        if (state_ == State::Calling) {
            state_ = State::Proceeding;
            if (!cancelSent_) end_.stop();
            if (cancelWanted_) sendCancel();
        }
        tell(std::move(response));
        return;
    }
    settle();
    if (response.status() < 300) {
        state_ = State::Accepted;
        end_.start(timers.life());  // M
        tell(std::move(response));
        return;
    }
    acknowledge(response);
    const bool reliable = isReliable(flow_.transport);
    state_ = State::Completed;
    if (!reliable) end_.start(timers.d());
    tell(std::move(response));
    if (reliable) terminate();
}

void ClientTransaction::onOtherResponse(Message response, bool final) {
    if (state_ == State::Completed || state_ == State::Terminated) return;
    if (!final) {
        state_ = State::Proceeding;
        tell(std::move(response));
        return;
    }
    settle();
    state_ = State::Completed;
    repeat_.stop();
    const bool reliable = isReliable(flow_.transport);
    if (!reliable) end_.start(layer_.timers_.t4);  // K
    tell(std::move(response));
    if (reliable) terminate();
}

void ClientTransaction::onFlowFailed() {
    if (state_ != State::Calling && state_ != State::Proceeding) return;
    const auto self = shared_from_this();
    const auto user = user_;
    terminate();
    if (user) user->onTransportError(*this);
}

void ClientTransaction::onRepeatTimer() {
    assertOnLoop();
    transmit();
    interval_ *= 2;
    if (!isInvite())
        interval_ = state_ == State::Proceeding ? layer_.timers_.t2 : std::min(interval_, layer_.timers_.t2);
    repeat_.start(interval_);
}

void ClientTransaction::onEndTimer() {
    assertOnLoop();
    const auto self = shared_from_this();
    const auto user = user_;
    const bool pending = state_ == State::Calling || state_ == State::Proceeding;
    const bool neverSent = wire_.empty();
    terminate();
    if (!pending || !user) return;
    if (neverSent) {
        user->onTransportError(*this);
    } else {
        user->onTimeout(*this);
    }
}

void ClientTransaction::cancel(std::string_view reason) {
    if (!isInvite() || cancelWanted_ || (state_ != State::Calling && state_ != State::Proceeding)) return;
    cancelWanted_ = true;
    cancelReason_ = reason;
    if (state_ == State::Proceeding) sendCancel();
}

void ClientTransaction::sendCancel() {
    assertOnLoop();
    if (cancelSent_) return;
    cancelSent_ = true;
    end_.start(layer_.timers_.life());
    layer_.sendCancelFor(*this, cancelReason_);
}

void ClientTransaction::acknowledge(const Message& response) {
    auto ack = Message::request("ACK", request_.requestUri().text);
    ack.add("Via", request_.header("Via").value_or(""));
    for (const auto route : request_.headers("Route")) ack.add("Route", route);
    ack.add("Max-Forwards", "70");
    ack.add("From", request_.header("From").value_or(""));
    ack.add("To", response.header("To").value_or(""));
    ack.add("Call-ID", request_.callId());
    ack.add("CSeq", std::to_string(request_.cseq().number) + " ACK");
    wire_.clear();
    ack.marshal(wire_);
    transmit();
}

void ClientTransaction::tell(Message response) {
    assertOnLoop();
    if (const auto user = user_) user->onResponse(*this, std::move(response));
}

void ClientTransaction::transmit() {
    assertOnLoop();
    layer_.transmit(flow_, wire_);
}

void ClientTransaction::settle() noexcept {
    if (!std::exchange(settled_, true)) --layer_.unanswered_;
}

void ClientTransaction::terminate() {
    if (state_ == State::Terminated) return;
    const auto self = shared_from_this();
    settle();
    state_ = State::Terminated;
    repeat_.stop();
    end_.stop();
    user_.reset();
    layer_.removeClient(*this);
}

}  // namespace beffroi::sip
