// SPDX-License-Identifier: AGPL-3.0-or-later
//
// The transitions of RFC 3261 figures 7 and 8, with RFC 6026's Accepted state for INVITE.

#include "sip/server_transaction.hpp"

#include "sip/transaction_layer.hpp"

namespace beffroi::sip {

ServerTransaction::ServerTransaction(TransactionLayer& layer, std::string key, Message request, const Flow& flow)
    : layer_{layer},
      key_{std::move(key)},
      request_{std::make_unique<Message>(std::move(request))},
      flow_{flow},
      answerTo_{TransactionLayer::answerAddress(*request_, flow)},
      repeat_{layer.scheduler_, [this] { onRepeatTimer(); }},
      end_{layer.scheduler_, [this] { onEndTimer(); }},
      state_{request_->method() == Method::Invite ? State::Proceeding : State::Trying},
      isInvite_{request_->method() == Method::Invite} {}

const std::string& ServerTransaction::localTag() {
    if (localTag_.empty()) localTag_ = layer_.newTag_();
    return localTag_;
}

void ServerTransaction::respond(int status, std::string_view reason) {
    if (!request_) return;  // answered long ago
    if (status == 100) {
        respond(Message::answer(*request_, status, {}, reason));
        return;
    }
    respond(Message::answer(*request_, status, localTag(), reason));
}

void ServerTransaction::respond(const Message& response) {
    const int status = response.status();
    const bool success = status >= 200 && status < 300;
    if (state_ == State::Accepted && success) {
        layer_.wireBuffer_.clear();
        response.marshal(layer_.wireBuffer_);
        transmit(layer_.wireBuffer_);
        return;
    }
    if (answered()) return;
    layer_.wireBuffer_.clear();
    response.marshal(layer_.wireBuffer_);
    lastResponse_ = layer_.wireBuffer_;  // no larger than it must be: thousands of them wait for retransmissions
    transmit();
    if (status < 200) {
        state_ = State::Proceeding;
    } else {
        enterFinalState(status);
    }
}

void ServerTransaction::respondOnce(const Message& response) {
    if (answered()) return;
    layer_.wireBuffer_.clear();
    response.marshal(layer_.wireBuffer_);
    transmit(layer_.wireBuffer_);
    terminate();
}

void ServerTransaction::enterFinalState(int status) {
    const auto& timers = layer_.timers_;
    const bool reliable = isReliable(flow_.transport);
    if (isInvite() && status < 300) {
        state_ = State::Accepted;
        lastResponse_.clear();      // the user repeats a 2xx, not we
        end_.start(timers.life());  // L
        return;
    }
    state_ = State::Completed;
    if (isInvite()) {
        if (!reliable) {
            interval_ = timers.t1;
            repeat_.start(interval_);  // G
        }
        end_.start(timers.life());  // H
        return;
    }
    if (reliable) {
        terminate();
    } else {
        repeat_.start(Clock::Duration::zero());  // not at once: whoever responds may still be reading the request
        end_.start(timers.life());               // J
    }
}

void ServerTransaction::onRetransmission() {
    if (state_ == State::Proceeding || state_ == State::Completed) transmit();
}

bool ServerTransaction::onAck() {
    if (state_ == State::Accepted) return true;
    if (state_ != State::Completed) return false;
    state_ = State::Confirmed;
    repeat_.stop();
    if (isReliable(flow_.transport)) {
        terminate();
    } else {
        end_.start(layer_.timers_.t4);  // I
    }
    return false;
}

void ServerTransaction::onRepeatTimer() {
    assertOnLoop();
    if (!isInvite_) {
        request_.reset();
        context_.reset();
        return;
    }
    transmit();
    interval_ = std::min(2 * interval_, layer_.timers_.t2);
    repeat_.start(interval_);
}

void ServerTransaction::onEndTimer() {
    assertOnLoop();
    terminate();
}

void ServerTransaction::transmit() {
    assertOnLoop();
    if (!lastResponse_.empty()) transmit(lastResponse_);
}

void ServerTransaction::transmit(const std::string& bytes) {
    layer_.transmit(layer_.answerFlow(flow_, answerTo_), bytes);
}

void ServerTransaction::terminate() {
    if (state_ == State::Terminated) return;
    const auto self = shared_from_this();
    state_ = State::Terminated;
    repeat_.stop();
    end_.stop();
    context_.reset();
    layer_.removeServer(key_);
}

}  // namespace beffroi::sip
