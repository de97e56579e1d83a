// SPDX-License-Identifier: AGPL-3.0-or-later
#include "sip/client_transaction.hpp"

#include "support/transaction_stage.hpp"

#include <catch2/catch.hpp>

using namespace beffroi;
using namespace beffroi::sip;
using namespace beffroi::test;

namespace {

using Times = std::vector<int>;
using Statuses = std::vector<int>;

const Times kTimerE{500, 1500, 3500, 7500, 11500, 15500, 19500, 23500, 27500, 31500};

}  // namespace

TEST_CASE("an INVITE is sent again at ever longer intervals until something comes", "[sip][rfc3261-17.1.1.2]") {
    TransactionStage stage;
    const auto transaction = stage.send(RequestText{});
    const auto request = stage.wire.take().text;
    CHECK(request.find("Via: SIP/2.0/UDP 192.0.2.1:5060;rport;branch=z9hG4bK0000000000000001\r\nVia: ") !=
          std::string::npos);

    SECTION("nothing comes: timer A doubles, timer B tells the user") {
        CHECK(stage.sendTimes(31'990ms) == Times{500, 1500, 3500, 7500, 15500, 31500});
        CHECK(stage.outcome->timeouts == 0);
        CHECK(stage.sendTimes(60s).empty());
        CHECK(stage.outcome->timeouts == 1);
        CHECK(stage.outcome->statuses.empty());
        CHECK(transaction->state() == ClientTransaction::State::Terminated);
        CHECK(stage.layer.clientTransactions() == 0);
    }
    SECTION("what is sent again is what was sent") {
        stage.pass(500ms);
        CHECK(stage.wire.take().text == request);
    }
    SECTION("a provisional response ends both timers; each one is told") {
        stage.pass(600ms);
        for (const int status : {100, 180, 180, 183}) stage.receive(answerTo(request, status, "bob"), 20);
        CHECK(stage.sendTimes(600s).empty());
        CHECK(stage.outcome->statuses == Statuses{100, 180, 180, 183});
        CHECK(transaction->state() == ClientTransaction::State::Proceeding);
    }
}

TEST_CASE("a failure is acknowledged hop by hop, as often as it is repeated", "[sip][rfc3261-17.1.1.3]") {
    TransactionStage stage;
    auto invite = RequestText{};
    invite.more = "Route: <sip:192.0.2.20;lr>\r\nRoute: <sip:far;lr>\r\nSubject: x\r\n";
    const auto transaction = stage.send(invite);
    const auto request = stage.wire.take().text;
    stage.receive(answerTo(request, 486, "bob"), 20);

    CHECK(stage.wire.take().text ==
          "ACK sip:2102@192.0.2.1 SIP/2.0\r\nVia: SIP/2.0/UDP 192.0.2.1:5060;rport;branch=z9hG4bK0000000000000001\r\n"
          "Route: <sip:192.0.2.20;lr>\r\nRoute: <sip:far;lr>\r\nMax-Forwards: 70\r\n"
          "From: <sip:2101@192.0.2.1>;tag=alice\r\nTo: <sip:2102@192.0.2.1>;tag=bob\r\nCall-ID: call-1@192.0.2.10\r\n"
          "CSeq: 1 ACK\r\nContent-Length: 0\r\n\r\n");

    SECTION("for 32 s (timer D), and told once; then nobody knows it") {
        stage.pass(31'990ms);
        stage.receive(answerTo(request, 486, "bob"), 20);
        CHECK(readMessage(stage.wire.take().text).method() == Method::Ack);
        stage.pass(10ms);
        CHECK(stage.layer.clientTransactions() == 0);
        stage.receive(answerTo(request, 486, "bob"), 20);
        CHECK(stage.wire.waiting() == 0);
        CHECK(stage.layer.counters().strayResponses == 1);
        CHECK(stage.outcome->timeouts == 0);
        CHECK(stage.outcome->statuses == Statuses{486});
    }
    SECTION("what else comes is dropped") {
        stage.receive(answerTo(request, 180, "bob"), 20);
        stage.receive(answerTo(request, 200, "bob"), 20);
        CHECK(stage.wire.waiting() == 0);
        CHECK(stage.outcome->statuses == Statuses{486});
    }
}

TEST_CASE("every 2xx of a forked INVITE is told for 32 s", "[sip][rfc6026-7.2]") {
    TransactionStage stage;
    const auto transaction = stage.send(RequestText{});
    const auto request = stage.wire.take().text;
    stage.receive(answerTo(request, 200, "bob"), 20);
    CHECK(transaction->state() == ClientTransaction::State::Accepted);
    stage.receive(answerTo(request, 180, "carol"), 20);
    stage.receive(answerTo(request, 486, "carol"), 20);
    stage.receive(answerTo(request, 200, "bob"), 20);
    stage.pass(31'990ms);
    stage.receive(answerTo(request, 202, "carol"), 20);
    CHECK(stage.outcome->statuses == Statuses{200, 200, 202});
    stage.pass(10ms);
    stage.receive(answerTo(request, 200, "bob"), 20);
    CHECK(stage.outcome->statuses.size() == 3);
    CHECK(stage.outcome->timeouts == 0);
    CHECK(stage.layer.counters().strayResponses == 1);
    CHECK(stage.wire.waiting() == 0);
}

TEST_CASE("a request other than INVITE is repeated up to every 4 s", "[sip][rfc3261-17.1.2.2]") {
    TransactionStage stage;
    const auto transaction = stage.send(requestOf("BYE"));
    const auto request = stage.wire.take().text;

    SECTION("nothing comes: timer E, then timer F tells the user") {
        CHECK(stage.sendTimes(40s) == kTimerE);
        CHECK(stage.outcome->timeouts == 1);
        CHECK(stage.layer.clientTransactions() == 0);
    }
    SECTION("a provisional response makes it every 4 s and does not stop timer F") {
        stage.pass(100ms);
        stage.receive(answerTo(request, 100, ""), 20);
        CHECK(stage.sendTimes(40s) == Times{400, 4400, 8400, 12400, 16400, 20400, 24400, 28400});
        CHECK(stage.outcome->statuses == Statuses{100});
        CHECK(stage.outcome->timeouts == 1);
    }
    SECTION("the final response ends it; its repetitions are absorbed for 5 s (timer K)") {
        stage.receive(answerTo(request, 200, "bob"), 20);
        stage.receive(answerTo(request, 200, "bob"), 20);
        stage.pass(4990ms);
        stage.receive(answerTo(request, 481, "bob"), 20);
        CHECK(stage.layer.counters().strayResponses == 0);
        CHECK(stage.layer.clientTransactions() == 1);
        stage.pass(10ms);
        CHECK(stage.layer.clientTransactions() == 0);
        CHECK(stage.outcome->statuses == Statuses{200});
        CHECK(stage.outcome->timeouts == 0);
        CHECK(stage.wire.waiting() == 0);
    }
}

TEST_CASE("on a connection nothing is repeated and nothing is waited for", "[sip][rfc3261-17.1]") {
    TransactionStage stage;
    const auto connection = tcpFlow(20, 7);
    const bool isInvite = GENERATE(true, false);
    const auto transaction = stage.send(isInvite ? RequestText{} : requestOf("BYE"), connection);
    const auto request = stage.wire.take().text;
    CHECK(request.find("Via: SIP/2.0/TCP 192.0.2.1:5060;branch=z9hG4bK0000000000000001\r\n") != std::string::npos);

    SECTION("silence is told after 32 s") {
        CHECK(stage.sendTimes(31'990ms).empty());
        CHECK(stage.outcome->timeouts == 0);
        stage.pass(10ms);
        CHECK(stage.outcome->timeouts == 1);
    }
    SECTION("a failure ends it at once") {
        stage.receive(answerTo(request, 404, "bob"), connection);
        CHECK(stage.layer.clientTransactions() == 0);
        CHECK(stage.wire.waiting() == (isInvite ? 1 : 0));
        CHECK(stage.outcome->statuses == Statuses{404});
    }
    SECTION("a 2xx to an INVITE is waited for all the same") {
        stage.receive(answerTo(request, 200, "bob"), connection);
        CHECK(stage.layer.clientTransactions() == (isInvite ? 1 : 0));
        stage.pass(32s);
        CHECK(stage.layer.clientTransactions() == 0);
        CHECK(stage.outcome->timeouts == 0);
    }
}

TEST_CASE("a CANCEL follows its INVITE", "[sip][rfc3261-9.1]") {
    TransactionStage stage;
    RequestText invite;
    invite.more = "Route: <sip:192.0.2.20;lr>\r\n";
    stage.suffix = "loop";
    const auto transaction = stage.send(invite);
    const auto request = stage.wire.take().text;

    SECTION("it waits for a provisional response, and is built from the INVITE") {
        assertOnLoop();
        transaction->cancel("SIP;cause=200;text=\"Call completed elsewhere\"");
        transaction->cancel("second");
        CHECK(stage.wire.waiting() == 0);
        stage.receive(answerTo(request, 100, ""), 20);
        CHECK(stage.wire.take().text ==
              "CANCEL sip:2102@192.0.2.1 SIP/2.0\r\n"
              "Via: SIP/2.0/UDP 192.0.2.1:5060;rport;branch=z9hG4bK0000000000000001.loop\r\n"
              "Route: <sip:192.0.2.20;lr>\r\nMax-Forwards: 70\r\nFrom: <sip:2101@192.0.2.1>;tag=alice\r\n"
              "To: <sip:2102@192.0.2.1>\r\nCall-ID: call-1@192.0.2.10\r\nCSeq: 1 CANCEL\r\n"
              "Reason: SIP;cause=200;text=\"Call completed elsewhere\"\r\nContent-Length: 0\r\n\r\n");
        stage.receive(answerTo(request, 180, "bob"), 20);
        CHECK(stage.wire.waiting() == 0);
    }
    SECTION("it is a transaction of its own: repeated until answered, its answer is not the INVITE's") {
        stage.receive(answerTo(request, 180, "bob"), 20);
        assertOnLoop();
        transaction->cancel();
        const auto cancel = stage.wire.take().text;
        CHECK(stage.sendTimes(1500ms) == Times{500, 1500});
        stage.receive(answerTo(cancel, 200, "bob"), 20);
        CHECK(stage.sendTimes(5s).empty());
        CHECK(stage.outcome->statuses == Statuses{180});
        CHECK(stage.layer.clientTransactions() == 1);
        stage.receive(answerTo(request, 487, "bob"), 20);
        CHECK(stage.outcome->statuses == Statuses{180, 487});
        CHECK(readMessage(stage.wire.take().text).method() == Method::Ack);
    }
    SECTION("a peer that answers neither is given up 32 s after the CANCEL") {
        stage.receive(answerTo(request, 180, "bob"), 20);
        stage.pass(100s);
        assertOnLoop();
        transaction->cancel();
        stage.pass(10s);
        stage.receive(answerTo(request, 180, "bob"), 20);
        stage.pass(21'990ms);
        CHECK(stage.outcome->timeouts == 0);
        stage.pass(10ms);
        CHECK(stage.outcome->timeouts == 1);
        CHECK(stage.layer.clientTransactions() == 0);
    }
    SECTION("no provisional response ever: no CANCEL, and timer B") {
        assertOnLoop();
        transaction->cancel();
        CHECK(stage.sendTimes(40s) == Times{500, 1500, 3500, 7500, 15500, 31500});
        CHECK(stage.outcome->timeouts == 1);
    }
    SECTION("the final response comes first: there is nothing to cancel") {
        assertOnLoop();
        transaction->cancel();
        stage.receive(answerTo(request, 200, "bob"), 20);
        transaction->cancel();
        CHECK(stage.outcome->statuses == Statuses{200});
        CHECK(stage.wire.waiting() == 0);
    }
    SECTION("only an INVITE can be cancelled") {
        const auto other = stage.send(requestOf("OPTIONS"));
        const auto options = stage.wire.take().text;
        stage.receive(answerTo(options, 100, ""), 20);
        assertOnLoop();
        other->cancel();
        CHECK(stage.wire.waiting() == 0);
    }
}

TEST_CASE("a flow that fails ends what waits on it, and nothing else", "[sip][rfc3261-18.4]") {
    TransactionStage stage;
    const auto calling = stage.send(RequestText{});
    const auto ringing = stage.send(RequestText{});
    const auto accepted = stage.send(RequestText{});
    const auto other = stage.send(requestOf("MESSAGE"));
    const auto elsewhere = stage.send(requestOf("MESSAGE"), udpFlow(21));
    CHECK(stage.wire.take().text.starts_with("INVITE "));
    stage.receive(answerTo(stage.wire.take().text, 180, "bob"), 20);
    stage.receive(answerTo(stage.wire.take().text, 200, "bob"), 20);
    stage.outcome->statuses.clear();

    assertOnLoop();
    stage.layer.onFlowFailed(udpFlow(22));
    CHECK(stage.outcome->transportErrors == 0);
    stage.layer.onFlowFailed(udpFlow(20));
    CHECK(stage.outcome->transportErrors == 3);
    CHECK(calling->state() == ClientTransaction::State::Terminated);
    CHECK(ringing->state() == ClientTransaction::State::Terminated);
    CHECK(other->state() == ClientTransaction::State::Terminated);
    CHECK(accepted->state() == ClientTransaction::State::Accepted);
    CHECK(elsewhere->state() == ClientTransaction::State::Calling);
    stage.layer.onFlowFailed(udpFlow(20));
    CHECK(stage.outcome->transportErrors == 3);
    CHECK(stage.layer.clientTransactions() == 2);

    stage.pass(32s);
    CHECK(stage.outcome->timeouts == 1);
    CHECK(stage.layer.clientTransactions() == 0);
}

TEST_CASE("a request that cannot be sent is told after send() has returned, once", "[sip][rfc3261-8.1.3.1]") {
    TransactionStage stage;
    stage.wire.refuse(udpFlow(20));
    const auto transaction = stage.send(RequestText{});
    CHECK(stage.outcome->transportErrors == 0);
    SECTION("by the next turn") {
        stage.pass(10ms);
        CHECK(stage.outcome->transportErrors == 1);
        stage.pass(60s);
        CHECK(stage.outcome->transportErrors == 1);
        CHECK(stage.outcome->timeouts == 0);
    }
    SECTION("the flow's own failure comes between") {
        assertOnLoop();
        stage.layer.onFlowFailed(udpFlow(20));
        stage.pass(60s);
        CHECK(stage.outcome->transportErrors == 1);
    }
    SECTION("nobody is interested any more") {
        transaction->forget();
        stage.pass(60s);
        CHECK(stage.outcome->transportErrors == 0);
    }
    CHECK(stage.layer.clientTransactions() == 0);
}

TEST_CASE("a forgotten transaction still does its duty", "[sip][rfc3261-17.1.1.3]") {
    TransactionStage stage;
    const auto transaction = stage.send(RequestText{});
    const auto request = stage.wire.take().text;
    transaction->forget();
    stage.receive(answerTo(request, 480, "bob"), 20);
    CHECK(readMessage(stage.wire.take().text).method() == Method::Ack);
    CHECK(stage.outcome->statuses.empty());
}
