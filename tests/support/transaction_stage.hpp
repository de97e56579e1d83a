// SPDX-License-Identifier: AGPL-3.0-or-later
//
// A transaction layer between a wire of the test's own and users that note what they are told, with time in the
// test's hand.
#pragma once

#include "base/timer_wheel.hpp"
#include "sip/transaction_layer.hpp"
#include "support/fake_clock.hpp"
#include "support/sip_messages.hpp"
#include "support/wire.hpp"

#include <chrono>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace beffroi::test {

/// Answers only when the test says so.
class Notes final : public sip::TransactionUser {
public:
    void onRequest(const std::shared_ptr<sip::ServerTransaction>& transaction) override {
        requests.push_back(transaction);
    }
    void onAck(sip::Message ack, const Flow&) override { acks.push_back(std::move(ack)); }
    void onCancel(sip::ServerTransaction& invite, const sip::Message&) override { cancelled.push_back(&invite); }

    std::vector<std::shared_ptr<sip::ServerTransaction>> requests;
    std::vector<sip::Message> acks;
    std::vector<sip::ServerTransaction*> cancelled;
};

class Outcome final : public sip::ClientTransactionUser {
public:
    void onResponse(sip::ClientTransaction&, sip::Message response) override { statuses.push_back(response.status()); }
    void onTimeout(sip::ClientTransaction&) override { ++timeouts; }
    void onTransportError(sip::ClientTransaction&) override { ++transportErrors; }

    std::vector<int> statuses;
    int timeouts = 0;
    int transportErrors = 0;
};

struct TransactionStage {
    TransactionStage() {
        assertOnLoop();
        layer.setUser(user);
    }
    void pass(Clock::Duration time) {
        for (Clock::Duration gone{}; gone < time; gone += 10ms) {
            clock.advance(10ms);
            wheel.advance();
        }
    }
    /// Lets `time` pass and returns when something was sent, in milliseconds from now.
    [[nodiscard]] std::vector<int> sendTimes(Clock::Duration time) {
        std::vector<int> times;
        for (Clock::Duration gone = 10ms; gone <= time; gone += 10ms) {
            wire.clear();
            pass(10ms);
            for (std::size_t i = 0; i < wire.waiting(); ++i) {
                times.push_back(static_cast<int>(std::chrono::duration_cast<std::chrono::milliseconds>(gone).count()));
            }
        }
        wire.clear();
        return times;
    }
    void receive(std::string_view text, int host = 10) { receive(text, udpFlow(host)); }
    void receive(std::string_view text, const Flow& flow) {
        assertOnLoop();
        layer.onMessage(flow, text);
    }
    std::shared_ptr<sip::ClientTransaction> send(const RequestText& request, const Flow& flow = udpFlow(20)) {
        assertOnLoop();
        return layer.send(readMessage(request.text()), flow, outcome, suffix);
    }

    FakeClock clock;
    base::TimerWheel wheel{clock};
    Wire wire;
    sip::Reader reader;
    Notes user;
    std::shared_ptr<Outcome> outcome = std::make_shared<Outcome>();
    std::string suffix;
    int tags = 0;
    sip::TransactionLayer layer{
        wire, wheel, reader, sip::TransactionTimers{}, 1, [this] {
                                    return "localtag" + std::to_string(++tags); }};
};

[[nodiscard]] inline RequestText requestOf(std::string_view method) {
    RequestText request;
    request.method = method;
    return request;
}

[[nodiscard]] inline std::string ackOf(const RequestText& invite, std::string_view toTag) {
    auto ack = invite;
    ack.method = "ACK";
    ack.to += ";tag=" + std::string{toTag};
    return ack.text();
}

}  // namespace beffroi::test
