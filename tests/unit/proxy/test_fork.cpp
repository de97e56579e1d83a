// SPDX-License-Identifier: AGPL-3.0-or-later
#include "proxy/fork.hpp"

#include "sip/privacy.hpp"
#include "unit/proxy/proxy_stage.hpp"

#include <catch2/catch.hpp>

#include <iterator>
#include <random>
#include <set>

using namespace beffroi;
using namespace beffroi::proxy;
using namespace beffroi::test;

namespace {

using Values = std::vector<std::string_view>;

const Flow kAlice = udpFlow(10);
const Flow kBob = udpFlow(20);
const Flow kCarol = udpFlow(21);
const Flow kDave = udpFlow(22);

Branch bob() { return ProxyStage::branch(kBob, "bob"); }
Branch carol() { return ProxyStage::branch(kCarol, "carol"); }
Branch dave() { return ProxyStage::branch(kDave, "dave"); }
Branch named(const std::string& host) { return {"sip:bob@" + host, {}, std::nullopt, "bob"}; }

Destination udp(const Flow& flow) { return {Transport::Udp, flow.remote}; }

std::string cancelText(const std::string& more = {}) {
    RequestText cancel;
    cancel.method = "CANCEL";
    cancel.more = more;
    return cancel.text();
}

std::string ackText(std::string_view tag) {
    RequestText ack;
    ack.method = "ACK";
    ack.to += ";tag=" + std::string{tag};
    return ack.text();
}

// Alice's INVITE, and the 100 that she gets for it.
struct Ringing : ProxyStage {
    explicit Ringing(std::vector<Branch> branches, Clock::Duration timeout = {}, std::string more = {}) : ProxyStage{} {
        ring(std::move(branches), timeout);
        call(std::move(more));
    }
    using ProxyStage::ProxyStage;
    void call(std::string more = {}) {
        RequestText invite;
        invite.more = std::move(more);
        receive(kAlice, invite.text());
        REQUIRE(heard(kAlice) == Lines{"100 INVITE"});
    }
};

}  // namespace

TEST_CASE("an INVITE goes on with what a proxy owes it, and nothing else is changed", "[proxy][rfc3261-16.6]") {
    ProxyStage stage;
    stage.ring({bob()});
    RequestText invite;
    invite.more =
        "Proxy-Authorization: Digest username=\"2101\", realm=\"town.example\"\r\n"
        "Contact: <sip:2101@192.0.2.10>\r\nX-Town: Saint-Omer,  (as written)\r\nContent-Type: text/plain\r\n";
    invite.body = "v=0\r\n";
    stage.receive(kAlice, invite.text());

    REQUIRE(stage.heard(kBob) == Lines{"INVITE"});
    const auto sent = stage.last(kBob, "INVITE");
    CHECK(sent.requestUri().text == "sip:bob@192.0.2.20");
    CHECK(sent.header("Max-Forwards") == "69");
    CHECK(sent.header("Max-Breadth") == "60");
    CHECK(sent.count("Proxy-Authorization") == 0);
    CHECK(sent.header("X-Town") == "Saint-Omer,  (as written)");
    CHECK(sent.header("Contact") == "<sip:2101@192.0.2.10>");
    CHECK(sent.header("From") == invite.from);
    CHECK(sent.header("To") == invite.to);
    CHECK(sent.callId() == invite.callId);
    CHECK(sent.body() == invite.body);

    const auto vias = sent.headers("Via");
    REQUIRE(vias.size() == 2);
    const auto& via = sent.topVia();
    CHECK(via.host == "192.0.2.1");
    CHECK(via.port == 5060);
    CHECK(via.params.has("rport"));
    CHECK(via.branch().starts_with("z9hG4bK"));
    CHECK(vias[1] == invite.via);
    const auto routes = sent.headers("Record-Route");
    REQUIRE(routes.size() == 1);
    CHECK(sip::parseNameAddr(routes[0])->uri.looseRouter());
}

TEST_CASE("what opens a dialog is Record-Routed, nothing else is", "[proxy][rfc3261-16.6]") {
    for (const auto* method : {"INVITE", "SUBSCRIBE", "REFER", "MESSAGE", "OPTIONS", "COFFEE"}) {
        ProxyStage stage;
        stage.ring({bob()});
        RequestText request;
        request.method = method;
        stage.receive(kAlice, request.text());
        INFO(method);
        REQUIRE(stage.heard(kBob) == Lines{method});
        const bool opens = std::string_view{method}.find_first_of("ISR") == 0;
        CHECK(stage.last(kBob, method).count("Record-Route") == (opens ? 1 : 0));
    }
}

TEST_CASE("the Path of a phone becomes the Route of its call", "[proxy][rfc3327-5.4]") {
    ProxyStage stage;
    auto branch = bob();
    SECTION("in its order, by the flow of the first proxy on it") {
        branch.routes = {"<sip:edge1.example;lr>", "<sip:edge2.example;lr>"};
        stage.ring({branch});
        stage.receive(kAlice, RequestText{}.text());
        REQUIRE(stage.heard(kBob) == Lines{"INVITE"});
        const auto sent = stage.last(kBob, "INVITE");
        CHECK(sent.requestUri().text == "sip:bob@192.0.2.20");
        CHECK(sent.headers("Route") == Values{"<sip:edge1.example;lr>", "<sip:edge2.example;lr>"});
    }
    SECTION("without a flow, by its name") {
        branch.routes = {"<sip:edge1.example;lr>"};
        branch.flow.reset();
        stage.resolver.names["edge1.example"] = {udp(kCarol)};
        stage.ring({branch});
        stage.receive(kAlice, RequestText{}.text());
        CHECK(stage.heard(kCarol) == Lines{"INVITE"});
    }
}

TEST_CASE("several phones ring together and the first to answer has the call", "[proxy][rfc3261-16.7]") {
    Ringing stage{{bob(), carol(), dave()}};
    for (const auto& phone : {kBob, kCarol, kDave}) {
        REQUIRE(stage.heard(phone) == Lines{"INVITE"});
        CHECK(stage.last(phone, "INVITE").header("Max-Breadth") == "20");
    }
    const auto branchOf = [&stage](const Flow& phone) {
        return std::string{stage.last(phone, "INVITE").topVia().branch()};
    };
    CHECK(branchOf(kBob) != branchOf(kCarol));

    stage.answer(kBob, "INVITE", 100, "");
    CHECK(stage.heard(kAlice).empty());  // hop by hop
    stage.answer(kBob, "INVITE", 180, "bob");
    stage.answer(kCarol, "INVITE", 183, "carol");
    CHECK(stage.heard(kAlice) == Lines{"180 INVITE", "183 INVITE"});
    CHECK(stage.last(kAlice, "180 INVITE").to().tag() == "bob");
    CHECK(stage.last(kAlice, "183 INVITE").to().tag() == "carol");
    CHECK(stage.last(kAlice, "180 INVITE").headers("Via") == Values{RequestText{}.via});

    stage.answer(kCarol, "INVITE", 200, "carol");
    CHECK(stage.heard(kAlice) == Lines{"200 INVITE"});
    CHECK(stage.last(kAlice, "200 INVITE").to().tag() == "carol");

    SECTION("the others are cancelled, and told that the call was taken elsewhere") {
        REQUIRE(stage.heard(kBob) == Lines{"CANCEL"});
        const auto invite = stage.last(kBob, "INVITE");
        const auto cancel = stage.last(kBob, "CANCEL");
        CHECK(cancel.requestUri().text == invite.requestUri().text);
        CHECK(cancel.headers("Via") == Values{invite.headers("Via")[0]});
        CHECK(cancel.cseq().number == invite.cseq().number);
        CHECK(cancel.header("From") == invite.header("From"));
        CHECK(cancel.header("To") == invite.header("To"));
        CHECK(cancel.header("Reason") == "SIP;cause=200;text=\"Call completed elsewhere\"");
        stage.answer(kBob, "CANCEL", 200, "bob");
        stage.answer(kBob, "INVITE", 487, "bob");
        CHECK(stage.heard(kBob) == Lines{"ACK"});  // by us, hop by hop
        CHECK(stage.heard(kAlice).empty());
    }
    SECTION("one that has said nothing only once it says something, which goes no further") {
        CHECK(stage.heard(kDave).empty());
        stage.answer(kDave, "INVITE", 180, "dave");
        CHECK(stage.heard(kDave) == Lines{"CANCEL"});
        CHECK(stage.heard(kAlice).empty());
    }
    SECTION("a 2xx that crosses the CANCEL goes upstream too, with every repetition") {
        stage.answer(kBob, "INVITE", 200, "bob");
        CHECK(stage.heard(kAlice) == Lines{"200 INVITE"});
        CHECK(stage.last(kAlice, "200 INVITE").to().tag() == "bob");
        stage.answer(kBob, "INVITE", 200, "bob");
        stage.answer(kCarol, "INVITE", 200, "carol");
        CHECK(stage.sendings(kAlice) == 2);
    }
    SECTION("a failure that comes late is only acknowledged") {
        stage.answer(kBob, "INVITE", 603, "bob");
        CHECK(stage.heard(kBob) == Lines{"ACK"});
        CHECK(stage.heard(kAlice).empty());
    }
    CHECK(stage.records.last().answeredBy == "carol");
}

TEST_CASE("only 180 is ringing for the record of a call", "[proxy][calls]") {
    Ringing stage{{bob(), carol()}};
    stage.answer(kBob, "INVITE", 183, "bob");
    CHECK_FALSE(stage.records.last().ring);
    stage.pass(1s);
    stage.answer(kCarol, "INVITE", 180, "carol");
    CHECK(stage.records.last().ring == stage.clock.wallNow());
}

TEST_CASE("every 2xx of one branch goes upstream: a proxy behind us may have forked", "[proxy][rfc3261-16.7]") {
    Ringing stage{{bob()}};
    stage.answer(kBob, "INVITE", 200, "one");
    stage.answer(kBob, "INVITE", 200, "two");
    CHECK(stage.heard(kAlice) == Lines{"200 INVITE", "200 INVITE"});
    CHECK(stage.last(kAlice, "200 INVITE").to().tag() == "two");
}

TEST_CASE("stages follow one another", "[proxy][rfc3261-16.6]") {
    Ringing stage;
    stage.ring({bob()}, 20s);
    stage.ring({carol()}, 20s);
    stage.call();
    CHECK(stage.heard(kBob) == Lines{"INVITE"});
    CHECK(stage.heard(kCarol).empty());

    SECTION("as soon as all of one have failed") {
        stage.answer(kBob, "INVITE", 486, "bob");
        CHECK(stage.heard(kCarol) == Lines{"INVITE"});
        CHECK(stage.heard(kAlice).empty());
        stage.answer(kCarol, "INVITE", 404, "carol");
        CHECK(stage.heard(kAlice) == Lines{"486 INVITE"});
    }
    SECTION("or when its time is over: what still rings is cancelled") {
        stage.answer(kBob, "INVITE", 180, "bob");
        stage.pass(20s - 20ms);
        CHECK(stage.heard(kCarol).empty());
        stage.pass(30ms);
        CHECK(stage.heard(kBob) == Lines{"CANCEL"});
        CHECK(stage.heard(kCarol) == Lines{"INVITE"});
        CHECK(stage.heard(kAlice) == Lines{"180 INVITE"});
        stage.answer(kCarol, "INVITE", 180, "carol");

        SECTION("the last one answers") {
            stage.answer(kBob, "INVITE", 487, "bob");
            stage.answer(kCarol, "INVITE", 200, "carol");
            CHECK(stage.heard(kAlice) == Lines{"180 INVITE", "200 INVITE"});
            CHECK(stage.records.last().answeredBy == "carol");
        }
        SECTION("the first one answers after all") {
            stage.answer(kBob, "INVITE", 200, "bob");
            CHECK(stage.heard(kCarol) == Lines{"CANCEL"});
            CHECK(stage.records.last().answeredBy == "bob");
        }
        SECTION("nobody answers") {
            stage.answer(kBob, "INVITE", 487, "bob");
            stage.pass(21s);
            CHECK(stage.heard(kCarol) == Lines{"CANCEL"});
            stage.answer(kCarol, "INVITE", 487, "carol");
            CHECK(stage.heard(kAlice) == Lines{"180 INVITE", "480 INVITE"});
            CHECK(stage.records.last().cause == CallEnd::NoAnswer);
        }
        SECTION("the last one is busy: that is what the caller and the record are told") {
            stage.answer(kBob, "INVITE", 487, "bob");
            stage.answer(kCarol, "INVITE", 486, "carol");
            CHECK(stage.heard(kAlice) == Lines{"180 INVITE", "486 INVITE"});
            CHECK(stage.records.last().cause == CallEnd::Refused);
        }
    }
    SECTION("never after somebody declined for good, even if another phone does not let itself be cancelled") {
        Ringing together;
        together.ring({bob(), dave()}, 20s);
        together.ring({carol()}, 20s);
        together.call();
        together.answer(kDave, "INVITE", 180, "dave");
        together.answer(kBob, "INVITE", 603, "bob");
        CHECK(together.heard(kDave) == Lines{"CANCEL"});
        together.pass(31s);
        CHECK(together.heard(kCarol).empty());
        CHECK(together.heard(kAlice) == Lines{"180 INVITE"});
        together.pass(2s);
        CHECK(together.heard(kAlice) == Lines{"603 INVITE"});
        CHECK(together.heard(kCarol).empty());
    }
}

TEST_CASE("a stage that leads nowhere is passed over at once, and the next is begun once", "[proxy][rfc3261-16.6]") {
    Ringing stage;
    stage.ring({named("nowhere.example")});
    stage.ring({bob()});
    stage.call();
    CHECK(stage.heard(kBob) == Lines{"INVITE"});
    CHECK(stage.transactions.clientTransactions() == 1);
}

TEST_CASE("a 6xx ends the call everywhere", "[proxy][rfc3261-16.7]") {
    Ringing stage{{bob(), carol()}};
    stage.answer(kCarol, "INVITE", 180, "carol");
    stage.answer(kBob, "INVITE", 603, "bob");
    CHECK(stage.heard(kBob) == Lines{"ACK"});
    CHECK(stage.heard(kCarol) == Lines{"CANCEL"});
    CHECK(stage.heard(kAlice) == Lines{"180 INVITE"});  // until every branch has ended

    SECTION("and is what the caller is told") {
        stage.answer(kCarol, "INVITE", 487, "carol");
        CHECK(stage.heard(kAlice) == Lines{"603 INVITE"});
        CHECK(stage.records.last().cause == CallEnd::Refused);
    }
    SECTION("but a 2xx that comes meanwhile is a call") {
        stage.answer(kCarol, "INVITE", 200, "carol");
        CHECK(stage.heard(kAlice) == Lines{"200 INVITE"});
        CHECK(stage.records.last().answeredBy == "carol");
    }
}

TEST_CASE("the caller is told the best of the failures", "[proxy][rfc3261-16.7]") {
    SECTION("a challenge as 403, of our own") {
        Ringing stage{{bob(), carol()}};
        stage.answer(kBob, "INVITE", 401, "bob", "WWW-Authenticate: Digest realm=\"b\"\r\n");
        CHECK(stage.heard(kAlice).empty());
        stage.answer(kCarol, "INVITE", 407, "carol", "Proxy-Authenticate: Digest realm=\"c\"\r\n");
        CHECK(stage.heard(kAlice) == Lines{"403 INVITE"});
        const auto sent = stage.last(kAlice, "403 INVITE");
        CHECK(sent.to().tag() == "ours");
        CHECK(sent.count("WWW-Authenticate") + sent.count("Proxy-Authenticate") == 0);
    }
    SECTION("a 503 as 500, of our own") {
        Ringing stage{{bob()}};
        stage.answer(kBob, "INVITE", 503, "bob", "Retry-After: 3600\r\n");
        CHECK(stage.heard(kAlice) == Lines{"500 INVITE"});
        const auto sent = stage.last(kAlice, "500 INVITE");
        CHECK(sent.to().tag() == "ours");
        CHECK(sent.count("Retry-After") == 0);
    }
    SECTION("repeated until it is acknowledged, which is nobody else's business") {
        Ringing stage{{bob()}};
        stage.answer(kBob, "INVITE", 486, "bob");
        stage.pass(500ms);
        CHECK(stage.sendings(kAlice) == 2);
        stage.receive(kAlice, ackText("bob"));
        stage.pass(5s);
        CHECK(stage.sendings(kAlice) == 2);
        CHECK(stage.heard(kBob) == Lines{"ACK"});  // ours, of the hop
    }
    SECTION("a response that nobody but us asked for counts as 502") {
        Ringing stage{{bob()}};
        static_cast<void>(stage.heard(kBob));
        auto answer = sip::Message::answer(stage.last(kBob, "INVITE"), 486, "bob");
        const std::string via{answer.headers("Via")[0]};
        answer.set("Via", via);
        stage.receive(kBob, answer.toString());
        CHECK(stage.heard(kAlice) == Lines{"502 INVITE"});
    }
}

TEST_CASE("the challenge of a phone reaches nobody who could answer it", "[proxy][security][rfc3261-26.1]") {
    const std::string challenges =
        "WWW-Authenticate: Digest realm=\"town.example\", nonce=\"theirs\"\r\n"
        "Proxy-Authenticate: Digest realm=\"town.example\", nonce=\"theirs\"\r\n";
    SECTION("its branch has failed, and others go on") {
        Ringing stage{{bob(), carol()}};
        stage.answer(kBob, "INVITE", 407, "bob", challenges);
        CHECK(stage.heard(kAlice).empty());
        CHECK(stage.heard(kBob) == Lines{"ACK"});
        stage.answer(kCarol, "INVITE", 486, "carol");
        CHECK(stage.heard(kAlice) == Lines{"486 INVITE"});
    }
    SECTION("if it is all there is, the caller is refused") {
        for (const int status : {401, 407}) {
            Ringing stage{{bob()}};
            stage.answer(kBob, "INVITE", status, "bob", challenges);
            CHECK(stage.heard(kAlice) == Lines{"403 INVITE"});
            CHECK(stage.ear.text(kAlice, "403 INVITE").find("uthenticate") == std::string::npos);
        }
    }
    SECTION("nor if it hides in another response") {
        for (const int status : {183, 200, 486}) {
            Ringing stage{{bob()}};
            stage.answer(kBob, "INVITE", status, "bob", challenges + "Authentication-Info: nextnonce=\"x\"\r\n");
            const auto line = std::to_string(status) + " INVITE";
            REQUIRE(stage.heard(kAlice) == Lines{line});
            CHECK(stage.ear.text(kAlice, line).find("uthenticat") == std::string::npos);
        }
    }
    SECTION("nor for a request that is no INVITE") {
        ProxyStage stage;
        stage.ring({bob()});
        RequestText request;
        request.method = "MESSAGE";
        request.more =
            "Authorization: Digest realm=\"elsewhere\"\r\nWWW-Authenticate: Digest realm=\"town.example\"\r\n";
        stage.receive(kAlice, request.text());
        REQUIRE(stage.heard(kBob) == Lines{"MESSAGE"});
        CHECK(stage.ear.text(kBob, "MESSAGE").find("uth") == std::string::npos);
        stage.answer(kBob, "MESSAGE", 401, "bob", challenges);
        CHECK(stage.heard(kAlice) == Lines{"403 MESSAGE"});
    }
}

TEST_CASE("who answers is who we say, unless it asks not to be told", "[proxy][security][rfc3325-5]") {
    const std::string claims =
        "P-Asserted-Identity: \"The Mayor\" <sip:2000@town.example>\r\nRemote-Party-ID: <sip:2000@town.example>\r\n"
        "P-Preferred-Identity: <sip:2000@town.example>\r\nDiversion: <sip:2000@town.example>\r\nX-Own: kept\r\n";
    auto known = bob();
    known.identity = "\"Bob\" <sip:2102@town.example>";
    SECTION("in each response that makes a dialog") {
        Ringing stage{{known}};
        for (const int status : {180, 200}) {
            stage.answer(kBob, "INVITE", status, "bob", claims);
            const auto line = std::to_string(status) + " INVITE";
            REQUIRE(stage.heard(kAlice) == Lines{line});
            const auto sent = stage.last(kAlice, line);
            CHECK(sent.headers("P-Asserted-Identity") == Values{known.identity});
            for (const auto* name : {"Remote-Party-ID", "P-Preferred-Identity", "Diversion"})
                CHECK(sent.count(name) == 0);
            CHECK(sent.header("X-Own") == "kept");
            CHECK(sent.count("Record-Route") == 1);
        }
    }
    SECTION("nobody, where it asks for privacy") {
        Ringing stage{{known}};
        stage.answer(kBob, "INVITE", 180, "bob", claims + "Privacy: id\r\n");
        REQUIRE(stage.heard(kAlice) == Lines{"180 INVITE"});
        CHECK(stage.last(kAlice, "180 INVITE").count("P-Asserted-Identity") == 0);
        CHECK(stage.last(kAlice, "180 INVITE").header("Privacy") == "id");
    }
    SECTION("nobody, where we do not know or nobody answers") {
        Ringing stage{{bob()}};
        stage.answer(kBob, "INVITE", 183, "bob", claims);
        stage.answer(kBob, "INVITE", 486, "bob", claims);
        REQUIRE(stage.heard(kAlice) == Lines{"183 INVITE", "486 INVITE"});
        for (const auto* line : {"183 INVITE", "486 INVITE"}) {
            CHECK(stage.last(kAlice, line).count("P-Asserted-Identity") == 0);
            CHECK(stage.last(kAlice, line).count("Remote-Party-ID") == 0);
        }
    }
}

TEST_CASE("the name of a caller is what we know, and nobody else's word", "[proxy][security][rfc3261-20.20]") {
    ProxyStage stage;
    stage.ring({bob()});
    stage.plan.senderName = "\"Alice\"";
    RequestText invite;
    invite.from = "\"The Mayor\" <sip:2101@town.example>;tag=alice";
    stage.receive(kAlice, invite.text());
    static_cast<void>(stage.heard(kAlice));
    REQUIRE(stage.heard(kBob) == Lines{"INVITE"});
    CHECK(stage.last(kBob, "INVITE").header("From") == "\"Alice\" <sip:2101@town.example>;tag=alice");
    stage.answer(kBob, "INVITE", 200, "bob");
    REQUIRE(stage.heard(kAlice) == Lines{"200 INVITE"});
    CHECK(stage.last(kAlice, "200 INVITE").header("From") == invite.from);

    auto inDialog = invite;
    inDialog.more = "Route: " + std::string{stage.last(kAlice, "200 INVITE").header("Record-Route").value()} + "\r\n";
    inDialog.to += ";tag=bob";
    for (const auto* method : {"ACK", "UPDATE"}) {
        inDialog.method = method;
        ++inDialog.cseq;
        inDialog.via += 'x';
        stage.receive(kAlice, inDialog.text());
        REQUIRE(stage.heard(kBob) == Lines{method});
        CHECK(stage.last(kBob, method).header("From") == "<sip:2101@town.example>;tag=alice");
    }
    stage.answer(kBob, "UPDATE", 200, "bob");
    REQUIRE(stage.heard(kAlice) == Lines{"200 UPDATE"});
    CHECK(stage.last(kAlice, "200 UPDATE").header("From") == invite.from);
}

TEST_CASE("who says within a call that it is another is shown as nobody", "[proxy][security][rfc4916-3]") {
    ProxyStage stage;
    stage.ring({bob()});
    RequestText invite;
    stage.receive(kAlice, invite.text());
    static_cast<void>(stage.heard(kAlice));
    stage.answer(kBob, "INVITE", 200, "bob");
    REQUIRE(stage.heard(kAlice) == Lines{"200 INVITE"});
    auto inDialog = invite;
    inDialog.method = "UPDATE";
    inDialog.more = "Route: " + std::string{stage.last(kAlice, "200 INVITE").header("Record-Route").value()} + "\r\n";
    struct Row {
        const char* from;
        bool shown;
    };
    SECTION("the caller") {
        inDialog.to += ";tag=bob";
        for (const auto& row :
             {Row{"<sip:2101@192.0.2.1>;tag=alice", true}, Row{"sip:%32101@192.0.2.1:5060;tag=alice", true},
              Row{"<sip:2000@192.0.2.1>;tag=alice", false}, Row{"<sip:2102@192.0.2.1>;tag=alice", false},
              Row{"<sip:2101@elsewhere.example>;tag=alice", false}, Row{"<tel:2101>;tag=alice", false}}) {
            INFO(row.from);
            ++inDialog.cseq;
            inDialog.via += 'x';
            inDialog.from = row.from;
            stage.receive(kAlice, inDialog.text());
            REQUIRE(stage.heard(kBob) == Lines{"UPDATE"});
            const auto sent = stage.last(kBob, "UPDATE");
            CHECK(sip::isAnonymous(sent.from().uri) != row.shown);
            CHECK(sent.from().tag() == "alice");
            stage.answer(kBob, "UPDATE", 200, "bob");
            REQUIRE(stage.heard(kAlice) == Lines{"200 UPDATE"});
            CHECK(stage.last(kAlice, "200 UPDATE").header("From") == row.from);
        }
    }
    SECTION("the callee") {
        inDialog.to = invite.from;
        for (const auto& row : {Row{"<sip:2102@192.0.2.1>;tag=bob", true}, Row{"<sip:2000@192.0.2.1>;tag=bob", false},
                                Row{"<sip:2101@192.0.2.1>;tag=bob", false}}) {
            INFO(row.from);
            ++inDialog.cseq;
            inDialog.via = "SIP/2.0/UDP 192.0.2.20;branch=z9hG4bK" + std::to_string(inDialog.cseq);
            inDialog.from = row.from;
            stage.receive(kBob, inDialog.text());
            REQUIRE(stage.heard(kAlice) == Lines{"UPDATE"});
            CHECK(sip::isAnonymous(stage.last(kAlice, "UPDATE").from().uri) != row.shown);
        }
    }
}

TEST_CASE("a telephone sends the caller to one of ours, or nowhere", "[proxy][security][rfc3261-21.3]") {
    struct Row {
        const char* contacts;
        Values kept;
    };
    const Row rows[] = {
        {"Contact: <sip:2103@town.example>, <tel:2104>\r\n", {"<sip:2103@town.example>", "<tel:2104>"}},
        {"Contact: <sip:2103@192.0.2.1:5060>;q=0.5\r\n", {"<sip:2103@192.0.2.1:5060>;q=0.5"}},
        {"Contact: <sip:carol@192.0.2.21>\r\n", {"<sip:carol@192.0.2.21>"}},
        {"Contact: <sip:x@evil.example>, <sip:2103@town.example>\r\n", {"<sip:2103@town.example>"}},
        {"Contact: <sip:x@evil.example>\r\n", {}},
        {"Contact: <sip:2103@192.0.2.1:5099>\r\n", {}},
        {"Contact: <sip:2103@198.51.100.1>, <http://evil.example/>\r\n", {}},
        {"", {}},
    };
    for (const auto& row : rows) {
        INFO(row.contacts);
        Ringing stage{{bob()}};
        stage.registrations["sip:carol@192.0.2.21"] = kCarol;
        stage.answer(kBob, "INVITE", 302, "bob", row.contacts);
        const Lines expected{row.kept.empty() ? "480 INVITE" : "302 INVITE"};
        REQUIRE(stage.heard(kAlice) == expected);
        CHECK(stage.last(kAlice, expected[0]).headers("Contact") == row.kept);
    }
}

TEST_CASE("a caller that is hidden is hidden from the callee alone", "[proxy][rfc3323-5.3]") {
    ProxyStage stage;
    stage.ring({bob(), carol()});
    stage.plan.hideSender = true;
    RequestText invite;
    invite.from = "\"Alice\" <sip:2101@town.example>;tag=alice";
    invite.more = "Subject: secret\r\nUser-Agent: Alice's\r\n";
    stage.receive(kAlice, invite.text());
    static_cast<void>(stage.heard(kAlice));
    REQUIRE(stage.heard(kBob) == Lines{"INVITE"});
    const auto sent = stage.ear.text(kBob, "INVITE");
    CHECK(sent.find("\r\nFrom: \"Anonymous\" <sip:anonymous@anonymous.invalid>;tag=alice\r\n") != std::string::npos);
    CHECK(sent.find("2101") == std::string::npos);
    CHECK(sent.find("Alice's") == std::string::npos);
    for (const int status : {180, 200}) {
        stage.answer(kBob, "INVITE", status, "bob");
        const auto line = std::to_string(status) + " INVITE";
        REQUIRE(stage.heard(kAlice) == Lines{line});
        CHECK(stage.last(kAlice, line).header("From") == invite.from);
    }
    stage.answer(kCarol, "INVITE", 180, "carol");  // and learns so from her CANCEL neither
    REQUIRE(stage.heard(kCarol) == Lines{"CANCEL"});
    CHECK(stage.last(kCarol, "CANCEL").header("From") == stage.last(kBob, "INVITE").header("From"));

    auto inDialog = invite;
    inDialog.more = "Route: " + std::string{stage.last(kAlice, "200 INVITE").header("Record-Route").value()} + "\r\n";
    inDialog.to += ";tag=bob";
    for (const auto* method : {"ACK", "INFO", "BYE"}) {
        inDialog.method = method;
        ++inDialog.cseq;
        inDialog.via += 'x';
        stage.receive(kAlice, inDialog.text());
        INFO(method);
        REQUIRE(stage.heard(kBob) == Lines{method});
        CHECK(stage.ear.text(kBob, method).find("2101") == std::string::npos);
        CHECK(stage.last(kBob, method).from().tag() == "alice");
    }
    stage.answer(kBob, "BYE", 200, "bob");
    REQUIRE(stage.heard(kAlice) == Lines{"200 BYE"});
    CHECK(stage.last(kAlice, "200 BYE").header("From") == invite.from);

    SECTION("what the callee sends in it is left as it is") {
        RequestText info = inDialog;
        info.method = "INFO";
        info.from = "<sip:2102@192.0.2.1>;tag=bob";
        info.to = "\"Anonymous\" <sip:anonymous@anonymous.invalid>;tag=alice";
        info.via = "SIP/2.0/UDP 192.0.2.20;branch=z9hG4bKbob";
        stage.receive(kBob, info.text());
        REQUIRE(stage.heard(kAlice).size() == 1);
        CHECK(stage.last(kAlice, "INFO").header("From") == info.from);
    }
}

TEST_CASE("a phone that says nothing is given up after 64*T1", "[proxy][rfc3261-17.1.1]") {
    const auto phone = GENERATE(udpFlow(20), tcpFlow(20, 4));
    Ringing stage{{ProxyStage::branch(phone, "bob")}};
    stage.pass(32s - 50ms);
    CHECK(stage.heard(kAlice).empty());
    stage.pass(100ms);
    CHECK(stage.heard(kAlice) == Lines{"408 INVITE"});
    CHECK(stage.heard(phone) == Lines{"INVITE"});  // nothing to cancel
    CHECK(stage.records.last().cause == CallEnd::NoAnswer);
}

TEST_CASE("timer C ends a call that rings without any news", "[proxy][rfc3261-16.8]") {
    Ringing stage{{bob()}};
    stage.answer(kBob, "INVITE", 180, "bob");
    stage.pass(184s);
    CHECK(stage.heard(kBob).empty());

    SECTION("by a CANCEL") {
        stage.pass(1100ms);
        CHECK(stage.heard(kBob) == Lines{"CANCEL"});
        stage.answer(kBob, "INVITE", 487, "bob");
        CHECK(stage.heard(kAlice) == Lines{"180 INVITE", "480 INVITE"});
        CHECK(stage.records.last().cause == CallEnd::NoAnswer);
    }
    SECTION("also a phone that does not answer the CANCEL") {
        stage.pass(1100ms);
        stage.pass(33s);
        CHECK(stage.heard(kAlice) == Lines{"180 INVITE", "480 INVITE"});
        CHECK(stage.transactions.clientTransactions() == 0);
    }
    SECTION("each provisional response starts it again") {
        stage.answer(kBob, "INVITE", 183, "bob");
        stage.pass(184s);
        CHECK(stage.heard(kBob).empty());
        stage.pass(1100ms);
        CHECK(stage.heard(kBob) == Lines{"CANCEL"});
    }
    SECTION("but a 100 does not") {
        stage.answer(kBob, "INVITE", 100, "");
        stage.pass(1100ms);
        CHECK(stage.heard(kBob) == Lines{"CANCEL"});
    }
}

TEST_CASE("the caller gives up", "[proxy][rfc3261-16.10]") {
    SECTION("while phones ring: each is cancelled, with the caller's reason") {
        Ringing stage{{bob(), carol()}};
        stage.answer(kBob, "INVITE", 180, "bob");
        stage.answer(kCarol, "INVITE", 180, "carol");
        static_cast<void>(stage.heard(kAlice));
        stage.receive(kAlice, cancelText("Reason: Q.850;cause=16\r\n"));
        CHECK(stage.heard(kAlice) == Lines{"200 CANCEL"});
        CHECK(stage.heard(kBob) == Lines{"CANCEL"});
        CHECK(stage.heard(kCarol) == Lines{"CANCEL"});
        CHECK(stage.last(kCarol, "CANCEL").header("Reason") == "Q.850;cause=16");

        stage.answer(kBob, "INVITE", 487, "bob");
        CHECK(stage.heard(kAlice).empty());
        SECTION("the 487 comes when all have ended") {
            stage.answer(kCarol, "INVITE", 486, "carol");
            CHECK(stage.heard(kAlice) == Lines{"487 INVITE"});
            CHECK(stage.records.last().cause == CallEnd::Cancelled);
            CHECK(stage.records.last().status == 487);
        }
        SECTION("a 2xx that crosses the CANCEL is a call all the same") {
            stage.answer(kCarol, "INVITE", 200, "carol");
            CHECK(stage.heard(kAlice) == Lines{"200 INVITE"});
            CHECK(stage.records.last().cause == CallEnd::Open);
        }
    }
    SECTION("before the phone has said anything: it is cancelled as soon as it does") {
        Ringing stage{{bob()}};
        stage.receive(kAlice, cancelText());
        CHECK(stage.heard(kAlice) == Lines{"200 CANCEL"});
        CHECK(stage.heard(kBob) == Lines{"INVITE"});
        stage.answer(kBob, "INVITE", 180, "bob");
        CHECK(stage.heard(kBob) == Lines{"CANCEL"});
        stage.answer(kBob, "INVITE", 487, "bob");
        CHECK(stage.heard(kAlice) == Lines{"487 INVITE"});
    }
    SECTION("before there is a branch: its name is still looked up") {
        Ringing stage;
        stage.resolver.later["phone.example"] = true;
        stage.ring({named("phone.example")});
        stage.ring({carol()});
        stage.call();
        stage.receive(kAlice, cancelText());
        CHECK(stage.heard(kAlice) == Lines{"200 CANCEL", "487 INVITE"});
        CHECK_FALSE(stage.resolver.tell("phone.example", {udp(kBob)}));
        CHECK(stage.heard(kBob).empty());
        CHECK(stage.heard(kCarol).empty());
    }
    SECTION("no further stage is tried, whatever its time") {
        Ringing stage;
        stage.ring({bob()}, 10s);
        stage.ring({carol()}, 10s);
        stage.call();
        stage.receive(kAlice, cancelText());
        stage.pass(31s);
        CHECK(stage.heard(kCarol).empty());
        stage.pass(2s);
        CHECK(stage.heard(kAlice) == Lines{"200 CANCEL", "487 INVITE"});
    }
    SECTION("too late: the call is answered") {
        Ringing stage{{bob()}};
        stage.answer(kBob, "INVITE", 200, "bob");
        stage.receive(kAlice, cancelText());
        CHECK(stage.heard(kAlice) == Lines{"200 INVITE", "200 CANCEL"});
        CHECK(stage.heard(kBob).empty());
    }
}

TEST_CASE("a place that cannot be reached gives way to the next one of its name", "[proxy][rfc3263-4.3]") {
    Ringing stage;
    stage.resolver.names["phone.example"] = {udp(kBob), udp(kCarol)};
    stage.ring({named("phone.example")});

    SECTION("refused by the network at once") {
        stage.wire.refuse(kBob);
        stage.call();
        CHECK(stage.heard(kCarol).empty());
        stage.pass(20ms);
        CHECK(stage.heard(kCarol) == Lines{"INVITE"});
    }
    SECTION("found to be unreachable later") {
        stage.call();
        stage.fail(kBob);
        CHECK(stage.heard(kCarol) == Lines{"INVITE"});
        stage.fail(kCarol);
        CHECK(stage.heard(kAlice) == Lines{"480 INVITE"});
    }
    SECTION("answering 503") {
        stage.call();
        stage.answer(kBob, "INVITE", 503, "bob");
        CHECK(stage.heard(kCarol) == Lines{"INVITE"});
        stage.answer(kCarol, "INVITE", 503, "carol");
        CHECK(stage.heard(kAlice) == Lines{"500 INVITE"});
    }
    SECTION("silent") {
        stage.call();
        stage.pass(33s);
        CHECK(stage.heard(kCarol) == Lines{"INVITE"});
        CHECK(stage.heard(kAlice).empty());
    }
    SECTION("being ourselves") {
        stage.resolver.names["phone.example"] = {{Transport::Udp, stage.wire.own()}, udp(kCarol)};
        stage.call();
        CHECK(stage.heard(kCarol) == Lines{"INVITE"});
    }
    SECTION("but not after the caller gave up") {
        stage.call();
        stage.receive(kAlice, cancelText());
        stage.fail(kBob);
        CHECK(stage.heard(kCarol).empty());
        CHECK(stage.heard(kAlice) == Lines{"200 CANCEL", "487 INVITE"});
    }
    SECTION("each with a branch of its own") {
        stage.call();
        REQUIRE(stage.heard(kBob) == Lines{"INVITE"});
        stage.fail(kBob);
        REQUIRE(stage.heard(kCarol) == Lines{"INVITE"});
        CHECK(stage.last(kBob, "INVITE").topVia().branch() != stage.last(kCarol, "INVITE").topVia().branch());
        CHECK(stage.last(kCarol, "INVITE").count("Via") == 2);
        CHECK(stage.last(kCarol, "INVITE").count("Record-Route") == 1);
    }
}

TEST_CASE("a phone out of reach says less than one that answers", "[proxy][rfc3261-16.9]") {
    const auto lost = tcpFlow(21, 8);
    Ringing stage;
    stage.wire.kill(lost);
    stage.ring({ProxyStage::branch(lost, "carol"), bob()});
    stage.call();
    CHECK(stage.heard(lost).empty());
    SECTION("the other one is busy") {
        stage.answer(kBob, "INVITE", 486, "bob");
        CHECK(stage.heard(kAlice) == Lines{"486 INVITE"});
    }
    SECTION("the other one loses its connection while it rings") {
        stage.answer(kBob, "INVITE", 180, "bob");
        stage.fail(kBob);
        CHECK(stage.heard(kAlice) == Lines{"180 INVITE", "480 INVITE"});
    }
}

TEST_CASE("no more branches than Max-Breadth allows ring together", "[proxy][rfc5393-5.3]") {
    Ringing stage;
    stage.ring({bob(), carol(), dave()});
    stage.call("Max-Breadth: 2\r\n");
    CHECK(stage.heard(kBob) == Lines{"INVITE"});
    CHECK(stage.heard(kCarol) == Lines{"INVITE"});
    CHECK(stage.heard(kDave).empty());
    CHECK(stage.last(kBob, "INVITE").headers("Max-Breadth") == Values{"1"});
    CHECK(stage.last(kCarol, "INVITE").headers("Max-Breadth") == Values{"1"});

    stage.answer(kBob, "INVITE", 486, "bob");
    CHECK(stage.heard(kDave).empty());
    stage.answer(kCarol, "INVITE", 486, "carol");
    CHECK(stage.heard(kDave) == Lines{"INVITE"});
    CHECK(stage.last(kDave, "INVITE").header("Max-Breadth") == "2");
    stage.answer(kDave, "INVITE", 200, "dave");
    CHECK(stage.heard(kAlice) == Lines{"200 INVITE"});
}

TEST_CASE("the end of an early dialog is announced while others go on", "[proxy][rfc6228-6]") {
    const auto ringBoth = [](ProxyStage& stage) {
        stage.answer(kBob, "INVITE", 180, "bob");
        stage.answer(kCarol, "INVITE", 180, "carol");
        static_cast<void>(stage.heard(kAlice));
    };
    SECTION("with the tag of its phone and the status that ended it") {
        Ringing stage{{bob(), carol()}, {}, "Supported: timer, 199\r\n"};
        ringBoth(stage);
        stage.answer(kBob, "INVITE", 486, "bob");
        REQUIRE(stage.heard(kAlice) == Lines{"199 INVITE"});
        CHECK(stage.last(kAlice, "199 INVITE").to().tag() == "bob");
        CHECK(stage.last(kAlice, "199 INVITE").header("Reason") == "SIP;cause=486");
        stage.answer(kCarol, "INVITE", 480, "carol");  // the final answer says it
        CHECK(stage.heard(kAlice) == Lines{"486 INVITE"});
    }
    SECTION("not to a caller that does not know it, or wants to acknowledge it") {
        const std::string more = GENERATE("", "Supported: 100rel\r\n", "Supported: 199\r\nRequire: 100rel\r\n");
        Ringing stage{{bob(), carol()}, {}, more};
        ringBoth(stage);
        stage.answer(kBob, "INVITE", 486, "bob");
        CHECK(stage.heard(kAlice).empty());
    }
    SECTION("not twice") {
        Ringing stage{{bob(), carol()}, {}, "Supported: 199\r\n"};
        ringBoth(stage);
        stage.answer(kBob, "INVITE", 199, "bob");
        CHECK(stage.heard(kAlice) == Lines{"199 INVITE"});
        stage.answer(kBob, "INVITE", 486, "bob");
        CHECK(stage.heard(kAlice).empty());
    }
}

TEST_CASE("a request that is no INVITE has one answer", "[proxy][rfc3261-16.7]") {
    ProxyStage stage;
    stage.ring({bob(), carol()});
    RequestText message;
    message.method = "MESSAGE";
    stage.receive(kAlice, message.text());
    CHECK(stage.heard(kBob) == Lines{"MESSAGE"});
    CHECK(stage.heard(kCarol) == Lines{"MESSAGE"});

    SECTION("the first 2xx; nothing is cancelled, and what comes later goes nowhere") {
        stage.answer(kBob, "MESSAGE", 200, "bob");
        if (GENERATE(false, true)) stage.pass(1s);  // whereafter nobody knows what was asked
        stage.answer(kCarol, "MESSAGE", GENERATE(183, 486), "carol");
        stage.answer(kCarol, "MESSAGE", 200, "carol");
        CHECK(stage.heard(kAlice) == Lines{"200 MESSAGE"});
        CHECK(stage.heard(kCarol).empty());
        CHECK(stage.heard(kBob).empty());
    }
    SECTION("nothing provisional goes upstream") {
        stage.answer(kBob, "MESSAGE", 183, "bob");
        CHECK(stage.heard(kAlice).empty());
    }
    SECTION("a time-out is told by nobody: the caller's own says it") {
        stage.pass(33s);
        CHECK(stage.heard(kAlice).empty());
        CHECK(stage.transactions.serverTransactions() == 0);
        CHECK(stage.transactions.clientTransactions() == 0);
    }
    CHECK(stage.records.writes == 0);
}

TEST_CASE("a call ends without anything of it left", "[proxy][memory]") {
    Ringing stage{{bob(), carol()}};
    stage.answer(kBob, "INVITE", 180, "bob");
    stage.answer(kCarol, "INVITE", 180, "carol");
    stage.answer(kCarol, "INVITE", 200, "carol");
    stage.answer(kBob, "CANCEL", 200, "bob");
    stage.answer(kBob, "INVITE", 487, "bob");
    stage.pass(65s);
    CHECK(stage.transactions.clientTransactions() == 0);
    CHECK(stage.transactions.serverTransactions() == 0);
    CHECK(stage.wheel.size() == 1);  // how long the call may last
}

namespace {

// A call to phones that do what a seed says, as often against the rules as not.
class Unruly {
public:
    explicit Unruly(unsigned seed) : random_{seed} {
        const auto stages = 1 + pick(3);
        for (unsigned stage = 0; stage < stages; ++stage) {
            std::vector<Branch> branches;
            const auto count = 1 + pick(3);
            for (unsigned i = 0; i < count; ++i) branches.push_back(anyBranch());
            stage_.ring(std::move(branches),
                        pick(2) == 0 ? Clock::Duration::zero() : Clock::Duration{1s * (1 + pick(40))});
        }
        RequestText invite;
        invite.via = "SIP/2.0/TCP 192.0.2.10:5060;branch=z9hG4bKclient1";
        invite.more = pick(2) == 0 ? "Supported: 199\r\n" : "Max-Breadth: 1\r\n";
        stage_.receive(kCaller, invite.text());
        for (int step = 0; step < 40; ++step) doSomething();
        stage_.pass(600s);
        listen();
    }

    [[nodiscard]] const Lines& told() const noexcept { return told_; }
    [[nodiscard]] ProxyStage& stage() noexcept { return stage_; }

private:
    inline static const Flow kCaller = tcpFlow(10, 1);

    unsigned pick(unsigned below) { return static_cast<unsigned>(random_() % below); }
    Branch anyBranch() {
        const auto number = static_cast<int>(phones_.size());
        const auto flow =
            pick(2) == 0 ? udpFlow(20 + number) : tcpFlow(20 + number, static_cast<unsigned>(100 + number));
        phones_.push_back(flow);
        auto branch = ProxyStage::branch(flow, "phone" + std::to_string(number));
        if (pick(4) == 0) {
            branch.requestUri = pick(2) == 0 ? "sip:nowhere.example" : "sip:" + flow.remote.toString();
            branch.flow.reset();
        }
        return branch;
    }
    void doSomething() {
        const auto& phone = phones_[pick(static_cast<unsigned>(phones_.size()))];
        constexpr int kStatuses[] = {100, 180, 180, 183, 199, 200, 302, 401, 486, 487, 503, 603};
        switch (pick(8)) {
            case 0: stage_.pass(1s * pick(50)); break;
            case 1:
                if (pick(6) == 0) cancel();
                break;
            case 2:
                if (pick(3) == 0) stage_.fail(phone);
                break;
            default: answer(phone, kStatuses[pick(std::size(kStatuses))]);
        }
        listen();
    }
    void answer(const Flow& phone, int status) {
        for (const auto& line : stage_.heard(phone)) {
            if (line == "INVITE") invited_.insert(phone.remote.toString());
        }
        if (!invited_.contains(phone.remote.toString())) return;
        stage_.answer(phone, "INVITE", status, phone.remote.host());
    }
    void cancel() {
        auto cancel = RequestText{};
        cancel.method = "CANCEL";
        cancel.via = "SIP/2.0/TCP 192.0.2.10:5060;branch=z9hG4bKclient1";
        stage_.receive(kCaller, cancel.text());
    }
    void listen() {
        for (auto& line : stage_.heard(kCaller)) {
            if (line.ends_with(" INVITE")) told_.push_back(std::move(line));
        }
    }

    std::minstd_rand random_;
    ProxyStage stage_;
    std::vector<Flow> phones_;
    std::set<std::string> invited_;
    Lines told_;
};

}  // namespace

TEST_CASE("whatever phones and callers do, a call has one outcome and leaves nothing behind", "[proxy][rfc3261-16]") {
    int answered = 0;
    for (unsigned seed = 1; seed <= 500; ++seed) {
        Unruly call{seed};
        const auto& told = call.told();
        INFO("seed " << seed << ": " << Catch::StringMaker<Lines>::convert(told));
        const auto final = std::find_if(told.begin(), told.end(), [](const auto& line) { return line[0] != '1'; });
        REQUIRE(final != told.end());
        const bool success = *final == "200 INVITE";
        answered += success ? 1 : 0;
        // After a 2xx come only the 2xx of others, after a failure nothing.
        CHECK(std::all_of(final, told.end(), [](const auto& line) { return line == "200 INVITE"; }) == success);
        CHECK((success || std::next(final) == told.end()));

        auto& stage = call.stage();
        CHECK(stage.transactions.clientTransactions() == 0);
        CHECK(stage.transactions.serverTransactions() == 0);
        CHECK(stage.calls.size() == (success ? 1 : 0));
        CHECK(stage.wheel.size() == (success ? 1 : 0));
        CHECK(stage.records.last().end.has_value() == !success);
        CHECK((success || std::to_string(stage.records.last().status) + " INVITE" == *final));
    }
    CHECK(answered > 50);  // both outcomes were seen
    CHECK(answered < 450);
}

TEST_CASE("of several flows of one telephone the next is tried when one fails", "[proxy][rfc5626-7]") {
    auto phone = bob();
    phone.others = {dave(), carol()};  // the best last
    Ringing stage{{phone}};
    REQUIRE(stage.heard(kBob) == Lines{"INVITE"});
    CHECK(stage.heard(kCarol).empty());

    SECTION("because its flow has failed, here or at a hop behind us, or it is silent") {
        const auto how = GENERATE(0, 1, 2, 3);
        CAPTURE(how);
        if (how == 0) stage.fail(kBob);
        if (how == 1) stage.answer(kBob, "INVITE", 430, "b");
        if (how == 2) stage.answer(kBob, "INVITE", 408, "b");
        if (how == 3) stage.pass(33s);
        REQUIRE(stage.heard(kCarol).front() == "INVITE");
        CHECK(stage.last(kCarol, "INVITE").requestUri().text == "sip:carol@192.0.2.21");
        CHECK(stage.heard(kAlice).empty());
        stage.fail(kCarol);
        REQUIRE(stage.heard(kDave).front() == "INVITE");

        SECTION("when none is left the caller hears that it is out of reach") {
            stage.answer(kDave, "INVITE", 430, "d");
            CHECK(stage.heard(kAlice) == Lines{"480 INVITE"});
        }
        SECTION("one that answers has it") {
            stage.answer(kDave, "INVITE", 200, "d");
            CHECK(stage.heard(kAlice) == Lines{"200 INVITE"});
        }
    }
    SECTION("never if the telephone has answered, whatever it was") {
        stage.answer(kBob, "INVITE", 486, "b");
        CHECK(stage.heard(kAlice) == Lines{"486 INVITE"});
        CHECK(stage.heard(kCarol).empty());
    }
    SECTION("never if the caller has given up") {
        stage.answer(kBob, "INVITE", 180, "b");
        CHECK(stage.heard(kAlice) == Lines{"180 INVITE"});
        stage.receive(kAlice, cancelText());
        CHECK(stage.heard(kBob) == Lines{"CANCEL"});
        stage.fail(kBob);
        CHECK(stage.heard(kCarol).empty());
    }
}

TEST_CASE("a telephone whose time is over is not tried by another flow", "[proxy][rfc5626-7]") {
    auto phone = bob();
    phone.others = {carol()};
    Ringing stage{{phone}, 20s};
    REQUIRE(stage.heard(kBob).front() == "INVITE");
    stage.pass(20s);
    const auto how = GENERATE(0, 1, 2);
    CAPTURE(how);
    if (how == 0) stage.fail(kBob);
    if (how == 1) stage.answer(kBob, "INVITE", 430, "b");
    if (how == 2) stage.pass(13s);
    CHECK(stage.heard(kCarol).empty());
    CHECK(stage.heard(kAlice) == Lines{"480 INVITE"});
}
