// SPDX-License-Identifier: AGPL-3.0-or-later
//
// Calls to the outside and from there, as the exchange leads them through all of its parts.
#include "unit/app/town.hpp"

#include <catch2/catch.hpp>

using namespace beffroi;
using namespace beffroi::test;

namespace {

// The small town with an operator's access at 198.51.100.9.
struct Connected : SmallTown {
    explicit Connected(guard::GuardSettings settings = trusting()) : SmallTown{std::move(settings)} {
        change([](DirectorySnapshot&) {});
        registerPhone(anne);
        registerPhone(counter);
    }
    void change(const std::function<void(DirectorySnapshot&)>& more) {
        auto town = std::make_shared<DirectorySnapshot>(*plan());
        town->town.outsidePrefix = "0";
        town->town.gateway = "operator";
        auto& by = town->gateways["operator"];
        by.id = "operator";
        by.uri = "sip:198.51.100.9";
        by.sources = {"198.51.100.0/28"};
        by.called = NumberFormat::National;
        by.number = "+33327000100";
        town->directNumbers.push_back({"+33327000101", "+33327000101", "2101", ""});
        town->directNumberOf["2101"] = "+33327000101";
        town->contacts["+33612345678"] = {"+33612345678", "Plombier"};
        auto& site = town->sites["ecole"];
        site.id = "ecole";
        site.emergencyNumber = "+33327000150";
        town->devices["2101-bureau"].site = "ecole";
        more(*town);
        directory.publish(std::move(town));
    }
    [[nodiscard]] static RequestText fromOutside(const std::string& called) {
        RequestText invite;
        invite.uri = "sip:" + called + "@192.0.2.1";
        invite.to = '<' + invite.uri + '>';
        invite.from = "\"Somebody\" <sip:+33612345678@sbc.example>;tag=outside";
        invite.via = "SIP/2.0/UDP 198.51.100.9:5060;branch=z9hG4bKoperator";
        invite.callId = "from-outside";
        return invite;
    }
    Lines dial(const std::string& number, const std::string& more = {}, const std::string& from = {}) {
        auto invite = anne.request("INVITE", "sip:" + number + "@town.example");
        invite.more = more;
        if (!from.empty()) invite.from = from;
        return send(anne, invite);
    }
    [[nodiscard]] sip::Message sent(const std::string& line = "INVITE") {
        static_cast<void>(ear.heard(access));
        return ear.last(access, line);
    }
    [[nodiscard]] static std::string text(std::optional<std::string_view> value) {
        return std::string{value.value_or("-")};
    }

    const Flow access{Transport::Udp, 0, 0, *SocketAddress::parse("198.51.100.9", 5060)};
};

}  // namespace

TEST_CASE("a call to the outside leaves in the operator's words and nothing of the town's", "[app][gateway]") {
    Connected town;
    CHECK(town.dial("00612345678", "Subject: secret\r\nP-Preferred-Identity: <sip:2101@town.example>\r\n") ==
          Lines{"100 INVITE"});
    const auto invite = town.sent();
    CHECK(invite.requestUri().text == "sip:0612345678@198.51.100.9;user=phone");
    CHECK(invite.header("To") == "<sip:0612345678@198.51.100.9;user=phone>");
    CHECK(invite.header("From") == "<sip:+33327000101@town.example;user=phone>;tag=2101-bureau");
    CHECK(invite.header("P-Asserted-Identity") == "<sip:+33327000101@town.example;user=phone>");
    for (const auto* name : {"Subject", "Privacy", "P-Preferred-Identity", "Diversion", "History-Info"}) {
        CHECK(invite.count(name) == 0);
    }
    town.receive(town.access, answerTo(invite.toString(), 180, "far", "P-Asserted-Identity: <tel:+33612345678>\r\n"));
    CHECK(town.ear.heard(town.anne.flow) == Lines{"180 INVITE"});
    const auto ringing = town.ear.last(town.anne.flow, "180 INVITE");
    CHECK(ringing.header("To") == "<sip:00612345678@town.example>;tag=far");
    CHECK(Connected::text(ringing.header("From")).find("2101@town.example") != std::string::npos);
    CHECK(ringing.count("P-Asserted-Identity") == 0);

    town.receive(town.access, answerTo(invite.toString(), 200, "far"));
    CHECK(town.ear.heard(town.anne.flow) == Lines{"200 INVITE"});
    CHECK(town.calls.usage().callsBy("operator") == 1);
    const auto& record = town.records.last();
    CHECK(record.destination == "+33612345678");
    CHECK(record.gateway == "operator");
    CHECK(record.numberClass == "mobile");
    CHECK(record.presented == "+33327000101");
    CHECK(record.kind == CallKind::Ordinary);
}

TEST_CASE("a number that is withheld is told to the operator alone", "[app][gateway][rfc3323-4.1]") {
    Connected town;
    const auto& [more, from] = GENERATE(table<std::string, std::string>(
        {{"Privacy: id\r\n", ""}, {"", "<sip:anonymous@anonymous.invalid>;tag=2101-bureau"}}));
    town.dial("00612345678", more, from);
    const auto invite = town.sent();
    CHECK(invite.header("From") == "\"Anonymous\" <sip:anonymous@anonymous.invalid>;tag=2101-bureau");
    CHECK(invite.header("P-Asserted-Identity") == "<sip:+33327000101@town.example;user=phone>");
    CHECK(invite.header("Privacy") == "id");
}

TEST_CASE("a call from outside needs no digest, and rings who has the number", "[app][gateway][security]") {
    Connected town;
    auto invite = Connected::fromOutside("0327000101");
    invite.more =
        "P-Asserted-Identity: <sip:+33612345678@sbc.example>\r\nX-Billing: secret\r\n"
        "Diversion: <sip:+33327000999@sbc.example>;reason=unconditional\r\n";
    town.receive(town.access, invite.text());
    CHECK(town.ear.heard(town.access) == Lines{"100 INVITE"});
    REQUIRE(town.ear.heard(town.anne.flow) == Lines{"INVITE"});
    const auto rung = town.ear.last(town.anne.flow, "INVITE");
    CHECK(rung.header("From") == "\"Plombier\" <sip:00612345678@town.example>;tag=outside");
    CHECK(rung.header("P-Asserted-Identity") == "\"Plombier\" <sip:00612345678@town.example>");
    CHECK(rung.header("Diversion") == "<sip:+33327000999@sbc.example>;reason=unconditional");
    CHECK(town.records.last().caller == "+33612345678");
    CHECK(town.records.last().incomingGateway == "operator");
    CHECK(town.calls.usage().callsBy("operator") == 1);
    CHECK(town.calls.usage().isBusy("2101"));

    town.answer(town.anne, "INVITE", 200);
    REQUIRE(town.ear.heard(town.access) == Lines{"200 INVITE"});
    const auto answer = town.ear.last(town.access, "200 INVITE");
    CHECK(answer.header("From") == invite.from);
    CHECK(answer.count("P-Asserted-Identity") == 1);
    SECTION("the far end hangs up, by another machine of the gateway") {
        const Flow sibling{Transport::Udp, 0, 0, *SocketAddress::parse("198.51.100.10", 5060)};
        RequestText bye = invite;
        bye.method = "BYE";
        bye.via = "SIP/2.0/UDP 198.51.100.10:5060;branch=z9hG4bKbye";
        bye.to += ";tag=2101-bureau";
        bye.cseq = 2;
        bye.more.clear();
        for (const auto route : answer.headers("Record-Route")) bye.more += "Route: " + std::string{route} + "\r\n";
        town.receive(sibling, bye.text());
        CHECK(town.ear.heard(town.anne.flow) == Lines{"BYE"});
        CHECK(town.calls.usage().callsBy("operator") == 0);
    }
    SECTION("a stranger does not end it") {
        const Flow stranger{Transport::Udp, 0, 0, *SocketAddress::parse("203.0.113.7", 5060)};
        RequestText bye = invite;
        bye.method = "BYE";
        bye.to += ";tag=2101-bureau";
        bye.cseq = 2;
        bye.more.clear();
        for (const auto route : answer.headers("Record-Route")) bye.more += "Route: " + std::string{route} + "\r\n";
        town.receive(stranger, bye.text());
        CHECK(town.ear.heard(town.anne.flow).empty());
    }
}

TEST_CASE("who withholds the number outside is nobody inside", "[app][gateway][rfc3323-4.1]") {
    Connected town;
    auto invite = Connected::fromOutside("0327000101");
    invite.more = "P-Asserted-Identity: <sip:+33612345678@sbc.example>\r\nPrivacy: id\r\n";
    town.receive(town.access, invite.text());
    static_cast<void>(town.ear.heard(town.anne.flow));
    const auto rung = town.ear.last(town.anne.flow, "INVITE");
    CHECK(rung.header("From") == "\"Anonymous\" <sip:anonymous@anonymous.invalid>;tag=outside");
    CHECK(rung.count("P-Asserted-Identity") == 0);
    CHECK(town.records.last().caller.empty());
}

TEST_CASE("the outside reaches numbers that are its own, and by its gateway only", "[app][gateway][security]") {
    Connected town;
    struct Row {
        const char* from;
        const char* called;
        const char* via;
        const char* answer;
    };
    const auto row = GENERATE(values<Row>({
        {"198.51.100.9", "2102", "", "404 INVITE"},          // an extension
        {"198.51.100.9", "0612345678", "", "404 INVITE"},    // nobody's way out again
        {"198.51.100.9", "18", "", "404 INVITE"},            // nor to emergency services
        {"198.51.100.200", "0327000101", "", "407 INVITE"},  // not of its networks
        {"192.0.2.77", "0327000101", "", "407 INVITE"},
        {"198.51.100.9", "0327000101", "Via: SIP/2.0/UDP 192.0.2.1:5060;branch=z9hG4bKours\r\n", "482 INVITE"},
    }));
    INFO(row.from << " calls " << row.called);
    auto invite = Connected::fromOutside(row.called);
    invite.via = std::string{"SIP/2.0/UDP "} + row.from + ":5060;branch=z9hG4bKrow";
    invite.more = row.via;
    const Flow flow{Transport::Udp, 0, 0, *SocketAddress::parse(row.from, 5060)};
    town.receive(flow, invite.text());
    CHECK(town.ear.heard(flow) == Lines{row.answer});
    CHECK(town.ear.heard(town.anne.flow).empty());
}

TEST_CASE("what is no INVITE is asked for a digest, whoever's address it comes from", "[app][gateway][security]") {
    Connected town;
    for (const auto* method : {"MESSAGE", "SUBSCRIBE", "REFER", "OPTIONS", "REGISTER"}) {
        auto request = Connected::fromOutside("0327000101");
        request.method = method;
        request.callId = method;
        request.via += method;
        request.more = "Contact: <sip:x@198.51.100.9>\r\n";
        town.receive(town.access, request.text());
        INFO(method);
        const auto expected = std::string{method} == "REGISTER" ? "401 REGISTER" : std::string{"407 "} + method;
        CHECK(town.ear.heard(town.access) == Lines{expected});
    }
}

TEST_CASE("a gateway of a new plan is known at once, one that is gone is a stranger", "[app][gateway][security]") {
    Connected town;
    town.change([](DirectorySnapshot& plan) { plan.gateways["operator"].sources = {"203.0.113.0/24"}; });
    town.receive(town.access, Connected::fromOutside("0327000101").text());
    CHECK(town.ear.heard(town.access) == Lines{"407 INVITE"});
    CHECK(town.guard.trusts(*SocketAddress::parse("203.0.113.8", 5060)));
    CHECK_FALSE(town.guard.trusts(town.access.remote));
}

TEST_CASE("an emergency call goes out whatever stands in the way", "[app][gateway][emergency]") {
    const auto hindrance = GENERATE(as<std::string>{}, "nothing", "drain", "limit", "from", "privacy", "full gateway");
    INFO(hindrance);
    auto settings = SmallTown::suspicious();
    if (hindrance == "limit") settings.accountRequests = 0.001;
    Connected town{settings};
    std::string from;
    std::string more;
    if (hindrance == "drain") {
        assertOnLoop();
        town.chain.drain();
    } else if (hindrance == "from") {
        from = "<sip:2103@town.example>;tag=2101-bureau";
    } else if (hindrance == "privacy") {
        more = "Privacy: id\r\n";
    } else if (hindrance == "full gateway") {
        town.change([](DirectorySnapshot& plan) { plan.gateways["operator"].maximumCalls = 1; });
        town.receive(town.access, Connected::fromOutside("0327000101").text());
        static_cast<void>(town.ear.heard(town.anne.flow));
    }
    const auto dialled = GENERATE(as<std::string>{}, "18", "018");
    CHECK(town.dial(dialled, more, from) == Lines{"100 INVITE"});
    const auto invite = town.sent();
    CHECK(invite.requestUri().text == "sip:18@198.51.100.9;user=phone");
    CHECK(Connected::text(invite.header("From")).starts_with("<sip:+33327000150@town.example;user=phone>;tag="));
    CHECK(invite.count("Privacy") == 0);
    CHECK(invite.header("Priority") == "emergency");
    CHECK(town.records.last().kind == CallKind::Emergency);
    CHECK(town.records.last().numberClass == "emergency");
}

TEST_CASE("nobody calls for help in the town's name without a password", "[app][gateway][emergency][security]") {
    Connected town;
    auto impostor = town.anne;
    impostor.password = "guessed";
    CHECK(town.send(impostor, impostor.request("INVITE", "sip:18@town.example")) == Lines{"407 INVITE"});
    CHECK(town.ear.heard(town.access).empty());
}

TEST_CASE("a drained exchange sends other calls elsewhere", "[app][gateway]") {
    Connected town;
    assertOnLoop();
    town.chain.drain();
    CHECK(town.dial("00612345678") == Lines{"503 INVITE"});
    town.receive(town.access, Connected::fromOutside("0327000101").text());
    CHECK(town.ear.heard(town.access) == Lines{"503 INVITE"});
}

TEST_CASE("a telephone behind the address of a gateway is a telephone", "[app][gateway][emergency][security]") {
    Connected town;
    town.change([](DirectorySnapshot& plan) { plan.gateways["operator"].sources.emplace_back("192.0.2.0/24"); });
    const auto* number = GENERATE("18", "2102", "00612345678");
    CAPTURE(number);
    CHECK(town.dial(number).front() == "100 INVITE");
    const bool outside = std::string{number} != "2102";
    CHECK(town.ear.heard(outside ? town.access : town.counter.flow) == Lines{"INVITE"});
}

TEST_CASE("whoever is told of an emergency call may be a group, or a name of it", "[app][gateway][emergency]") {
    Connected town;
    const std::string notify = GENERATE("2800", "2801", "2802");
    CAPTURE(notify);
    town.change([&notify](DirectorySnapshot& plan) {
        const auto add = [&plan](const char* number, ExtensionKind kind) -> Extension& {
            auto& extension = plan.extensions[number];
            extension.number = number;
            extension.kind = kind;
            return extension;
        };
        add("2800", ExtensionKind::Group).members = {"2104", "2802", "2102"};
        add("2801", ExtensionKind::Alias).target = "2800";
        add("2802", ExtensionKind::Department).members = {"2102", "2800"};
        plan.sites["ecole"].emergencyNotify = notify;
    });
    CHECK(town.dial("18") == Lines{"100 INVITE"});
    CHECK(town.ear.heard(town.counter.flow) == Lines{"MESSAGE", "INVITE"});
}

TEST_CASE("reception is told of an emergency call, beside it", "[app][gateway][emergency][rfc3428-4]") {
    Connected town;
    town.change([](DirectorySnapshot& plan) {
        plan.sites["ecole"].name =
            "\xc3\x89"
            "cole Jean Jaur\xc3\xa8s";
        plan.sites["ecole"].emergencyNotify = "2102";
    });
    CHECK(town.dial("18") == Lines{"100 INVITE"});
    CHECK(town.ear.heard(town.access) == Lines{"INVITE"});
    REQUIRE(town.ear.heard(town.counter.flow) == Lines{"MESSAGE", "INVITE"});
    const auto text = town.ear.last(town.counter.flow, "MESSAGE");
    CHECK(text.body() ==
          "Appel d'urgence 18 depuis le poste 2101, \xc3\x89"
          "cole Jean Jaur\xc3\xa8s");
    const auto rung = town.ear.last(town.counter.flow, "INVITE");
    CHECK(Connected::text(rung.header("From"))
              .starts_with("\"URGENCE 18 2101 \xc3\x89"
                           "cole Jean Jaur\xc3\xa8s\" <sip:2101@"));
    CHECK(rung.callId() != town.ear.last(town.access, "INVITE").callId());

    SECTION("whoever answers is hung up on, and the emergency call goes on") {
        town.answer(town.counter, "INVITE", 200);
        CHECK(town.ear.heard(town.counter.flow) == Lines{"ACK", "BYE"});
    }
    SECTION("an exchange that stops meanwhile leaves nothing behind") {
        CHECK(town.wheel.untilNext().has_value());  // the invariants of its parts do the rest
    }
    SECTION("nobody answers: it rings no longer than it should") {
        town.answer(town.counter, "INVITE", 180);
        town.pass(30s);
        CHECK(town.ear.heard(town.counter.flow) == Lines{"CANCEL"});
        town.answer(town.counter, "INVITE", 487);
        CHECK(town.ear.heard(town.counter.flow) == Lines{"ACK"});
    }
    CHECK(town.ear.heard(town.access).empty());
    CHECK(town.ear.heard(town.anne.flow).empty());
}

TEST_CASE("a REFER leads to what is ours, and makes who sends it answer for the call",
          "[app][transfer][security][rfc3515-2]") {
    Connected town;
    town.change([](DirectorySnapshot& plan) {
        auto& closed = plan.classes["closed"];
        closed.id = "closed";
        closed.forwards.set(static_cast<std::size_t>(NumberClass::Internal));
        plan.extensions["2101"].classOfService = "closed";
    });
    town.send(town.counter, town.counter.request("INVITE", "sip:2101@town.example"));
    town.answer(town.anne, "INVITE", 200);
    REQUIRE(town.ear.heard(town.counter.flow) == Lines{"200 INVITE"});
    const auto answer = town.ear.last(town.counter.flow, "200 INVITE");
    auto refer = town.anne.request("REFER", "sip:2102-comptoir@192.0.2.20");
    refer.callId = "2102-comptoirINVITE";
    refer.from = "<sip:2101@town.example>;tag=2101-bureau";
    refer.to = "<sip:2102@town.example>;tag=2102-comptoir";
    for (const auto route : answer.headers("Record-Route")) refer.more += "Route: " + std::string{route} + "\r\n";
    const auto ask = [&](const std::string& target) {
        auto request = refer;
        request.via += std::to_string(++request.cseq) + std::to_string(target.size());
        request.more += "Refer-To: " + target + "\r\n";
        town.receive(town.anne.flow, request.text());
        return town.ear.heard(town.anne.flow);
    };
    SECTION("not to a stranger, and not into a call of strangers") {
        const auto* target = GENERATE("<sip:0612345678@elsewhere.example>", "<https://elsewhere.example/>",
                                      "<sip:2103@town.example?Replaces=unknown%3Bto-tag%3Da%3Bfrom-tag%3Db>");
        INFO(target);
        CHECK(ask(target) == Lines{"403 REFER"});
        CHECK(town.ear.heard(town.counter.flow).empty());
    }
    SECTION("without a place to go to") {
        town.receive(town.anne.flow, refer.text());
        CHECK(town.ear.heard(town.anne.flow) == Lines{"400 REFER"});
    }
    SECTION("to a number that who transfers may not forward to") {
        CHECK(ask("<sip:00612345678@town.example>").empty());
        CHECK(town.ear.heard(town.counter.flow) == Lines{"REFER"});
        CHECK(town.send(town.counter, town.counter.request("INVITE", "sip:00612345678@town.example")).back() ==
              "403 INVITE");
        CHECK(town.ear.heard(town.access).empty());
    }
    SECTION("what it calls by itself is its own") {
        auto own = town.counter.request("INVITE", "sip:00612345678@town.example");
        own.callId = "own-call";
        CHECK(town.send(town.counter, own) == Lines{"100 INVITE"});
        CHECK(town.ear.heard(town.access) == Lines{"INVITE"});
    }
}

TEST_CASE("nothing is transferred between a telephone and the outside", "[app][transfer][security][rfc3515-2]") {
    Connected town;
    town.receive(town.access, Connected::fromOutside("0327000101").text());
    town.answer(town.anne, "INVITE", 200);
    REQUIRE(town.ear.heard(town.access) == Lines{"100 INVITE", "200 INVITE"});
    static_cast<void>(town.ear.heard(town.anne.flow));
    const auto answer = town.ear.last(town.access, "200 INVITE");
    const auto* target = GENERATE("<sip:00612345678@town.example>", "<sip:*21*00612345678@town.example>",
                                  "<tel:+33899123456>", "<sip:2102@town.example>");
    const bool fromOutside = GENERATE(true, false);
    CAPTURE(target, fromOutside);
    auto refer = fromOutside ? Connected::fromOutside("2101-bureau") : town.anne.request("REFER", "sip:sbc.example");
    refer.method = "REFER";
    refer.via += "refer";
    refer.callId = "from-outside";
    refer.cseq = 7;
    const std::string there{"<sip:+33612345678@sbc.example>;tag=outside"};
    const std::string here{"<sip:2101@town.example>;tag=2101-bureau"};
    refer.from = fromOutside ? there : here;
    refer.to = fromOutside ? here : there;
    refer.more = "Refer-To: " + std::string{target} + "\r\n";
    for (const auto route : answer.headers("Record-Route")) refer.more += "Route: " + std::string{route} + "\r\n";
    const auto& from = fromOutside ? town.access : town.anne.flow;
    town.receive(from, refer.text());
    CHECK(town.ear.heard(from) == Lines{"403 REFER"});
    CHECK(town.ear.heard(fromOutside ? town.anne.flow : town.access).empty());
}

TEST_CASE("only calls go outside, and only a call for help is one", "[app][gateway][security]") {
    Connected town;
    town.change([](DirectorySnapshot& plan) { plan.sites["ecole"].emergencyNotify = "2102"; });
    const std::string method = GENERATE("MESSAGE", "REFER", "OPTIONS");
    const auto* number = GENERATE("00612345678", "18");
    CAPTURE(method, number);
    auto request = town.anne.request(method, "sip:" + std::string{number} + "@town.example");
    request.more = "Refer-To: <tel:+33899123456>\r\n";
    CHECK(town.send(town.anne, request) == Lines{"480 " + method});
    CHECK(town.ear.heard(town.access).empty());
    CHECK(town.ear.heard(town.counter.flow).empty());
}

TEST_CASE("a call for help that cannot be made is recorded as one", "[app][gateway][emergency]") {
    Connected town;
    town.change([](DirectorySnapshot& plan) { plan.gateways.clear(); });
    CHECK(town.dial("18").back() == "503 INVITE");
    CHECK(town.records.last().kind == CallKind::Emergency);
}

TEST_CASE("a telephone that has started again is in no call any more", "[app][usage][rfc3261-10.2]") {
    Connected town;
    town.send(town.anne, town.anne.request("INVITE", "sip:2102@town.example"));
    town.answer(town.counter, "INVITE", 200);
    REQUIRE(town.calls.usage().isBusy("2101"));
    REQUIRE(town.calls.usage().isBusy("2102"));
    const bool again = GENERATE(true, false);
    auto request = town.anne.request("REGISTER", "sip:town.example");
    request.to = "<sip:2101@town.example>";
    request.more = "Contact: <" + town.anne.contact() + ">\r\n";
    request.cseq = 7;
    if (again) request.callId = "after-its-start";
    static_cast<void>(town.ear.heard(town.anne.flow));
    CHECK(town.send(town.anne, request) == Lines{"200 REGISTER"});
    CHECK(town.calls.usage().isBusy("2101") == !again);
    CHECK(town.calls.usage().isBusy("2102"));
}
