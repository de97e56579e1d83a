// SPDX-License-Identifier: AGPL-3.0-or-later
#include "proxy/proxy.hpp"

#include "unit/proxy/proxy_stage.hpp"

#include <catch2/catch.hpp>

using namespace beffroi;
using namespace beffroi::proxy;
using namespace beffroi::test;

namespace {

using Values = std::vector<std::string_view>;

const Flow kAlice = udpFlow(10);
const Flow kBob = tcpFlow(20, 7);
const Flow kCarol = udpFlow(21);
constexpr const char* kAliceContact = "sip:alice@192.0.2.10:5062";
constexpr const char* kBobContact = "sip:bob@10.0.0.5:5060;transport=tcp";

std::vector<std::string> reversed(const Values& values) { return {values.rbegin(), values.rend()}; }

// A call from Alice on UDP to Bob, who is behind NAT on TCP, and what both sides know of its dialog.
struct InCall : ProxyStage {
    explicit InCall(const Flow& bob = kBob) {
        ring({{kBobContact, {}, bob, "2102 (2102-bureau)"}});
        receive(kAlice, RequestText{}.text());
        static_cast<void>(heard(kAlice));
        answer(bob, "INVITE", 200, "bob");
        REQUIRE(heard(kAlice) == Lines{"200 INVITE"});
        const auto invite = last(bob, "INVITE");
        const auto answered = last(kAlice, "200 INVITE");
        for (const auto route : invite.headers("Record-Route")) routesOfBob.emplace_back(route);
        routesOfAlice = reversed(answered.headers("Record-Route"));
    }
    [[nodiscard]] RequestText byAlice(const std::string& method, unsigned cseq = 2) const {
        RequestText request;
        request.method = method;
        request.cseq = cseq;
        request.uri = kBobContact;
        request.via = "SIP/2.0/UDP 192.0.2.10:5060;branch=z9hG4bKalice" + method;
        request.to += ";tag=bob";
        for (const auto& route : routesOfAlice) request.more += "Route: " + route + "\r\n";
        return request;
    }
    [[nodiscard]] RequestText byBob(const std::string& method) const {
        RequestText request;
        request.method = method;
        request.uri = kAliceContact;
        request.via = "SIP/2.0/TCP 10.0.0.5;branch=z9hG4bKbob" + method;
        request.from = "<sip:2102@192.0.2.1>;tag=bob";
        request.to = "<sip:2101@192.0.2.1>;tag=alice";
        for (const auto& route : routesOfBob) request.more += "Route: " + route + "\r\n";
        return request;
    }
    std::vector<std::string> routesOfAlice;
    std::vector<std::string> routesOfBob;
};

const Flow kAliceContactFlow = udpFlow(10, 5062);

}  // namespace

TEST_CASE("what may go no further is refused", "[proxy][rfc3261-16.3][rfc5393]") {
    ProxyStage stage;
    stage.ring({ProxyStage::branch(kCarol, "carol")});
    const auto answerOf = [&stage](const RequestText& request) {
        stage.receive(kAlice, request.text());
        const auto lines = stage.heard(kAlice);
        return lines.empty() ? std::string{} : lines.back();
    };
    RequestText request;
    request.method = "OPTIONS";

    SECTION("without hops left") {
        auto text = request.text();
        text.replace(text.find("Max-Forwards: 70"), 16, "Max-Forwards: 0");
        stage.receive(kAlice, text);
        CHECK(stage.heard(kAlice) == Lines{"483 OPTIONS"});
    }
    SECTION("without breadth left, or with one that is no number") {
        request.more = "Max-Breadth: 0\r\n";
        CHECK(answerOf(request) == "440 OPTIONS");
        request.more = "Max-Breadth: wide\r\n";
        request.via += "2";
        CHECK(answerOf(request) == "400 OPTIONS");
    }
    SECTION("coming back as it left") {
        stage.receive(kAlice, request.text());
        REQUIRE(stage.heard(kCarol) == Lines{"OPTIONS"});
        auto back = stage.last(kCarol, "OPTIONS");
        back.addFirst("Via", "SIP/2.0/UDP 192.0.2.21;branch=z9hG4bKcarol");
        back.setRequestUri(request.uri);
        stage.receive(kCarol, back.toString());
        CHECK(stage.heard(kCarol) == Lines{"482 OPTIONS"});
    }
    SECTION("not what comes back for somebody else: a spiral") {
        stage.receive(kAlice, request.text());
        auto back = stage.last(kCarol, stage.heard(kCarol).at(0));
        back.addFirst("Via", "SIP/2.0/UDP 192.0.2.21;branch=z9hG4bKcarol");
        back.setRequestUri("sip:2103@192.0.2.1");
        stage.receive(kCarol, back.toString());
        CHECK(stage.heard(kCarol) == Lines{"OPTIONS"});
    }
}

TEST_CASE("a call between UDP and TCP stays on both flows", "[proxy][rfc3261-16.12]") {
    InCall call;
    REQUIRE(call.routesOfAlice.size() == 2);
    CHECK(call.routesOfAlice == reversed({call.routesOfBob.begin(), call.routesOfBob.end()}));

    SECTION("every method passes from the caller to the callee, and its answer back") {
        unsigned cseq = 2;
        for (const auto* method :
             {"INVITE", "UPDATE", "INFO", "REFER", "PRACK", "NOTIFY", "MESSAGE", "OPTIONS", "COFFEE", "BYE"}) {
            INFO(method);
            auto request = call.byAlice(method, cseq++);
            request.more +=
                "Proxy-Authorization: Digest realm=\"town.example\"\r\nAuthorization: Digest realm=\"elsewhere\"\r\n"
                "P-Asserted-Identity: <sip:17@town.example>\r\n";
            call.receive(kAlice, request.text());
            REQUIRE(call.heard(kBob) == Lines{method});
            const auto sent = call.last(kBob, method);
            CHECK(sent.requestUri().text == kBobContact);
            CHECK(sent.count("Route") == 0);
            CHECK(sent.header("Max-Forwards") == "69");
            CHECK(sent.count("Proxy-Authorization") == 0);
            CHECK(sent.count("Authorization") == 0);
            CHECK(sent.count("P-Asserted-Identity") == 0);
            CHECK(sent.topVia().transport == "TCP");
            call.answer(kBob, method, 200, "bob");
            CHECK(call.heard(kAlice) == Lines{std::string{"200 "} + method});
        }
    }
    SECTION("and from the callee to the caller, at the contact that is seen to be the caller's") {
        for (const auto* method : {"INVITE", "UPDATE", "INFO", "REFER", "NOTIFY", "BYE"}) {
            INFO(method);
            call.receive(kBob, call.byBob(method).text());
            REQUIRE(call.heard(kAliceContactFlow) == Lines{method});
            CHECK(call.last(kAliceContactFlow, method).requestUri().text == kAliceContact);
            CHECK(call.last(kAliceContactFlow, method).count("Route") == 0);
            call.answer(kAliceContactFlow, method, 200, "alice");
            CHECK(call.heard(kBob) == Lines{std::string{"200 "} + method});
        }
        CHECK(call.records.last().cause == CallEnd::CalleeHungUp);
    }
    SECTION("a contact behind NAT is reached by the flow") {
        auto request = call.byBob("INFO");
        request.uri = "sip:alice@192.168.1.10:5060";
        call.receive(kBob, request.text());
        CHECK(call.heard(kAlice) == Lines{"INFO"});
    }
    SECTION("a repeated BYE is one BYE") {
        const auto bye = call.byAlice("BYE").text();
        call.receive(kAlice, bye);
        const auto writes = call.records.writes;
        call.receive(kAlice, bye);
        CHECK(call.heard(kBob) == Lines{"BYE"});
        call.answer(kBob, "BYE", 200, "bob");
        CHECK(call.heard(kAlice) == Lines{"200 BYE"});
        call.receive(kAlice, bye);
        CHECK(call.sendings(kBob) == 0);
        CHECK(call.sendings(kAlice) == 1);  // the answer again
        CHECK(call.records.writes == writes);
        CHECK(call.records.last().cause == CallEnd::CallerHungUp);
    }
    SECTION("a route of others behind ours stays") {
        auto request = call.byAlice("INFO");
        request.more += "Route: <sip:edge.example;lr>\r\n";
        call.receive(kAlice, request.text());
        REQUIRE(call.heard(kBob) == Lines{"INFO"});
        CHECK(call.last(kBob, "INFO").headers("Route") == Values{"<sip:edge.example;lr>"});
    }
    SECTION("a failure within the dialog is the callee's own") {
        call.receive(kAlice, call.byAlice("INVITE").text());
        call.answer(kBob, "INVITE", 491, "bob");
        CHECK(call.heard(kAlice) == Lines{"491 INVITE"});
        CHECK(call.heard(kBob) == Lines{"ACK"});
        CHECK(call.records.last().cause == CallEnd::Open);
    }
}

TEST_CASE("the ACK of a 2xx goes from end to end", "[proxy][rfc3261-17.1.1.3][rfc6026]") {
    InCall call;
    auto ack = call.byAlice("ACK", 1);

    SECTION("each time it comes") {
        call.receive(kAlice, ack.text());
        CHECK(call.heard(kBob) == Lines{"ACK"});
        const auto sent = call.last(kBob, "ACK");
        CHECK(sent.requestUri().text == kBobContact);
        CHECK(sent.header("Max-Forwards") == "69");
        CHECK(sent.count("Route") == 0);
        CHECK(sent.count("Via") == 2);
        call.answer(kBob, "INVITE", 200, "bob");
        call.receive(kAlice, ack.text());
        CHECK(call.heard(kBob) == Lines{"ACK"});
    }
    SECTION("with its body and without credentials for us") {
        ack.more +=
            "Content-Type: application/sdp\r\nProxy-Authorization: Digest username=\"2101\", "
            "realm=\"town.example\"\r\nRemote-Party-ID: <sip:17@town.example>\r\n";
        ack.body = "v=0\r\n";
        call.receive(kAlice, ack.text());
        REQUIRE(call.heard(kBob) == Lines{"ACK"});
        CHECK(call.last(kBob, "ACK").body() == "v=0\r\n");
        CHECK(call.last(kBob, "ACK").count("Proxy-Authorization") == 0);
        CHECK(call.last(kBob, "ACK").count("Remote-Party-ID") == 0);
    }
    SECTION("by its URI if the connection is gone, even if that takes a while") {
        call.fail(kBob);
        ack.uri = "sip:bob@phone.example";
        call.resolver.later["phone.example"] = true;
        call.receive(kAlice, ack.text());
        CHECK(call.heard(kCarol).empty());
        CHECK(call.resolver.tell("phone.example", {{Transport::Udp, kCarol.remote}}));
        CHECK(call.heard(kCarol) == Lines{"ACK"});
    }
    SECTION("not without a hop left") {
        auto text = ack.text();
        text.replace(text.find("Max-Forwards: 70"), 16, "Max-Forwards: 0");
        call.receive(kAlice, text);
        CHECK(call.heard(kBob).empty());
    }
    SECTION("not without a route that we signed for this call") {
        auto other = ack;
        other.callId = "call-2@192.0.2.10";
        call.receive(kAlice, other.text());
        ack.more.clear();
        call.receive(kAlice, ack.text());
        CHECK(call.heard(kBob).empty());
        CHECK(call.resolver.asked.empty());
    }
}

TEST_CASE("both calls of a fork that was answered twice are acknowledged and ended", "[proxy][rfc3261-13.2.2.4]") {
    ProxyStage stage;
    stage.ring({ProxyStage::branch(kBob, "bob"), ProxyStage::branch(kCarol, "carol")});
    stage.receive(kAlice, RequestText{}.text());
    stage.answer(kBob, "INVITE", 200, "bob");
    const auto first = stage.last(kAlice, stage.heard(kAlice).back());
    stage.answer(kCarol, "INVITE", 200, "carol");
    const auto second = stage.last(kAlice, stage.heard(kAlice).back());

    const auto inDialog = [&stage](const sip::Message& answer, const std::string& method, unsigned cseq) {
        RequestText request;
        request.method = method;
        request.uri = "sip:callee@192.0.2.20";
        request.via = "SIP/2.0/UDP 192.0.2.10;branch=z9hG4bK" + method + std::string{answer.to().tag()};
        request.to += ";tag=" + std::string{answer.to().tag()};
        request.cseq = cseq;
        for (const auto& route : reversed(answer.headers("Record-Route"))) request.more += "Route: " + route + "\r\n";
        stage.receive(kAlice, request.text());
    };
    static_cast<void>(stage.heard(kCarol));
    inDialog(first, "ACK", 1);
    inDialog(second, "ACK", 1);
    CHECK(stage.heard(kBob) == Lines{"ACK"});
    CHECK(stage.heard(kCarol) == Lines{"ACK"});
    inDialog(second, "BYE", 2);
    CHECK(stage.heard(kCarol) == Lines{"BYE"});
    CHECK(stage.records.last().cause == CallEnd::Open);
    inDialog(first, "BYE", 2);
    CHECK(stage.heard(kBob) == Lines{"BYE"});
    CHECK(stage.records.last().cause == CallEnd::CallerHungUp);
}

TEST_CASE("a dialog whose connection has closed finds its phone again", "[proxy][rfc5626-5.3]") {
    InCall call;
    call.fail(kBob);
    const auto bye = call.byAlice("BYE").text();

    SECTION("on the connection on which it is registered now") {
        const auto again = tcpFlow(20, 8);
        call.registrations[kBobContact] = again;
        call.receive(kAlice, bye);
        CHECK(call.heard(again) == Lines{"BYE"});
    }
    SECTION("else by its URI, if it may be listening there") {
        auto request = call.byAlice("BYE");
        request.uri = "sip:bob@192.0.2.20:5060;transport=tcp";
        call.receive(kAlice, request.text());
        REQUIRE(call.resolver.asked.size() == 1);
        CHECK(call.resolver.asked[0].host == "192.0.2.20");
        CHECK(call.resolver.asked[0].transport == Transport::Tcp);
        CHECK(call.heard(Flow{Transport::Tcp, 1, 100, *SocketAddress::parse("192.0.2.20", 5060)}) == Lines{"BYE"});
    }
    SECTION("else, at the end of the closed connection or behind NAT, the caller hears it at once") {
        auto request = call.byAlice("BYE");
        request.uri = GENERATE(as<std::string>{}, "sip:bob@192.0.2.20:40000;transport=tcp", kBobContact);
        call.receive(kAlice, request.text());
        CHECK(call.heard(kAlice) == Lines{"480 BYE"});
        CHECK(call.resolver.asked.empty());
    }
    SECTION("else the caller is told, and the call has ended all the same") {
        auto request = call.byAlice("BYE");
        request.uri = "sip:bob@nowhere.example";
        call.receive(kAlice, request.text());
        CHECK(call.heard(kAlice) == Lines{"480 BYE"});
        CHECK(call.records.last().cause == CallEnd::CallerHungUp);
    }
    SECTION("the other direction does not need it") {
        call.receive(tcpFlow(20, 9), call.byBob("BYE").text());
        CHECK(call.heard(kAliceContactFlow) == Lines{"BYE"});
    }
}

TEST_CASE("a dialog whose TLS connection has closed goes on by TLS or not at all", "[proxy][security]") {
    const auto bob = tlsFlow(20, 7);
    InCall call{bob};
    call.fail(bob);
    auto request = call.byAlice("BYE");

    SECTION("by the TLS connection on which it is registered now") {
        const auto again = tlsFlow(20, 8);
        call.registrations[kBobContact] = again;
        call.receive(kAlice, request.text());
        CHECK(call.heard(again) == Lines{"BYE"});
    }
    SECTION("by a new one, if the contact asks for TLS") {
        request.uri = GENERATE(as<std::string>{}, "sip:bob@192.0.2.20:5061;transport=tls", "sips:bob@192.0.2.20");
        call.receive(kAlice, request.text());
        REQUIRE(call.resolver.asked.size() == 1);  // and it leads nowhere but by TLS: resolver
        const auto& hop = call.resolver.asked[0];
        CHECK((hop.secure || hop.transport == Transport::Tls));
        CHECK(hop.host == "192.0.2.20");
    }
    SECTION("to no other contact, wherever it may be listening") {
        request.uri = GENERATE(as<std::string>{}, "sip:bob@192.0.2.20:5060;transport=tcp", "sip:bob@192.0.2.20",
                               "sip:bob@192.0.2.20:40000;transport=tls", "sip:bob@pc.example", kBobContact);
        CAPTURE(request.uri);
        call.receive(kAlice, request.text());
        CHECK(call.heard(kAlice) == Lines{"480 BYE"});
        CHECK(call.resolver.asked.empty());
    }
    SECTION("by no proxy behind it") {
        request.uri = GENERATE(as<std::string>{}, kBobContact, "sip:bob@192.0.2.20:5061;transport=tls");
        request.more += "Route: <sip:edge.example;lr>\r\n";
        call.receive(kAlice, request.text());
        CHECK(call.heard(kAlice) == Lines{"480 BYE"});
        CHECK(call.resolver.asked.empty());
    }
}

TEST_CASE("a call goes on after a restart: all that is known of it travels with it", "[proxy][rfc5626-5.3]") {
    const InCall before;
    ProxyStage after;
    SECTION("towards a phone on UDP") {
        after.receive(tcpFlow(20, 7), before.byBob("BYE").text());
        CHECK(after.heard(kAliceContactFlow) == Lines{"BYE"});
    }
    SECTION("towards one on TCP, once it has registered again") {
        after.wire.kill(kBob);
        after.registrations[kBobContact] = tcpFlow(20, 1);
        after.receive(kAlice, before.byAlice("BYE").text());
        CHECK(after.heard(tcpFlow(20, 1)) == Lines{"BYE"});
    }
    CHECK(after.records.writes == 0);
}

TEST_CASE("only routes that we signed for this call lead anywhere", "[proxy][security]") {
    InCall call;
    SECTION("without a route") {
        auto request = call.byAlice("BYE");
        request.more.clear();
        call.receive(kAlice, request.text());
    }
    SECTION("with the routes of another call") {
        auto request = call.byAlice("BYE");
        request.callId = "call-2@192.0.2.10";
        call.receive(kAlice, request.text());
    }
    SECTION("with a token of one's own making") {
        auto request = call.byAlice("BYE");
        auto& octet = request.more[request.more.find('@') - 3];
        octet = octet == 'A' ? 'B' : 'A';
        request.more.resize(request.more.find("\r\n") + 2);
        call.receive(kAlice, request.text());
    }
    CHECK(call.heard(kAlice) == Lines{"481 BYE"});
    CHECK(call.heard(kBob).empty());
    CHECK(call.records.last().cause == CallEnd::Open);
}

TEST_CASE("routes that name us are taken off", "[proxy][rfc3261-16.4]") {
    assertOnLoop();
    InCall call;
    const auto left = [&call](const std::string& routes) {
        assertOnLoop();
        RequestText text;
        text.more = routes;
        auto request = readMessage(text.text());
        CHECK_FALSE(call.proxy.takeOwnRoutes(request));
        std::vector<std::string> values;
        for (const auto value : request.headers("Route")) values.emplace_back(value);
        return values;
    };
    SECTION("by address or domain, whatever the user part") {
        CHECK(left("Route: <sip:192.0.2.1;lr>\r\n").empty());
        CHECK(left("Route: <sip:192.0.2.1:5060;lr>, <sip:x@town.example;lr>\r\n").empty());
        CHECK(left("Route: <sip:town.example:5070;lr>\r\n").empty());
    }
    SECTION("not those of others, nor what stands behind them") {
        CHECK(left("Route: <sip:192.0.2.2;lr>, <sip:192.0.2.1;lr>\r\n").size() == 2);
        CHECK(left("Route: <sip:192.0.2.1;lr>, <sip:edge.example;lr>\r\n") ==
              std::vector<std::string>{"<sip:edge.example;lr>"});
    }
    SECTION("not another server on our machine") { CHECK(left("Route: <sip:192.0.2.1:5080;lr>\r\n").size() == 1); }
    SECTION("not more of them than there can be") {
        std::string routes;
        for (int i = 0; i < 6; ++i) routes += "Route: <sip:192.0.2.1;lr>\r\n";
        CHECK(left(routes).size() == 2);
    }
    SECTION("what a strict router before us did is undone") {
        auto text = call.byAlice("INFO");
        const auto own = sip::parseNameAddr(call.routesOfAlice[0])->uri.text;
        text.uri = std::string{own};
        text.more =
            "Route: " + call.routesOfAlice[1] + "\r\nRoute: <sip:edge.example;lr>\r\nRoute: <" + kBobContact + ">\r\n";
        auto request = readMessage(text.text());
        const auto flows = call.proxy.takeOwnRoutes(request);
        REQUIRE(flows);
        CHECK(flows->callee == kBob);
        CHECK(flows->caller == kAlice);
        CHECK(request.requestUri().text == kBobContact);
        CHECK(request.headers("Route") == Values{"<sip:edge.example;lr>"});
    }
    SECTION("unless it left no target") {
        auto text = call.byAlice("INFO");
        text.uri = std::string{sip::parseNameAddr(call.routesOfAlice[0])->uri.text};
        text.more.clear();
        auto request = readMessage(text.text());
        CHECK_FALSE(call.proxy.takeOwnRoutes(request));
    }
}
