// SPDX-License-Identifier: AGPL-3.0-or-later
#include "app/routing_chain.hpp"

#include "sip/privacy.hpp"
#include "unit/app/town.hpp"

#include <catch2/catch.hpp>

using namespace beffroi;
using namespace beffroi::test;

namespace {

using Values = std::vector<std::string_view>;

struct Registered : SmallTown {
    Registered() {
        registerPhone(anne);
        registerPhone(counter);
        registerPhone(office);
    }
    Lines call(const std::string& uri, const std::string& more = {}) {
        auto invite = anne.request("INVITE", uri);
        invite.more = more;
        return send(anne, invite);
    }
};

}  // namespace

TEST_CASE("a call of a stranger is challenged, and leaves nothing behind", "[app][rfc3261-22.3][security]") {
    Registered town;
    const auto before = town.transactions.serverTransactions();
    for (const auto* method : {"INVITE", "MESSAGE", "OPTIONS", "REFER", "SUBSCRIBE", "PUBLISH", "COFFEE"}) {
        auto request = town.anne.request(method, "sip:2102@town.example");
        town.receive(town.anne.flow, request.text());
        INFO(method);
        CHECK(town.ear.heard(town.anne.flow) == Lines{std::string{"407 "} + method});
        const auto challenge = town.ear.last(town.anne.flow, std::string{"407 "} + method);
        REQUIRE(challenge.count("Proxy-Authenticate") == 2);
        CHECK(challenge.headers("Proxy-Authenticate")[0].find("SHA-256") != std::string_view::npos);
    }
    CHECK(town.transactions.serverTransactions() == before);
    CHECK(town.records.writes == 0);
    CHECK(town.ear.heard(town.counter.flow).empty());
}

TEST_CASE("a phone whose connection has its certificate needs no password, and is nobody else by it",
          "[app][security]") {
    Registered town;
    const Phone anne{"2101-bureau", "2101", tcpFlow(30, 9)};
    const Phone impostor{"2102-comptoir", "2102", anne.flow};
    town.wire.certify(anne.flow.connection, {"2101.phones.example"});
    const auto ask = [&town](const Phone& phone, const std::string& method, const std::string& number) {
        auto request = phone.request(method, "sip:" + number + "@town.example");
        if (method == "REGISTER") request.more = "Contact: <" + phone.contact() + ">\r\n";
        town.receive(phone.flow, request.text());
        return town.ear.heard(phone.flow);
    };
    CHECK(ask(anne, "REGISTER", "2101") == Lines{"200 REGISTER"});
    CHECK(town.wire.vouchedFor(anne.flow));
    CHECK(ask(anne, "INVITE", "2102") == Lines{"100 INVITE"});
    CHECK(town.ear.heard(town.counter.flow) == Lines{"INVITE"});
    CHECK(ask(impostor, "REGISTER", "2102") == Lines{"403 REGISTER"});
    CHECK(ask(impostor, "MESSAGE", "2103") == Lines{"403 MESSAGE"});
    town.wire.certify(anne.flow.connection, {"nobody.example"});
    CHECK(ask(anne, "MESSAGE", "2102") == Lines{"407 MESSAGE"});
}

TEST_CASE("the edge is told of a connection by which somebody has proven who they are", "[app][security]") {
    SmallTown town;
    auto request = town.office.request("REGISTER", "sip:town.example");
    request.via += "stranger";
    town.receive(town.office.flow, request.text());
    CHECK(town.ear.heard(town.office.flow) == Lines{"401 REGISTER"});
    CHECK_FALSE(town.wire.vouchedFor(town.office.flow));
    town.registerPhone(town.office);
    CHECK(town.wire.vouchedFor(town.office.flow));
}

TEST_CASE("a secure call goes by TLS alone, or not at all", "[app][rfc3261-26][rfc5630-5]") {
    Registered town;
    const auto overTls = [](const Flow& flow) { return Flow{Transport::Tls, 2, flow.connection, flow.remote}; };
    const Phone anne{"2101-bureau", "2101", overTls(tcpFlow(30, 9))};
    const Phone office{"2102-bureau", "2102", overTls(tcpFlow(31, 11))};
    const auto call = [&town, &anne] { return town.send(anne, anne.request("INVITE", "sips:2102@town.example")); };

    CHECK(call() == Lines{"480 INVITE"});
    town.registerPhone(office);
    static_cast<void>(town.ear.heard(office.flow));
    CHECK(call() == Lines{"100 INVITE"});
    CHECK(town.ear.heard(town.counter.flow).empty());
    CHECK(town.ear.heard(town.office.flow).empty());
    REQUIRE(town.ear.heard(office.flow) == Lines{"INVITE"});
    const auto sent = town.ear.last(office.flow, "INVITE");
    CHECK(sent.requestUri().text == "sips" + office.contact().substr(3));
    CHECK(sent.header("Record-Route").value_or("").starts_with("<sips:"));
    CHECK(sent.header("Via").value_or("").starts_with("SIP/2.0/TLS "));
    SECTION("one that came without TLS has lost its promise") {
        CHECK(town.call("sips:2102@town.example") == Lines{"416 INVITE"});
    }
}

TEST_CASE("a call rings every phone of its extension", "[app][rfc3261-16]") {
    Registered town;
    REQUIRE(town.call("sip:2102@town.example",
                      "Proxy-Authorization: Digest username=\"x\", realm=\"elsewhere\"\r\n"
                      "P-Asserted-Identity: <sip:2000@town.example>\r\nX-Own: kept\r\n") == Lines{"100 INVITE"});
    for (const auto* phone : {&town.counter, &town.office}) {
        REQUIRE(town.ear.heard(phone->flow) == Lines{"INVITE"});
        const auto sent = town.ear.last(phone->flow, "INVITE");
        CHECK(sent.requestUri().text == phone->contact());
        CHECK(sent.count("Proxy-Authorization") == 0);
        CHECK(sent.headers("P-Asserted-Identity") ==
              Values{R"("Anne \"la Mairie\" Castelain" <sip:2101@town.example>)"});
        CHECK(sent.header("From") == R"("Anne \"la Mairie\" Castelain" <sip:2101@town.example>;tag=2101-bureau)");
        CHECK(sent.header("X-Own") == "kept");
        CHECK(sent.count("Record-Route") == (phone == &town.office ? 2 : 1));
    }
    const auto& record = town.records.last();
    CHECK(record.caller == "2101");
    CHECK(record.callerAccount == "2101-bureau");
    CHECK(record.dialled == "2102");

    SECTION("the one that answers has it, and the dialog goes through us without another challenge") {
        town.answer(town.office, "INVITE", 180);
        town.answer(town.office, "INVITE", 200);
        REQUIRE(town.ear.heard(town.anne.flow) == Lines{"180 INVITE", "200 INVITE"});
        for (const auto* line : {"180 INVITE", "200 INVITE"}) {
            CHECK(town.ear.last(town.anne.flow, line).headers("P-Asserted-Identity") ==
                  Values{R"("Accueil" <sip:2102@town.example>)"});
        }
        CHECK(town.records.last().answeredBy == "2102 (2102-bureau)");
        const auto answered = town.ear.last(town.anne.flow, "200 INVITE");
        auto ack = town.anne.request("ACK", town.office.contact());
        ack.callId = answered.callId();
        ack.cseq = 2;
        ack.via += "ack";
        ack.to = answered.header("To").value();
        auto routes = answered.headers("Record-Route");
        std::reverse(routes.begin(), routes.end());
        for (const auto route : routes) ack.more += "Route: " + std::string{route} + "\r\n";
        town.receive(town.anne.flow, ack.text());
        CHECK(town.ear.heard(town.office.flow) == Lines{"ACK"});

        auto update = ack;
        update.method = "UPDATE";
        update.cseq = 3;
        update.via += "u";
        update.more += "P-Asserted-Identity: <sip:17@town.example>\r\nRemote-Party-ID: <sip:17@town.example>\r\n";
        town.receive(town.anne.flow, update.text());
        REQUIRE(town.ear.heard(town.office.flow) == Lines{"UPDATE"});
        const auto sent = town.ear.last(town.office.flow, "UPDATE");
        CHECK(sent.count("P-Asserted-Identity") == 0);
        CHECK(sent.count("Remote-Party-ID") == 0);

        SECTION("also while the exchange drains") { town.chain.drain(); }
        SECTION("but whoever has read the route, and is elsewhere, is asked who it is") {
            auto moved = town.anne;
            moved.flow = udpFlow(99);
            auto bye = ack;
            bye.method = "BYE";
            bye.cseq = 4;
            town.receive(moved.flow, bye.text());
            CHECK(town.ear.heard(moved.flow) == Lines{"407 BYE"});
            CHECK(town.ear.heard(town.office.flow).empty());
            CHECK(town.records.last().cause == CallEnd::Open);
            CHECK(town.send(moved, bye).empty());
            CHECK(town.ear.heard(town.office.flow) == Lines{"BYE"});
            return;
        }
        SECTION("and on its new connection once the old one has closed") {
            town.lose(town.office);
            auto again = town.office;
            again.flow.connection = 8;
            auto request = again.request("REGISTER", "sip:town.example");
            request.cseq = 10;
            request.to = "<sip:2102@town.example>";
            request.more = "Contact: <" + town.office.contact() + ">\r\n";
            REQUIRE(town.send(again, request) == Lines{"200 REGISTER"});
            auto bye = ack;
            bye.method = "BYE";
            bye.cseq = 4;
            bye.via += "b";
            town.receive(town.anne.flow, bye.text());
            CHECK(town.ear.heard(again.flow) == Lines{"BYE"});
            return;
        }
        auto bye = ack;
        bye.method = "BYE";
        bye.cseq = 4;
        bye.via += "b";
        town.receive(town.anne.flow, bye.text());
        CHECK(town.ear.heard(town.office.flow) == Lines{"BYE"});
        CHECK(town.records.last().cause == CallEnd::CallerHungUp);
    }
    SECTION("nobody does: after the ring time the caller is told") {
        town.answer(town.counter, "INVITE", 180);
        town.answer(town.office, "INVITE", 180);
        static_cast<void>(town.ear.heard(town.anne.flow));
        town.pass(60s + 10ms);
        CHECK(town.ear.heard(town.counter.flow) == Lines{"CANCEL"});
        town.answer(town.counter, "INVITE", 487);
        town.answer(town.office, "INVITE", 487);
        CHECK(town.ear.heard(town.anne.flow) == Lines{"480 INVITE"});
        CHECK(town.records.last().cause == CallEnd::NoAnswer);
    }
    SECTION("the caller gives up") {
        town.answer(town.counter, "INVITE", 180);
        town.answer(town.office, "INVITE", 180);
        static_cast<void>(town.ear.heard(town.anne.flow));
        auto cancel = town.anne.request("CANCEL", "sip:2102@town.example");
        const auto ringing = town.ear.last(town.anne.flow, "180 INVITE");
        cancel.via = ringing.header("Via").value();
        cancel.callId = ringing.callId();
        cancel.cseq = 2;
        town.receive(town.anne.flow, cancel.text());
        CHECK(town.ear.heard(town.anne.flow) == Lines{"200 CANCEL"});
        town.answer(town.counter, "INVITE", 487);
        town.answer(town.office, "INVITE", 487);
        CHECK(town.ear.heard(town.anne.flow) == Lines{"487 INVITE"});
        CHECK(town.records.last().cause == CallEnd::Cancelled);
    }
}

TEST_CASE("every way of writing a number of ours is understood", "[app][rfc3261-16.4]") {
    for (const auto* uri :
         {"sip:2102@town.example", "sip:2102@TOWN.example:5060", "sip:2102@mairie.example", "sip:2102@192.0.2.1",
          "sip:2102@192.0.2.1:5080;user=phone", "sip:%32102@town.example", "tel:2102", "tel:21-02;ext=1",
          "tel:(21)02;phone-context=mairie.example", "sip:21-02;phone-context=town.example@town.example;user=phone"}) {
        Registered town;
        INFO(uri);
        CHECK(town.call(uri) == Lines{"100 INVITE"});
        CHECK(town.ear.heard(town.counter.flow) == Lines{"INVITE"});
        CHECK(town.records.last().dialled == "2102");
    }
    Registered town;
    CHECK(town.call("sip:2102@town.example", "Route: <sip:192.0.2.1;lr>, <sip:town.example;lr>\r\n") ==
          Lines{"100 INVITE"});
}

TEST_CASE("a call that leads nowhere is refused, with a record", "[app][calls]") {
    struct Row {
        const char* uri;
        const char* answer;
        int status;
        CallEnd cause;
    };
    const Row rows[] = {
        {"sip:9999@town.example", "404 INVITE", 404, CallEnd::Refused},                     // nobody's
        {"sip:alice@town.example", "404 INVITE", 404, CallEnd::Refused},                    // no number
        {"tel:2102;phone-context=elsewhere.example", "404 INVITE", 404, CallEnd::Refused},  // somebody else's
        {"tel:2102;phone-context=+33", "404 INVITE", 404, CallEnd::Refused},
        {"sip:*98@town.example", "404 INVITE", 404, CallEnd::Refused},  // a key code that does nothing
        {"sip:2103@town.example", "480 INVITE", 480, CallEnd::Failed},  // no phone registered
        {"sip:2104@town.example", "480 INVITE", 480, CallEnd::Failed},  // no phone at all
        {"sip:2101@town.example", "480 INVITE", 480, CallEnd::Failed},  // the caller's own
    };
    for (const auto& row : rows) {
        Registered town;
        INFO(row.uri);
        CHECK(town.call(row.uri) == Lines{row.answer});
        CHECK(town.records.last().status == row.status);
        CHECK(town.records.last().cause == row.cause);
        CHECK(town.records.last().caller == "2101");
        CHECK(town.calls.size() == 0);
    }
}

TEST_CASE("what is not for us is refused before anything is asked", "[app][security]") {
    struct Row {
        const char* method;
        const char* uri;
        const char* more;
        const char* answer;
    };
    const Row rows[] = {
        {"INVITE", "sip:2102@elsewhere.example", "", "403 INVITE"},
        {"INVITE", "sip:2102@192.0.2.9", "", "403 INVITE"},
        {"INVITE", "sip:2102@town.example", "Route: <sip:192.0.2.9;lr>\r\n", "403 INVITE"},
        {"INVITE", "sips:2102@town.example", "", "416 INVITE"},
        {"INVITE", "sip:town.example", "", "405 INVITE"},
        {"INVITE", "sip:2102@town.example", "Proxy-Require: privacy\r\n", "420 INVITE"},
        {"INVITE", "sip:2102@town.example", "Max-Breadth: 0\r\n", "440 INVITE"},
        {"INVITE", "sip:2102@town.example", "Max-Breadth: many\r\n", "400 INVITE"},
        {"INVITE", "sip:2102@town.example", "Privacy: header;critical\r\n", "500 INVITE"},
        {"INVITE", "sip:2102@elsewhere.example", "Proxy-Require: privacy\r\n", "420 INVITE"},
        {"COFFEE", "sip:2102@elsewhere.example", "", "403 COFFEE"},
        {"COFFEE", "sip:elsewhere.example", "", "403 COFFEE"},
        {"COFFEE", "sip:town.example", "", "501 COFFEE"},
        {"BYE", "sip:2102@town.example", "", "481 BYE"},
        {"PRACK", "sip:2102@town.example", "", "481 PRACK"},
        {"UPDATE", "sip:2102@town.example", "", "481 UPDATE"},
        {"INFO", "sip:2102@town.example", "", "481 INFO"},
        {"NOTIFY", "sip:2102@town.example", "", "481 NOTIFY"},
        {"OPTIONS", "sip:town.example", "Require: gruu\r\n", "420 OPTIONS"},
        {"REGISTER", "sip:town.example", "Require: gruu\r\n", "420 REGISTER"},
        {"REGISTER", "sip:town.example", "Proxy-Require: sec-agree\r\n", "420 REGISTER"},
        {"OPTIONS", "sip:town.example", "", "200 OPTIONS"},
        {"OPTIONS", "sip:192.0.2.1:5060", "", "200 OPTIONS"},
    };
    Registered town;
    const auto writes = town.records.writes;
    for (const auto& row : rows) {
        INFO(row.method << ' ' << row.uri << ' ' << row.more);
        auto request = town.anne.request(row.method, row.uri);
        request.more = row.more;
        CHECK(town.send(town.anne, request) == Lines{row.answer});
    }
    auto request = town.anne.request("INFO", "sip:2102@town.example");
    request.to += ";tag=unknown";
    request.callId = "stray";
    CHECK(town.send(town.anne, request) == Lines{"481 INFO"});
    CHECK(town.ear.heard(town.counter.flow).empty());
    CHECK(town.records.writes == writes);
}

TEST_CASE("we say what we can do", "[app][rfc3261-11]") {
    Registered town;
    SECTION("when we are asked") {
        REQUIRE(town.send(town.anne, town.anne.request("OPTIONS", "sip:town.example")) == Lines{"200 OPTIONS"});
        const auto answer = town.ear.last(town.anne.flow, "200 OPTIONS");
        CHECK(answer.header("Allow").value_or("").find("INVITE") != std::string_view::npos);
        CHECK(answer.header("Supported") == "path, outbound");
        CHECK(answer.header("Accept") == "application/sdp");
    }
    SECTION("when a method is unknown") {
        REQUIRE(town.send(town.anne, town.anne.request("COFFEE", "sip:town.example")) == Lines{"501 COFFEE"});
        CHECK(town.ear.last(town.anne.flow, "501 COFFEE").header("Allow").value_or("").find("INVITE") !=
              std::string_view::npos);
    }
    SECTION("when a method is known, and not for us") {
        for (const std::string method : {"INVITE", "MESSAGE", "REFER", "SUBSCRIBE", "PUBLISH"}) {
            INFO(method);
            REQUIRE(town.send(town.anne, town.anne.request(method, "sip:town.example")) == Lines{"405 " + method});
            CHECK(town.ear.last(town.anne.flow, "405 " + method).headers("Allow") == Values{"OPTIONS, REGISTER"});
        }
    }
    SECTION("when a content is") {
        struct Row {
            const char* method;
            const char* more;
            int status;
        };
        for (const auto& row :
             {Row{"OPTIONS", "Content-Type: text/plain\r\n", 415},
              Row{"OPTIONS", "c: Multipart/mixed;boundary=x\r\n", 415},
              Row{"REGISTER", "Content-Type: application/resource-lists+xml\r\n", 415},
              Row{"OPTIONS", "Content-Type: text/plain\r\nContent-Disposition: icon;handling=required\r\n", 415},
              Row{"OPTIONS", "Content-Type: text/plain\r\nContent-Disposition: icon ; Handling=Optional\r\n", 200},
              Row{"OPTIONS", "Content-Type: Application/SDP ; charset=utf-8\r\n", 200}}) {
            auto request = town.anne.request(row.method, "sip:town.example");
            request.more = row.more;
            request.body = "v=0\r\n";
            const auto line = std::to_string(row.status) + ' ' + row.method;
            INFO(row.method << ' ' << row.more);
            REQUIRE(town.send(town.anne, request) == Lines{line});
            const auto answer = town.ear.last(town.anne.flow, line);
            CHECK(answer.header("Accept") == "application/sdp");
        }
    }
    SECTION("a content that only the callee must know is the callee's business") {
        auto request = town.anne.request("MESSAGE", "sip:2102@town.example");
        request.more = "Content-Type: multipart/mixed;boundary=x\r\n";
        request.body = std::string{"--x\r\n\r\n\0\xff\r\n--x--\r\n", 19};
        CHECK(town.send(town.anne, request).empty());
        REQUIRE(town.ear.heard(town.counter.flow) == Lines{"MESSAGE"});
        CHECK(town.ear.last(town.counter.flow, "MESSAGE").body() == request.body);
    }
    SECTION("when an extension is: those that we do not know are named, path is not") {
        auto request = town.anne.request("OPTIONS", "sip:town.example");
        request.more = "Require: gruu, path\r\nRequire: 100rel\r\n";
        REQUIRE(town.send(town.anne, request) == Lines{"420 OPTIONS"});
        CHECK(town.ear.last(town.anne.flow, "420 OPTIONS").headers("Unsupported") == Values{"gruu", "100rel"});
        CHECK(town.call("sip:2102@town.example", "Proxy-Require: a, PATH\r\nRequire: b\r\nProxy-Require: c\r\n") ==
              Lines{"420 INVITE"});
        CHECK(town.ear.last(town.anne.flow, "420 INVITE").headers("Unsupported") == Values{"a", "c"});
    }
    SECTION("when an event is, to who may ask") {
        for (const std::string method : {"SUBSCRIBE", "PUBLISH"}) {
            auto request = town.anne.request(method, "sip:2102@town.example");
            request.more = "Event: presence\r\n";
            CHECK(town.send(town.anne, request) == Lines{"489 " + method});
        }
        CHECK(town.ear.heard(town.counter.flow).empty());
    }
    SECTION("an extension that only the callee must know is the callee's business") {
        CHECK(town.call("sip:2102@town.example", "Require: 100rel\r\n") == Lines{"100 INVITE"});
        REQUIRE(town.ear.heard(town.counter.flow) == Lines{"INVITE"});
        CHECK(town.ear.last(town.counter.flow, "INVITE").header("Require") == "100rel");
    }
    SECTION("a method that only the callee must know too") {
        CHECK(town.send(town.anne, town.anne.request("COFFEE", "sip:2102@town.example")).empty());
        CHECK(town.ear.heard(town.counter.flow) == Lines{"COFFEE"});
    }
}

TEST_CASE("a request that has no hop left ends here, unless it is for us", "[app][rfc3261-16.3][rfc3261-11]") {
    Registered town;
    const auto without = [&town](const char* uri) {
        static int number = 0;
        auto request = town.anne.request("OPTIONS", uri);
        request.via += "hop" + std::to_string(++number);
        town.receive(town.anne.flow, replaceOnce(request.text(), "Max-Forwards: 70", "Max-Forwards: 0"));
        return town.ear.heard(town.anne.flow);
    };
    CHECK(without("sip:2102@town.example") == Lines{"483 OPTIONS"});
    CHECK(without("sip:2102@elsewhere.example") == Lines{"483 OPTIONS"});
    CHECK(without("sip:town.example") == Lines{"200 OPTIONS"});
}

TEST_CASE("what is refused before anything is asked leaves nothing behind", "[app][memory][security]") {
    Registered town;
    const auto before = town.transactions.serverTransactions();
    const auto written = town.records.writes;
    for (const auto* uri : {"sip:2102@elsewhere.example", "sip:town.example", "sips:2102@town.example"}) {
        auto invite = town.anne.request("INVITE", uri);
        town.receive(town.anne.flow, invite.text());
        CHECK(town.ear.heard(town.anne.flow).size() == 1);
        CHECK(town.transactions.serverTransactions() == before);
        CHECK(town.records.writes == written);
    }
}

TEST_CASE("nobody speaks as another, whatever the method", "[app][security][rfc3261-22.1]") {
    for (const std::string method : {"INVITE", "MESSAGE", "REFER", "OPTIONS", "SUBSCRIBE", "PUBLISH", "COFFEE"}) {
        Registered town;
        auto request = town.anne.request(method, "sip:2102@town.example");
        request.from = "\"The Mayor\" <sip:2103@town.example>;tag=anne";
        INFO(method);
        CHECK(town.send(town.anne, request) == Lines{"403 " + method});
        CHECK(town.ear.heard(town.counter.flow).empty());
    }
    SmallTown town;
    auto request = town.anne.request("REGISTER", "sip:town.example");
    request.to = "<sip:2101@town.example>";
    request.from = "<sip:2103@town.example>;tag=anne";
    request.more = "Contact: <" + town.anne.contact() + ">\r\n";
    CHECK(town.send(town.anne, request) == Lines{"403 REGISTER"});
    CHECK(town.registrar.table().size() == 0);
}

TEST_CASE("a phone calls as itself or hides its number, never as another", "[app][security][rfc3323-4.1]") {
    struct Row {
        const char* from;
        bool may;
    };
    const Row rows[] = {
        {"<sip:2101@town.example>", true},
        {"\"Anne\" <sip:2101@192.0.2.1>", true},
        {"<sip:2101-bureau@mairie.example>", true},
        {"<sip:%32101@town.example>", true},
        {"\"Anonymous\" <sip:anonymous@anonymous.invalid>", true},
        {"<sip:2102@town.example>", false},
        {"<sip:2102-bureau@town.example>", false},
        {"<sip:2101@elsewhere.example>", false},
        {"<sip:2102@anonymous.invalid>", false},
        {"<tel:2101>", false},
        {"<sip:town.example>", false},
    };
    for (const auto& row : rows) {
        Registered town;
        auto invite = town.anne.request("INVITE", "sip:2102@town.example");
        invite.from = std::string{row.from} + ";tag=anne";
        INFO(row.from);
        CHECK(town.send(town.anne, invite) == (row.may ? Lines{"100 INVITE"} : Lines{"403 INVITE"}));
        CHECK(town.ear.heard(town.counter.flow).size() == (row.may ? 1 : 0));
        if (!row.may) {
            CHECK(town.records.last().cause == CallEnd::Refused);
            CHECK(town.records.last().caller == "2101");  // who it really was
        }
    }
}

TEST_CASE("a phone that asks for privacy is hidden from who is called, and not from us",
          "[app][rfc3323-4][rfc3325-7]") {
    using Row = std::pair<const char*, bool>;
    for (const auto& [more, hidden] : {Row{"Privacy: id\r\n", true}, Row{"Privacy: user\r\n", true},
                                       Row{"Privacy: none\r\n", false}, Row{"", false}}) {
        Registered town;
        INFO(more);
        REQUIRE(town.call("sip:2102@town.example", more) == Lines{"100 INVITE"});
        REQUIRE(town.ear.heard(town.counter.flow) == Lines{"INVITE"});
        const auto sent = town.ear.last(town.counter.flow, "INVITE");
        CHECK(sent.count("P-Asserted-Identity") == (hidden ? 0 : 1));
        CHECK(sip::isAnonymous(sent.from().uri) == hidden);
        CHECK(town.records.last().caller == "2101");
        town.answer(town.counter, "INVITE", 180);
        REQUIRE(town.ear.heard(town.anne.flow) == Lines{"180 INVITE"});
        CHECK(town.ear.last(town.anne.flow, "180 INVITE").from().uri.user == "2101");
    }
}

TEST_CASE("phones ring by q, and never their own caller", "[app][rfc3261-16.6]") {
    SmallTown town;
    town.registerPhone(town.counter, {}, ";q=0.5");
    town.registerPhone(town.office, {}, ";q=0.9");
    town.registerPhone(town.anne);

    SECTION("the higher q first") {
        CHECK(town.send(town.anne, town.anne.request("INVITE", "sip:2102@town.example")) == Lines{"100 INVITE"});
        CHECK(town.ear.heard(town.office.flow) == Lines{"INVITE"});
        CHECK(town.ear.heard(town.counter.flow).empty());
        town.answer(town.office, "INVITE", 486);
        CHECK(town.ear.heard(town.counter.flow) == Lines{"INVITE"});
    }
    SECTION("a colleague's phone of the same extension can be called from it") {
        CHECK(town.send(town.counter, town.counter.request("INVITE", "sip:2102@town.example")) == Lines{"100 INVITE"});
        CHECK(town.ear.heard(town.office.flow) == Lines{"INVITE"});
        CHECK(town.ear.heard(town.counter.flow).empty());
    }
}

TEST_CASE("a phone that registered through a proxy is called through it", "[app][rfc3327-5.4]") {
    SmallTown town;
    town.registerPhone(town.school, "Supported: path\r\nPath: <sip:edge.example;lr>\r\n");
    CHECK(town.send(town.anne, town.anne.request("INVITE", "sip:2103@town.example")) == Lines{"100 INVITE"});
    REQUIRE(town.ear.heard(town.school.flow) == Lines{"INVITE"});
    const auto sent = town.ear.last(town.school.flow, "INVITE");
    CHECK(sent.headers("Route") == Values{"<sip:edge.example;lr>"});
    CHECK(sent.requestUri().text == town.school.contact());
}

TEST_CASE("header fields within a contact never reach a Request-URI", "[app][rfc3261-19.1.1][security]") {
    SmallTown town;
    town.registerPhone(town.anne);
    auto request = town.school.request("REGISTER", "sip:town.example");
    request.to = "<sip:2103@town.example>";
    int number = 0;
    for (const auto* contact : {"sip:a?b@192.0.2.22", "sip:a?b@192.0.2.22;x=y"}) {
        for (const auto* headers : {"", "?Route=%3Csip:elsewhere.example%3E", "?X=1&Subject=hello"}) {
            auto registering = request;
            registering.callId = std::to_string(++number);
            registering.more = "Contact: <" + std::string{contact} + headers + ">;+sip.instance=\"<urn:x>\"\r\n";
            REQUIRE(town.send(town.school, registering) == Lines{"200 REGISTER"});
            auto invite = town.anne.request("INVITE", "sip:2103@town.example");
            invite.callId = registering.callId;
            INFO(contact << headers);
            REQUIRE(town.send(town.anne, invite) == Lines{"100 INVITE"});
            REQUIRE(town.ear.heard(town.school.flow) == Lines{"INVITE"});
            CHECK(town.ear.last(town.school.flow, "INVITE").requestUri().text == contact);
        }
    }
}

TEST_CASE("rooms and the echo test are the bridge's", "[app][rooms]") {
    struct Row {
        const char* number;
        const char* uri;
    };
    const Row rows[] = {
        {"8000", "sip:8000@127.0.0.1:5070;service=room;members=12"},
        {"8001", "sip:8001@127.0.0.1:5070;service=room"},
        {"8099", "sip:8099@127.0.0.1:5070;service=echo"},
    };
    for (const auto& row : rows) {
        Registered town;
        CHECK(town.call(std::string{"sip:"} + row.number + "@town.example;service=echo;members=99") ==
              Lines{"100 INVITE"});
        REQUIRE(town.ear.heard(town.bridge.flow) == Lines{"INVITE"});
        const auto sent = town.ear.last(town.bridge.flow, "INVITE");
        CHECK(sent.requestUri().text == row.uri);
        CHECK(sent.count("Proxy-Authorization") == 0);
        CHECK(sent.count("P-Asserted-Identity") == 1);
        town.answer(town.bridge, "INVITE", 200);
        CHECK(town.ear.heard(town.anne.flow) == Lines{"200 INVITE"});
        CHECK(town.ear.last(town.anne.flow, "200 INVITE").header("P-Asserted-Identity").value_or("").find(row.number) !=
              std::string_view::npos);
        CHECK(town.records.last().answeredBy == row.number);
    }
    Registered town;  // the bridge is down
    static_cast<void>(town.call("sip:8000@town.example"));
    town.lose(town.bridge);
    CHECK(town.ear.heard(town.anne.flow) == Lines{"480 INVITE"});
}

TEST_CASE("an exchange that drains takes no new call", "[app][drain]") {
    Registered town;
    town.chain.drain();
    REQUIRE(town.call("sip:2102@town.example") == Lines{"503 INVITE"});
    CHECK(town.ear.last(town.anne.flow, "503 INVITE").header("Retry-After") == "5");
    CHECK(town.records.last().status == 503);
    CHECK(town.records.last().cause == CallEnd::Failed);
    CHECK(town.ear.heard(town.counter.flow).empty());

    CHECK(town.send(town.anne, town.anne.request("MESSAGE", "sip:2102@town.example")).empty());
    CHECK(town.ear.heard(town.counter.flow) == Lines{"MESSAGE"});
    CHECK(town.send(town.anne, town.anne.request("OPTIONS", "sip:town.example")) == Lines{"200 OPTIONS"});
}

TEST_CASE("a phone with several flows rings once, by the latest", "[app][rfc5626-7]") {
    SmallTown town;
    const std::string instance = ";+sip.instance=\"<urn:uuid:00000000-0000-1000-8000-000a95a0e128>\"";
    const Phone first{"2102-bureau", "2102", tcpFlow(21, 7)};
    const Phone second{"2102-bureau", "2102", tcpFlow(22, 8)};
    town.registerPhone(town.anne);
    town.registerPhone(first, "Supported: outbound\r\n", instance + ";reg-id=1");
    town.registerPhone(second, "Supported: outbound\r\n", instance + ";reg-id=2");
    town.registerPhone(town.counter);
    REQUIRE(town.send(town.anne, town.anne.request("INVITE", "sip:2102@town.example")) == Lines{"100 INVITE"});
    CHECK(town.ear.heard(town.counter.flow) == Lines{"INVITE"});
    CHECK(town.ear.heard(second.flow) == Lines{"INVITE"});
    CHECK(town.ear.heard(first.flow).empty());
    town.lose(second);
    CHECK(town.ear.heard(first.flow) == Lines{"INVITE"});
    town.lose(first);
    CHECK(town.ear.heard(town.anne.flow).empty());
    town.answer(town.counter, "INVITE", 200);
    CHECK(town.ear.heard(town.anne.flow) == Lines{"200 INVITE"});
}
