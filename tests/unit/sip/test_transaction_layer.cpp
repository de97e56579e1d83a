// SPDX-License-Identifier: AGPL-3.0-or-later
#include "sip/transaction_layer.hpp"

#include "support/transaction_stage.hpp"

#include <catch2/catch.hpp>

using namespace beffroi;
using namespace beffroi::sip;
using namespace beffroi::test;

namespace {

Flow flowFrom(const char* host, std::uint16_t port = 5060) {
    return Flow{Transport::Udp, 0, 0, *SocketAddress::parse(host, port)};
}

}  // namespace

TEST_CASE("a request is known by branch, sent-by and method", "[sip][rfc3261-17.2.3]") {
    TransactionStage stage;
    const auto options = requestOf("OPTIONS");
    stage.receive(options.text());

    SECTION("a retransmission by another way is one") {
        stage.receive(options.text(), udpFlow(99, 4711));
        CHECK(stage.user.requests.size() == 1);
    }
    SECTION("another branch, host, port or method is another request") {
        auto other = options;
        other.via = "SIP/2.0/UDP 192.0.2.10:5060;branch=z9hG4bKclient2";
        stage.receive(other.text());
        other.via = "SIP/2.0/UDP 192.0.2.11:5060;branch=z9hG4bKclient1";
        stage.receive(other.text());
        other.via = "SIP/2.0/UDP 192.0.2.10:5061;branch=z9hG4bKclient1";
        stage.receive(other.text());
        stage.receive(requestOf("SUBSCRIBE").text());
        stage.receive(requestOf("options").text());
        CHECK(stage.user.requests.size() == 6);
        CHECK(stage.layer.counters().retransmissions == 0);
    }
}

TEST_CASE("a peer of RFC 2543 has no unique branch", "[sip][rfc3261-17.2.3]") {
    TransactionStage stage;
    RequestText invite;
    invite.via = "SIP/2.0/UDP 192.0.2.10:5060;branch=1";
    stage.receive(invite.text());
    stage.receive(invite.text());
    CHECK(stage.user.requests.size() == 1);

    SECTION("another call with the same Via is another request") {
        for (const auto change : {0, 1, 2, 3}) {
            auto other = invite;
            if (change == 0) other.callId = "call-2@192.0.2.10";
            if (change == 1) other.from = "<sip:2101@192.0.2.1>;tag=other";
            if (change == 2) other.cseq = 2;
            if (change == 3) other.uri = "sip:2103@192.0.2.1";
            stage.receive(other.text());
        }
        CHECK(stage.user.requests.size() == 5);
    }
    SECTION("its ACK and its CANCEL find it") {
        auto cancel = invite;
        cancel.method = "CANCEL";
        stage.receive(cancel.text());
        REQUIRE(stage.user.cancelled.size() == 1);
        assertOnLoop();
        stage.user.cancelled[0]->respond(487);
        stage.receive(ackOf(invite, "localtag1"));
        CHECK(stage.user.requests[0]->state() == ServerTransaction::State::Confirmed);
        CHECK(stage.user.acks.empty());
    }
}

TEST_CASE("a CANCEL is answered at once and told once", "[sip][rfc3261-9.2]") {
    TransactionStage stage;
    const RequestText invite;
    stage.receive(invite.text());
    auto cancel = invite;
    cancel.method = "CANCEL";
    assertOnLoop();

    SECTION("with the tag of the INVITE's own answers") {
        stage.receive(cancel.text());
        const auto answer = readMessage(stage.wire.take().text);
        CHECK(answer.status() == 200);
        CHECK(answer.method() == Method::Cancel);
        REQUIRE(stage.user.cancelled.size() == 1);
        CHECK(stage.user.cancelled[0] == stage.user.requests[0].get());
        stage.user.requests[0]->respond(487);
        CHECK(readMessage(stage.wire.take().text).to().tag() == answer.to().tag());

        stage.receive(cancel.text());
        CHECK(readMessage(stage.wire.take().text).status() == 200);
        CHECK(stage.user.cancelled.size() == 1);
    }
    SECTION("after the final answer it changes nothing") {
        const int status = GENERATE(200, 486);
        stage.user.requests[0]->respond(status);
        stage.wire.clear();
        stage.receive(cancel.text());
        CHECK(readMessage(stage.wire.take().text).status() == 200);
        CHECK(stage.user.cancelled.empty());
    }
    SECTION("of nothing that we know: 481, and nothing is kept of it") {
        cancel.via = "SIP/2.0/UDP 192.0.2.10:5060;branch=z9hG4bKother";
        stage.receive(cancel.text());
        stage.receive(cancel.text());
        CHECK(stage.wire.take().text.starts_with("SIP/2.0 481 "));
        CHECK(stage.wire.take().text.starts_with("SIP/2.0 481 "));
        CHECK(stage.layer.serverTransactions() == 1);
        CHECK(stage.user.cancelled.empty());
    }
    SECTION("it cancels an INVITE and nothing else") {
        const auto options = requestOf("OPTIONS");
        auto other = options;
        other.via = "SIP/2.0/UDP 192.0.2.10:5060;branch=z9hG4bKoptions";
        stage.receive(other.text());
        other.method = "CANCEL";
        stage.receive(other.text());
        CHECK(stage.wire.take().text.starts_with("SIP/2.0 481 "));
    }
}

TEST_CASE("an ACK of no failed INVITE is the user's", "[sip][rfc3261-13.3.1.4]") {
    TransactionStage stage;
    RequestText ack;
    ack.method = "ACK";
    stage.receive(ack.text());
    stage.receive(ack.text());
    CHECK(stage.user.acks.size() == 2);
    CHECK(stage.layer.serverTransactions() == 0);
    CHECK(stage.wire.waiting() == 0);

    SECTION("sent on, it has a branch of its own each time") {
        assertOnLoop();
        stage.layer.sendAck(std::move(stage.user.acks[0]), udpFlow(20));
        stage.layer.sendAck(std::move(stage.user.acks[1]), udpFlow(20));
        const auto first = readMessage(stage.wire.take().text);
        const auto second = readMessage(stage.wire.take().text);
        CHECK(first.count("Via") == 2);
        CHECK(first.topVia().branch() != second.topVia().branch());
        CHECK(stage.sendTimes(40s).empty());
    }
}

TEST_CASE("answers go where RFC 3261 and RFC 3581 say", "[sip][rfc3581]") {
    struct Row {
        const char* via;  // without the branch
        const char* source;
        std::uint16_t port;
        const char* remote;
        const char* answered;  // the Via of the answer, without the branch
    };
    const auto row = GENERATE(values<Row>({
        {"10.0.0.7:5060;rport", "192.0.2.10", 33000, "192.0.2.10:33000",
         "10.0.0.7:5060;received=192.0.2.10;rport=33000"},
        {"192.0.2.10;RPORT=1;received=203.0.113.9", "192.0.2.10", 33000, "192.0.2.10:33000",
         "192.0.2.10;received=192.0.2.10;rport=33000"},
        {"192.0.2.10:5070", "192.0.2.10", 33000, "192.0.2.10:5070", "192.0.2.10:5070"},
        {"192.0.2.10", "192.0.2.10", 33000, "192.0.2.10:5060", "192.0.2.10"},
        {"192.0.2.10;received=203.0.113.9", "192.0.2.10", 5060, "192.0.2.10:5060", "192.0.2.10"},
        {"phone.example:5070", "192.0.2.10", 33000, "192.0.2.10:33000", "phone.example:5070;received=192.0.2.10"},
        {"[2001:db8::10]:5070", "2001:db8::10", 33000, "[2001:db8::10]:5070", "[2001:db8::10]:5070"},
        {"[2001:db8::9]", "2001:db8::10", 33000, "[2001:db8::10]:33000", "[2001:db8::9];received=2001:db8::10"},
        {"[fe80::1]:5070", "fe80::1%lo", 33000, "[fe80::1%lo]:5070", "[fe80::1]:5070"},
    }));
    CAPTURE(row.via);
    TransactionStage stage;
    auto options = requestOf("OPTIONS");
    options.via = std::string{"SIP/2.0/UDP "} + row.via + ";branch=z9hG4bKx";
    const bool malformed = GENERATE(false, true);
    if (malformed) options.to = "\"open";
    stage.receive(options.text(), flowFrom(row.source, row.port));
    assertOnLoop();
    if (!malformed) stage.user.requests.at(0)->respond(200);
    const auto sent = stage.wire.take();
    CHECK(sent.flow.remote.toString() == row.remote);
    const auto begin = sent.text.find("Via: SIP/2.0/UDP ") + 17;
    auto via = sent.text.substr(begin, sent.text.find("\r\n", begin) - begin);
    via.erase(via.find(";branch=z9hG4bKx"), 16);
    CHECK(via == row.answered);
    CHECK(sent.text.starts_with(malformed ? "SIP/2.0 400 " : "SIP/2.0 200 "));
}

TEST_CASE("an answer goes by the connection of the request, or by a new one", "[sip][rfc3261-18.2.2]") {
    TransactionStage stage;
    const auto connection = tcpFlow(10, 7);
    auto options = requestOf("OPTIONS");
    options.via = "SIP/2.0/TCP 192.0.2.10:5070;branch=z9hG4bKx";
    stage.receive(options.text(), connection);
    assertOnLoop();
    SECTION("it is open") {
        stage.user.requests.at(0)->respond(200);
        CHECK(stage.wire.take().flow == connection);
    }
    SECTION("it has closed: to the port of the sent-by") {
        stage.wire.kill(connection);
        stage.user.requests.at(0)->respond(200);
        const auto sent = stage.wire.take();
        CHECK(sent.flow.connection != connection.connection);
        CHECK(sent.flow.remote.toString() == "192.0.2.10:5070");
    }
}

TEST_CASE("a request that is refused leaves nothing behind", "[sip][rfc4475]") {
    TransactionStage stage;
    auto bad = RequestText{};
    bad.from = "\"unbalanced <sip:2101@192.0.2.1>;tag=x";
    SECTION("its answer") {
        stage.receive(bad.text());
        CHECK(stage.wire.take().text.starts_with("SIP/2.0 400"));
    }
    SECTION("an answer even without a Via that could be read") {
        bad.via = "SIP/2.0/UDP 192.0.2.15;;,;,,";
        stage.receive(bad.text(), udpFlow(10, 33000));
        const auto sent = stage.wire.take();
        CHECK(sent.flow.remote.toString() == "192.0.2.10:33000");
        CHECK(sent.text.find("\r\nVia: SIP/2.0/UDP 192.0.2.15;;\r\n") != std::string::npos);
    }
    SECTION("no answer: an ACK, a response, noise") {
        bad.method = "ACK";
        stage.receive(bad.text());
        bad.via += ",";
        stage.receive(replaceOnce(answerTo(RequestText{}.text(), 200, "b"), "1 INVITE", "x INVITE"));
        stage.receive("\x16\x03\x01");
        CHECK(stage.layer.counters().refused == 3);
    }
    CHECK(stage.wire.waiting() == 0);
    CHECK(stage.user.requests.empty());
    CHECK(stage.user.acks.empty());
    CHECK(stage.layer.serverTransactions() == 0);
}

TEST_CASE("what a stream could not cut is answered and never acted upon", "[sip][rfc3261-18.3]") {
    TransactionStage stage;
    const auto connection = tcpFlow(10, 7);
    const auto whole = RequestText{}.text();
    const auto unframable = [&](std::string_view text) {
        assertOnLoop();
        stage.layer.onUnframable(connection, text);
    };
    SECTION("a request that the reader could read") {
        unframable(whole);
        const auto sent = stage.wire.take();
        CHECK(sent.text.starts_with("SIP/2.0 513 Message Too Large\r\n"));
        CHECK(sent.flow == connection);
    }
    SECTION("one that it refuses") {
        unframable(replaceOnce(whole, "Content-Length: 0\r\n", ""));
        CHECK(stage.wire.take().text.starts_with("SIP/2.0 400 "));
        unframable(replaceOnce(whole, "Content-Length: 0", "Content-Length: 100000"));
        CHECK(stage.wire.take().text.starts_with("SIP/2.0 413 "));
    }
    SECTION("a response, an ACK, noise") {
        unframable(answerTo(whole, 200, "bob"));
        unframable(ackOf(RequestText{}, "bob"));
        unframable("GET / HTTP/1.1\r\n\r\n");
    }
    CHECK(stage.wire.waiting() == 0);
    CHECK(stage.user.requests.empty());
    CHECK(stage.user.acks.empty());
    CHECK(stage.layer.counters().refused >= 1);
}

TEST_CASE("who comes at a bad time is turned away without a transaction", "[sip][rfc3261-21.5.4]") {
    assertOnLoop();
    TransactionStage stage;
    const auto turnAway = [&](const std::string& text, const Flow& flow = udpFlow(10)) {
        assertOnLoop();
        stage.layer.turnAway(flow, text, 17);
        return stage.wire.take();
    };
    auto request = RequestText{};
    request.more = "User-Agent: a telephone that tells a little about itself\r\nContact: <sip:a@192.0.2.10:5060>\r\n";
    const auto text = request.text();

    SECTION("with 503 and Retry-After, by the way of any answer") {
        const auto sent = turnAway(text);
        const auto answer = readMessage(sent.text);
        CHECK(answer.status() == 503);
        CHECK(answer.header("Retry-After") == "17");
        CHECK(answer.callId() == readMessage(text).callId());
        CHECK(sent.flow == udpFlow(10));
        CHECK(sent.text.size() <= text.size());
        CHECK(turnAway(text, tcpFlow(10, 7)).flow == tcpFlow(10, 7));
    }
    SECTION("not if the answer to a datagram were longer than that: a forged sender is not hurt by us") {
        auto bare = RequestText{};
        bare.via += ";rport";  // which the answer fills in
        const auto shortest = bare.text();
        const auto overTcp = turnAway(shortest, tcpFlow(10, 7));
        REQUIRE(overTcp.text.size() > shortest.size());
        CHECK(turnAway(shortest).text.empty());
    }
    SECTION("nor if it is an ACK, a CANCEL, a response, or nothing that can be read") {
        auto cancel = request;
        cancel.method = "CANCEL";
        CHECK(turnAway(ackOf(request, "tag")).text.empty());
        CHECK(turnAway(cancel.text()).text.empty());
        CHECK(turnAway(answerTo(text, 200, "bob")).text.empty());
        CHECK(turnAway("INVITE INVITE INVITE" + std::string(500, ' ')).text.empty());
    }
    SECTION("nor if it is a retransmission: the transaction answers when it can") {
        stage.receive(text);
        REQUIRE(stage.user.requests.size() == 1);
        stage.wire.clear();
        CHECK(turnAway(text).text.empty());
    }
    SECTION("nothing is kept of it") {
        static_cast<void>(turnAway(text));
        CHECK(stage.layer.serverTransactions() == 0);
        CHECK(stage.user.requests.empty());
    }
}

TEST_CASE("what is refused is told before it is answered", "[sip]") {
    assertOnLoop();
    TransactionStage stage;
    std::vector<int> told;
    stage.layer.setOnRefused([&](const Flow& flow, const Refusal& refusal) {
        CHECK(flow == udpFlow(10));
        CHECK(stage.wire.waiting() == 0);
        told.push_back(refusal.status);
    });
    stage.receive(replaceOnce(RequestText{}.text(), "SIP/2.0\r\n", "SIP/7.0\r\n"));
    CHECK(stage.wire.waiting() == 1);
    stage.wire.clear();
    stage.receive("noise that is no message at all\r\n\r\n");
    stage.receive(RequestText{}.text());
    CHECK(told == std::vector<int>{505, 0});
}

TEST_CASE("a response belongs to the request whose branch, call and CSeq it has, from the host that was asked",
          "[sip][rfc3261-17.1.3]") {
    TransactionStage stage;
    stage.suffix = "loop";
    const auto transaction = stage.send(RequestText{});
    const auto response = answerTo(stage.wire.take().text, 200, "mallory");
    CHECK(response.find("z9hG4bK0000000000000001.loop") != std::string::npos);

    for (const auto& [from, to] : {std::pair{"0001.loop", "0002.loop"},
                                   {"0001.loop", "0001.lool"},
                                   {"0001.loop", "0001"},
                                   {"z9hG4bK0000000000000001.loop", "z9hG4bK1.loop"},
                                   {"z9hG4bK0000000000000001.loop", "z9hG4bKx000000000000001.loop"},
                                   {"z9hG4bK0000000000000001.loop", "1"},
                                   {"Call-ID: call-1@", "Call-ID: call-2@"},
                                   {"CSeq: 1 INVITE", "CSeq: 2 INVITE"},
                                   {"CSeq: 1 INVITE", "CSeq: 1 CANCEL"},
                                   {"CSeq: 1 INVITE", "CSeq: 1 MESSAGE"}}) {
        CAPTURE(from, to);
        stage.receive(replaceOnce(response, from, to), 20);
    }
    stage.receive(response, 21);  // all of it right, and from another host
    CHECK(stage.outcome->statuses.empty());
    CHECK(stage.layer.counters().strayResponses == 11);
    SECTION("from where it was sent to") { stage.receive(response, 20); }
    SECTION("or from another port of the host") {
        assertOnLoop();
        stage.layer.onMessage(udpFlow(20, 7000), response);
    }
    CHECK(stage.outcome->statuses == std::vector{200});
}

TEST_CASE("our Via names our address", "[sip][rfc3261-18.1.1]") {
    TransactionStage stage;
    stage.wire.setOwn(*SocketAddress::parse("fe80::1%lo", 5060));
    const auto transaction = stage.send(RequestText{});
    CHECK(stage.wire.take().text.find("\r\nVia: SIP/2.0/UDP [fe80::1]:5060;rport;branch=z9hG4bK") != std::string::npos);
}

TEST_CASE("users and transactions do not keep one another alive at the end", "[sip]") {
    std::weak_ptr<Outcome> watch;
    {
        TransactionStage stage;
        watch = stage.outcome;
        const auto transaction = stage.send(RequestText{});
        stage.receive(RequestText{}.text());
        stage.user.requests.clear();
    }
    CHECK(watch.expired());
}

TEST_CASE("requests without a final answer are counted, those that only wait for repetitions are not", "[sip]") {
    TransactionStage stage;
    RequestText text;
    SECTION("an INVITE until its final response") {}
    SECTION("any other request as well") { text.method = "OPTIONS"; }
    const auto transaction = stage.send(text);
    const auto sent = stage.wire.take().text;
    CHECK(stage.layer.unanswered() == 1);
    stage.receive(answerTo(sent, 180, "callee"), 20);
    CHECK(stage.layer.unanswered() == 1);
    stage.receive(answerTo(sent, 200, "callee"), 20);
    CHECK(stage.layer.unanswered() == 0);
    CHECK(stage.layer.clientTransactions() == 1);
    stage.pass(33s);
    CHECK(stage.layer.unanswered() == 0);

    const auto silent = stage.send(text, udpFlow(21));
    stage.pass(33s);
    CHECK(stage.outcome->timeouts == 1);
    CHECK(stage.layer.unanswered() == 0);
}

TEST_CASE("ICMP ends a request only if it quotes it", "[sip][rfc3261-18.4][security]") {
    TransactionStage stage;
    const auto transaction = stage.send(requestOf("OPTIONS"));
    const auto sent = stage.wire.take().text;
    const auto undelivered = [&](Undelivered how, std::string_view quoted, const Flow& flow = udpFlow(20)) {
        assertOnLoop();
        stage.layer.onUndelivered(flow, how, quoted);
        stage.pass(10ms);
        return stage.outcome->transportErrors == 1;
    };
    CHECK_FALSE(undelivered(Undelivered::PortClosed, {}));
    CHECK_FALSE(undelivered(Undelivered::PortClosed, sent.substr(0, 30)));
    CHECK_FALSE(undelivered(Undelivered::Unreachable, requestOf("OPTIONS").text()));
    CHECK_FALSE(undelivered(Undelivered::PortClosed, sent, udpFlow(21)));
    SECTION("a closed port") { CHECK(undelivered(Undelivered::PortClosed, sent.substr(0, 200))); }
    SECTION("a network out of reach") { CHECK(undelivered(Undelivered::Unreachable, sent)); }
    SECTION("what our own machine says needs no proof") { CHECK(undelivered(Undelivered::NotSent, {})); }
    CHECK(transaction->request().method() == Method::Options);
}
