// SPDX-License-Identifier: AGPL-3.0-or-later
#include "sip/transaction_layer.hpp"

#include "base/timer_wheel.hpp"
#include "support/fake_clock.hpp"
#include "support/sip_messages.hpp"
#include "support/wire.hpp"

#include <catch2/catch.hpp>

using namespace beffroi;
using namespace beffroi::sip;
using namespace beffroi::test;

namespace {

// A transaction user that notes what it is told and answers when the test says so.
class Notes final : public TransactionUser {
public:
    void onRequest(const std::shared_ptr<ServerTransaction>& transaction) override { requests.push_back(transaction); }
    void onAck(Message ack, const Flow&) override { acks.push_back(std::move(ack)); }
    void onCancel(ServerTransaction& invite, const Message&) override { cancelled.push_back(&invite); }

    std::vector<std::shared_ptr<ServerTransaction>> requests;
    std::vector<Message> acks;
    std::vector<ServerTransaction*> cancelled;
};

class Outcome final : public ClientTransactionUser {
public:
    void onResponse(ClientTransaction&, Message response) override { statuses.push_back(response.status()); }
    void onTimeout(ClientTransaction&) override { ++timeouts; }
    void onTransportError(ClientTransaction&) override { ++transportErrors; }

    std::vector<int> statuses;
    int timeouts = 0;
    int transportErrors = 0;
};

struct Stage {
    Stage() {
        assertOnLoop();
        layer.setUser(user);
    }
    void pass(Clock::Duration time) {
        for (Clock::Duration gone{}; gone < time; gone += 10ms) {
            clock.advance(10ms);
            wheel.advance();
        }
    }
    void receive(std::string_view text, int host = 10) {
        assertOnLoop();
        layer.onMessage(udpFlow(host), text);
    }
    FakeClock clock;
    base::TimerWheel wheel{clock};
    Wire wire;
    Reader reader;
    Notes user;
    TransactionLayer layer{wire, wheel, reader, TransactionTimers{}, 1, [] { return std::string{"localtag"}; }};
};

std::string ackOf(const RequestText& invite, std::string_view toTag) {
    auto ack = invite;
    ack.method = "ACK";
    ack.to += ";tag=" + std::string{toTag};
    return ack.text();
}

}  // namespace

TEST_CASE("a retransmitted request is told once and answered again", "[sip][rfc3261-17.2.2]") {
    Stage stage;
    RequestText options;
    options.method = "OPTIONS";
    stage.receive(options.text());
    stage.receive(options.text());
    REQUIRE(stage.user.requests.size() == 1);
    CHECK(stage.wire.waiting() == 0);

    stage.user.requests[0]->respond(200);
    const auto first = stage.wire.take().text;
    stage.receive(options.text());
    CHECK(stage.wire.take().text == first);

    stage.pass(32s);
    stage.user.requests.clear();
    CHECK(stage.layer.serverTransactions() == 0);
}

TEST_CASE("a failed INVITE repeats its answer until the ACK comes", "[sip][rfc3261-17.2.1]") {
    Stage stage;
    const RequestText invite;
    stage.receive(invite.text());
    stage.user.requests.at(0)->respond(486);
    CHECK(stage.wire.take().text.starts_with("SIP/2.0 486 Busy Here"));

    SECTION("at 500 ms, then doubling to 4 s, for 32 s") {
        stage.pass(500ms);
        CHECK(stage.wire.waiting() == 1);
        stage.pass(1s);
        CHECK(stage.wire.waiting() == 2);
        stage.pass(32s);
        CHECK(stage.wire.waiting() == 10);
        CHECK(stage.layer.serverTransactions() == 0);
    }
    SECTION("the ACK ends it, and is nobody else's business") {
        stage.receive(ackOf(invite, "localtag"));
        stage.pass(4s);
        CHECK(stage.wire.waiting() == 0);
        CHECK(stage.user.acks.empty());
        stage.pass(2s);
        CHECK(stage.layer.serverTransactions() == 0);
    }
}

TEST_CASE("an accepted INVITE absorbs its retransmissions and lets further 2xx pass", "[sip][rfc6026]") {
    Stage stage;
    const RequestText invite;
    stage.receive(invite.text());
    auto& transaction = *stage.user.requests.at(0);
    transaction.respond(Message::answer(transaction.request(), 200, "bob"));
    transaction.respond(Message::answer(transaction.request(), 200, "carol"));
    CHECK(stage.wire.waiting() == 2);
    transaction.respond(603);
    CHECK(stage.wire.waiting() == 2);
    stage.wire.clear();

    stage.receive(invite.text());
    CHECK(stage.wire.waiting() == 0);
    stage.receive(ackOf(invite, "bob"));
    CHECK(stage.user.acks.size() == 1);
    stage.pass(33s);
    CHECK(stage.layer.serverTransactions() == 0);
}

TEST_CASE("a CANCEL is answered at once and told once", "[sip][rfc3261-9.2]") {
    Stage stage;
    const RequestText invite;
    stage.receive(invite.text());
    auto cancel = invite;
    cancel.method = "CANCEL";
    stage.receive(cancel.text());
    const auto answer = readMessage(stage.wire.take().text);
    CHECK(answer.status() == 200);
    CHECK(answer.method() == Method::Cancel);
    REQUIRE(stage.user.cancelled.size() == 1);
    CHECK(stage.user.cancelled[0] == stage.user.requests[0].get());

    SECTION("again only the answer is repeated") {
        stage.receive(cancel.text());
        CHECK(stage.wire.waiting() == 1);
        CHECK(stage.user.cancelled.size() == 1);
    }
    SECTION("after the final answer it changes nothing") {
        stage.user.requests[0]->respond(486);
        cancel.via = "SIP/2.0/UDP 192.0.2.10:5060;branch=z9hG4bKother";
        stage.wire.clear();
        stage.receive(cancel.text());
        CHECK(stage.wire.take().text.starts_with("SIP/2.0 481"));
    }
}

TEST_CASE("answers go where RFC 3261 and RFC 3581 say", "[sip][rfc3581]") {
    Stage stage;
    RequestText options;
    options.method = "OPTIONS";
    SECTION("with rport: to the address and port of the packet") {
        options.via = "SIP/2.0/UDP 10.0.0.7:5060;rport;branch=z9hG4bKnat";
        assertOnLoop();
        stage.layer.onMessage(udpFlow(10, 33000), options.text());
        stage.user.requests.at(0)->respond(200);
        const auto sent = stage.wire.take();
        CHECK(sent.flow.remote.toString() == "192.0.2.10:33000");
        CHECK(sent.text.find("received=192.0.2.10;rport=33000") != std::string::npos);
    }
    SECTION("without rport: to the port of the sent-by") {
        options.via = "SIP/2.0/UDP 192.0.2.10:5070;branch=z9hG4bKplain";
        assertOnLoop();
        stage.layer.onMessage(udpFlow(10, 33000), options.text());
        stage.user.requests.at(0)->respond(200);
        CHECK(stage.wire.take().flow.remote.toString() == "192.0.2.10:5070");
    }
}

TEST_CASE("an unreadable request is refused without a transaction", "[sip][rfc4475]") {
    Stage stage;
    RequestText bad;
    bad.from = "\"unbalanced <sip:2101@192.0.2.1>;tag=x";
    stage.receive(bad.text());
    CHECK(stage.wire.take().text.starts_with("SIP/2.0 400"));
    CHECK(stage.layer.serverTransactions() == 0);
    CHECK(stage.layer.counters().refused == 1);
}

TEST_CASE("an INVITE is sent again until something comes, 32 s at most", "[sip][rfc3261-17.1.1]") {
    Stage stage;
    const auto outcome = std::make_shared<Outcome>();
    assertOnLoop();
    auto transaction = stage.layer.send(readMessage(RequestText{}.text()), udpFlow(20), outcome);
    const auto request = stage.wire.take().text;
    CHECK(request.find("Via: SIP/2.0/UDP 192.0.2.1:5060;rport;branch=z9hG4bK0000000000000001\r\nVia: ") !=
          std::string::npos);

    SECTION("nothing comes: 500 ms, doubling, then the time-out is told") {
        stage.pass(500ms);
        CHECK(stage.wire.waiting() == 1);
        stage.pass(31'600ms);
        CHECK(stage.wire.waiting() == 6);
        CHECK(outcome->timeouts == 1);
        CHECK(stage.layer.clientTransactions() == 0);
    }
    SECTION("a provisional response stops it") {
        stage.receive(answerTo(request, 180, "bob"), 20);
        stage.pass(60s);
        CHECK(stage.wire.waiting() == 0);
        CHECK(outcome->statuses == std::vector{180});
    }
    SECTION("a failure is acknowledged, also when it is repeated, and told once") {
        stage.receive(answerTo(request, 486, "bob"), 20);
        stage.receive(answerTo(request, 486, "bob"), 20);
        CHECK(outcome->statuses == std::vector{486});
        REQUIRE(stage.wire.waiting() == 2);
        const auto ack = readMessage(stage.wire.take().text);
        CHECK(ack.method() == Method::Ack);
        CHECK(ack.topVia().branch() == "z9hG4bK0000000000000001");
        CHECK(ack.to().tag() == "bob");
        stage.pass(33s);
        CHECK(stage.layer.clientTransactions() == 0);
    }
    SECTION("every 2xx of a forked call is told") {
        stage.receive(answerTo(request, 200, "bob"), 20);
        stage.receive(answerTo(request, 200, "carol"), 20);
        CHECK(outcome->statuses == std::vector{200, 200});
        CHECK(stage.wire.waiting() == 0);
    }
    SECTION("the CANCEL waits for a provisional response") {
        transaction->cancel("SIP;cause=200");
        CHECK(stage.wire.waiting() == 0);
        stage.receive(answerTo(request, 100, ""), 20);
        const auto cancel = readMessage(stage.wire.take().text);
        CHECK(cancel.method() == Method::Cancel);
        CHECK(cancel.topVia().branch() == "z9hG4bK0000000000000001");
        CHECK(cancel.header("Reason") == "SIP;cause=200");
        stage.receive(answerTo(request, 487, "bob"), 20);
        CHECK(outcome->statuses == std::vector{100, 487});
    }
    SECTION("a flow that fails is told at once") {
        stage.layer.onFlowFailed(udpFlow(20));
        CHECK(outcome->transportErrors == 1);
        CHECK(stage.layer.clientTransactions() == 0);
    }
}

TEST_CASE("a request that cannot be sent is told after send() has returned", "[sip][rfc3261-8.1.3.1]") {
    Stage stage;
    const auto outcome = std::make_shared<Outcome>();
    stage.wire.refuse(udpFlow(20));
    assertOnLoop();
    const auto transaction = stage.layer.send(readMessage(RequestText{}.text()), udpFlow(20), outcome);
    CHECK(outcome->transportErrors == 0);
    stage.pass(10ms);
    CHECK(outcome->transportErrors == 1);
}

TEST_CASE("a request other than INVITE is repeated up to every 4 s", "[sip][rfc3261-17.1.2]") {
    Stage stage;
    const auto outcome = std::make_shared<Outcome>();
    RequestText bye;
    bye.method = "BYE";
    assertOnLoop();
    const auto transaction = stage.layer.send(readMessage(bye.text()), udpFlow(20), outcome);
    const auto request = stage.wire.take().text;
    stage.pass(32s);
    CHECK(stage.wire.waiting() == 10);
    CHECK(outcome->timeouts == 1);
}

TEST_CASE("a response to nobody is dropped", "[sip][rfc6026]") {
    Stage stage;
    stage.receive(answerTo(RequestText{}.text(), 200, "bob"), 20);
    CHECK(stage.layer.counters().strayResponses == 1);
    CHECK(stage.wire.waiting() == 0);
}

TEST_CASE("requests without a final answer are counted, those that only wait for repetitions are not", "[sip]") {
    Stage stage;
    assertOnLoop();
    const auto outcome = std::make_shared<Outcome>();
    RequestText text;
    SECTION("an INVITE until its final response") {}
    SECTION("any other request as well") { text.method = "OPTIONS"; }
    const auto transaction = stage.layer.send(readMessage(text.text()), udpFlow(20), outcome);
    const auto sent = stage.wire.take().text;
    CHECK(stage.layer.unanswered() == 1);
    stage.receive(answerTo(sent, 180, "callee"), 20);
    CHECK(stage.layer.unanswered() == 1);
    stage.receive(answerTo(sent, 200, "callee"), 20);
    CHECK(stage.layer.unanswered() == 0);
    CHECK(stage.layer.clientTransactions() == 1);
    stage.pass(33s);
    CHECK(stage.layer.unanswered() == 0);

    const auto silent = stage.layer.send(readMessage(text.text()), udpFlow(21), outcome);
    stage.pass(33s);
    CHECK(outcome->timeouts == 1);
    CHECK(stage.layer.unanswered() == 0);
}
