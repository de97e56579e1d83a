// SPDX-License-Identifier: AGPL-3.0-or-later
#include "sip/server_transaction.hpp"

#include "support/transaction_stage.hpp"

#include <catch2/catch.hpp>

using namespace beffroi;
using namespace beffroi::sip;
using namespace beffroi::test;

namespace {

using Times = std::vector<int>;

}  // namespace

TEST_CASE("a retransmitted request is told once and gets what was answered last", "[sip][rfc3261-17.2.2]") {
    TransactionStage stage;
    const auto text = requestOf("OPTIONS").text();
    stage.receive(text);
    stage.receive(text);
    REQUIRE(stage.user.requests.size() == 1);
    CHECK(stage.layer.counters().retransmissions == 1);
    CHECK(stage.wire.waiting() == 0);
    auto& transaction = *stage.user.requests[0];
    assertOnLoop();
    transaction.respond(100);
    const auto trying = stage.wire.take().text;
    stage.receive(text);
    CHECK(stage.wire.take().text == trying);
    transaction.respond(404);
    const auto first = stage.wire.take().text;
    CHECK(first.starts_with("SIP/2.0 404 Not Found\r\n"));

    SECTION("for 32 s (timer J), then it is a new request") {
        stage.pass(31'990ms);
        stage.receive(text);
        CHECK(stage.wire.take().text == first);
        stage.pass(10ms);
        CHECK(stage.layer.serverTransactions() == 0);
        stage.receive(text);
        CHECK(stage.user.requests.size() == 2);
    }
    SECTION("nothing more can be answered") {
        transaction.respond(200);
        transaction.respond(180);
        stage.pass(10ms);
        transaction.respond(200);
        CHECK(stage.wire.waiting() == 0);
        CHECK(transaction.answered());
    }
}

TEST_CASE("a final answer on a connection is the end", "[sip][rfc3261-17.2.2]") {
    TransactionStage stage;
    const auto connection = tcpFlow(10, 7);
    stage.receive(requestOf("OPTIONS").text(), connection);
    assertOnLoop();
    stage.user.requests.at(0)->respond(200);
    CHECK(stage.wire.waiting() == 1);
    CHECK(stage.layer.serverTransactions() == 0);
    CHECK(stage.user.requests[0]->request().method() == Method::Options);
}

TEST_CASE("an INVITE that is not answered yet repeats what was said last", "[sip][rfc3261-17.2.1]") {
    TransactionStage stage;
    const RequestText invite;
    stage.receive(invite.text());
    auto& transaction = *stage.user.requests.at(0);
    stage.receive(invite.text());
    CHECK(stage.wire.waiting() == 0);
    assertOnLoop();
    transaction.respond(100);
    CHECK(readMessage(stage.wire.take().text).to().tag().empty());
    stage.receive(invite.text());
    CHECK(readMessage(stage.wire.take().text).status() == 100);
    transaction.respond(180);
    CHECK(readMessage(stage.wire.take().text).to().tag() == "localtag1");
    CHECK(stage.sendTimes(600s).empty());
    stage.receive(invite.text());
    CHECK(readMessage(stage.wire.take().text).status() == 180);
    transaction.respond(486);
    CHECK(readMessage(stage.wire.take().text).to().tag() == "localtag1");
}

TEST_CASE("a failed INVITE repeats its answer until the ACK comes", "[sip][rfc3261-17.2.1]") {
    TransactionStage stage;
    const RequestText invite;
    stage.receive(invite.text());
    auto& transaction = *stage.user.requests.at(0);
    assertOnLoop();
    transaction.respond(486);
    const auto busy = stage.wire.take().text;
    CHECK(busy.starts_with("SIP/2.0 486 Busy Here\r\n"));

    SECTION("timer G, to every 4 s; timer H ends it") {
        CHECK(stage.sendTimes(40s) == Times{500, 1500, 3500, 7500, 11500, 15500, 19500, 23500, 27500, 31500});
        CHECK(stage.layer.serverTransactions() == 0);
    }
    SECTION("and whenever the INVITE comes again") {
        stage.receive(invite.text());
        CHECK(stage.wire.take().text == busy);
        transaction.respond(200);
        transaction.respond(603);
        transaction.respond(180);
        CHECK(stage.wire.waiting() == 0);
    }
    SECTION("the ACK ends it and is nobody else's business; repetitions are absorbed for 5 s (timer I)") {
        stage.receive(ackOf(invite, "localtag1"));
        CHECK(transaction.state() == ServerTransaction::State::Confirmed);
        stage.receive(ackOf(invite, "localtag1"));
        stage.receive(invite.text());
        CHECK(stage.sendTimes(4990ms).empty());
        CHECK(stage.layer.serverTransactions() == 1);
        stage.pass(10ms);
        CHECK(stage.layer.serverTransactions() == 0);
        CHECK(stage.user.acks.empty());
        CHECK(stage.user.requests.size() == 1);
    }
}

TEST_CASE("a failed INVITE on a connection waits for its ACK in silence", "[sip][rfc3261-17.2.1]") {
    TransactionStage stage;
    const auto connection = tcpFlow(10, 7);
    const RequestText invite;
    stage.receive(invite.text(), connection);
    assertOnLoop();
    stage.user.requests.at(0)->respond(486);
    stage.wire.clear();
    SECTION("it comes: over at once") {
        stage.receive(ackOf(invite, "localtag1"), connection);
        CHECK(stage.layer.serverTransactions() == 0);
        CHECK(stage.user.acks.empty());
    }
    SECTION("it does not come: over after 32 s") {
        CHECK(stage.sendTimes(31'990ms).empty());
        CHECK(stage.layer.serverTransactions() == 1);
        stage.pass(10ms);
        CHECK(stage.layer.serverTransactions() == 0);
    }
}

TEST_CASE("an accepted INVITE absorbs its retransmissions and lets further 2xx pass", "[sip][rfc6026-7.1]") {
    TransactionStage stage;
    const RequestText invite;
    const auto flow = GENERATE(udpFlow(10), tcpFlow(10, 7));
    stage.receive(invite.text(), flow);
    auto& transaction = *stage.user.requests.at(0);
    assertOnLoop();
    transaction.respond(Message::answer(transaction.request(), 200, "bob"));
    CHECK(transaction.state() == ServerTransaction::State::Accepted);
    transaction.respond(Message::answer(transaction.request(), 200, "carol"));
    transaction.respond(Message::answer(transaction.request(), 200, "bob"));
    CHECK(stage.wire.waiting() == 3);
    transaction.respond(603);
    transaction.respond(180);
    CHECK(stage.wire.waiting() == 3);
    stage.wire.clear();

    stage.receive(invite.text(), flow);
    CHECK(stage.wire.waiting() == 0);
    stage.receive(ackOf(invite, "bob"), flow);
    CHECK(stage.user.acks.size() == 1);
    CHECK(stage.sendTimes(31'990ms).empty());
    CHECK(stage.layer.serverTransactions() == 1);
    stage.pass(10ms);  // timer L
    CHECK(stage.layer.serverTransactions() == 0);
    CHECK(stage.user.requests.size() == 1);
}

TEST_CASE("an answer that leaves nothing behind", "[sip][rfc3261-26.3.2.4]") {
    TransactionStage stage;
    const RequestText invite;
    stage.receive(invite.text());
    const auto transaction = stage.user.requests.at(0);
    assertOnLoop();
    transaction->respondOnce(Message::answer(transaction->request(), 407, "x"));
    CHECK(stage.wire.waiting() == 1);
    transaction->respondOnce(Message::answer(transaction->request(), 407, "x"));
    transaction->respond(200);
    CHECK(stage.wire.waiting() == 1);
    CHECK(stage.layer.serverTransactions() == 0);
    stage.receive(invite.text());
    CHECK(stage.user.requests.size() == 2);
    CHECK(stage.sendTimes(40s).empty());
}

TEST_CASE("an abandoned transaction says nothing", "[sip][rfc4320]") {
    TransactionStage stage;
    const auto text = requestOf("OPTIONS").text();
    stage.receive(text);
    stage.user.requests.at(0)->abandon();
    assertOnLoop();
    stage.user.requests.at(0)->respond(200);
    CHECK(stage.wire.waiting() == 0);
    CHECK(stage.layer.serverTransactions() == 0);
}

TEST_CASE("what hangs on a transaction dies with it", "[sip]") {
    struct Hung final : ServerTransaction::Context {};
    TransactionStage stage;
    std::weak_ptr<ServerTransaction::Context> watch;
    const auto hang = [&](const RequestText& request) {
        stage.receive(request.text());
        auto context = std::make_shared<Hung>();
        watch = context;
        stage.user.requests.back()->attach(std::move(context));
        CHECK_FALSE(watch.expired());
    };
    assertOnLoop();
    SECTION("an answered request other than INVITE: at the end of the turn, with the request") {
        hang(requestOf("OPTIONS"));
        stage.user.requests[0]->respond(200);
        CHECK_FALSE(watch.expired());
        CHECK(stage.user.requests[0]->request().method() == Method::Options);
        stage.pass(10ms);
        CHECK(watch.expired());
        CHECK(stage.layer.serverTransactions() == 1);
    }
    SECTION("an INVITE: when it ends") {
        hang(RequestText{});
        stage.user.requests[0]->respond(486);
        stage.pass(31'990ms);
        CHECK_FALSE(watch.expired());
        stage.pass(10ms);
        CHECK(watch.expired());
    }
}
