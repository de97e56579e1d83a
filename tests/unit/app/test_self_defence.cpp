// SPDX-License-Identifier: AGPL-3.0-or-later
//
// The guard on the path of requests: what a guesser, a scanner and a flood get from the exchange as a whole, and what a
// telephone gets meanwhile.

#include "app/routing_chain.hpp"
#include "unit/app/town.hpp"

#include <catch2/catch.hpp>

using namespace beffroi;
using namespace beffroi::test;

namespace {

RequestText registration(const Phone& phone) {
    auto request = phone.request("REGISTER", "sip:town.example");
    request.to = "<sip:" + phone.number + "@town.example>";
    request.callId = phone.flow.remote.toString();
    request.more = "Contact: <" + phone.contact() + ">\r\n";
    return request;
}

std::string challengeOf(SmallTown& town, const Flow& flow) {
    auto value = std::string{town.ear.last(flow, "401 REGISTER").header("WWW-Authenticate").value()};
    const auto nonce = value.find("nonce=\"") + 7;
    return value.erase(nonce, 40);
}

std::string nonceOf(const sip::Message& challenge) {
    const auto value = challenge.header("WWW-Authenticate").value();
    return std::string{value.substr(value.find("nonce=\"") + 7, 40)};
}

}  // namespace

TEST_CASE("after ten wrong passwords the right one is of no use, from that address", "[app][guard]") {
    assertOnLoop();
    SmallTown town{SmallTown::suspicious()};
    town.registerPhone(town.anne);
    auto guesser = town.anne;
    guesser.flow = udpFlow(66);
    guesser.password = "guessed";
    for (int i = 0; i < 9; ++i) REQUIRE(town.send(guesser, registration(guesser)) == Lines{"401 REGISTER"});
    CHECK(town.log.count("invalid-password 192.0.2.66 2101-bureau") == 9);
    SECTION("the tenth") {
        CHECK(town.send(guesser, registration(guesser)) == Lines{"401 REGISTER"});
        const auto wrong = challengeOf(town, guesser.flow);
        CHECK(town.log.count("banned 192.0.2.66 2101-bureau") == 1);
        guesser.password = "secret";
        CHECK(town.send(guesser, registration(guesser)) == Lines{"401 REGISTER"});
        CHECK(challengeOf(town, guesser.flow) == wrong);  // nothing tells it from a wrong one
        CHECK(town.send(guesser, guesser.request("INVITE", "sip:2102@town.example")) == Lines{"407 INVITE"});
        CHECK(town.log.count("acl-failed 192.0.2.66 2101-bureau") == 2);
        CHECK(town.log.count("successful-auth 192.0.2.66 2101-bureau") == 0);

        SECTION("not even an answer that came late tells that it is right") {
            auto request = registration(guesser);
            request.via += "late";
            town.receive(guesser.flow, request.text());
            CHECK(town.ear.heard(guesser.flow) == Lines{"401 REGISTER"});
            const auto old = town.ear.last(guesser.flow, "401 REGISTER");
            town.clock.advance(6min);
            request.more += "Authorization: ";
            request.more += SmallTown::credentials(guesser, "REGISTER", "sip:town.example", nonceOf(old), "00000001");
            request.more += "\r\n";
            request.via += "r";
            town.receive(guesser.flow, request.text());
            CHECK(town.ear.heard(guesser.flow) == Lines{"401 REGISTER"});
            CHECK(challengeOf(town, guesser.flow) == wrong + ", stale=true");  // as for a wrong one
        }
        SECTION("not even when it is repeated: a challenge is good for one of these answers, right or wrong") {
            guesser.account = "2102-comptoir";
            guesser.number = "2102";
            const auto twice = [&](const char* password) {
                Lines told;
                guesser.password = password;
                auto request = registration(guesser);
                request.via += "twice-" + std::string{password};
                town.receive(guesser.flow, request.text());
                CHECK(town.ear.heard(guesser.flow) == Lines{"401 REGISTER"});
                const auto nonce = nonceOf(town.ear.last(guesser.flow, "401 REGISTER"));
                request.more += "Authorization: ";
                request.more +=
                    SmallTown::credentials(guesser, "REGISTER", "sip:town.example", nonce, "00000001") + "\r\n";
                const auto ask = [&](const char* branch) {
                    request.via += branch;
                    town.receive(guesser.flow, request.text());
                    CHECK(town.ear.heard(guesser.flow) == Lines{"401 REGISTER"});
                    told.push_back(challengeOf(town, guesser.flow));
                };
                ask("a");
                ask("b");
                ask("c");
                return told;
            };
            guesser.password = "guessed";
            for (int i = 0; i < 10; ++i) REQUIRE(town.send(guesser, registration(guesser)) == Lines{"401 REGISTER"});
            CHECK(town.log.count("banned 192.0.2.66 2102-comptoir") == 1);
            const auto stale = wrong + ", stale=true";
            CHECK(twice("guessed") == Lines{wrong, stale, stale});
            CHECK(twice("secret") == Lines{wrong, stale, stale});
        }
        SECTION("nor by being counted otherwise") {
            const auto* password = GENERATE("guessed", "secret");
            for (int i = 0; i < 86; ++i) {
                guesser.password = i == 0 ? password : "guessed";
                REQUIRE(town.send(guesser, registration(guesser)) == Lines{"401 REGISTER"});
            }
            CHECK_FALSE(town.bans.list().covers(guesser.flow.remote));
            for (int i = 0; i < 2; ++i) static_cast<void>(town.send(guesser, registration(guesser)));
            CHECK(town.bans.list().covers(guesser.flow.remote));
        }
        SECTION("the account works everywhere else, and the address for others") {
            CHECK(town.send(town.anne, registration(town.anne)) == Lines{"200 REGISTER"});
            auto moved = town.anne;
            moved.flow = udpFlow(67);
            CHECK(town.send(moved, registration(moved)) == Lines{"200 REGISTER"});
            auto neighbour = town.counter;
            neighbour.flow = udpFlow(66, 5062);
            CHECK(town.send(neighbour, registration(neighbour)) == Lines{"200 REGISTER"});
        }
        SECTION("until its time is over") {
            town.pass(10min);
            town.pass(1s);
            CHECK(town.send(guesser, registration(guesser)) == Lines{"200 REGISTER"});
            CHECK(town.log.count("unbanned 192.0.2.66 2101-bureau") == 1);
        }
    }
    SECTION("the right one before that was a slip") {
        guesser.password = "secret";
        CHECK(town.send(guesser, registration(guesser)) == Lines{"200 REGISTER"});
    }
}

TEST_CASE("a telephone whose address changed between challenge and answer is challenged anew", "[app][rfc7616-3.3]") {
    assertOnLoop();
    SmallTown town{SmallTown::suspicious()};
    const auto moved = udpFlow(67);
    CHECK(town.send(town.anne, registration(town.anne), moved) == Lines{"401 REGISTER"});
    CHECK(challengeOf(town, moved).find("stale=true") != std::string::npos);
    CHECK(town.log.count("unexpected-address 192.0.2.67 2101-bureau") == 1);

    SECTION("and whoever answers with the challenges of others proves nothing, and bans nobody") {
        auto attacker = town.anne;
        attacker.flow = udpFlow(66);
        attacker.password = "guessed";
        for (int i = 0; i < 50; ++i) {
            CHECK(town.send(attacker, registration(attacker), moved) == Lines{"401 REGISTER"});
            CHECK(challengeOf(town, moved).find("stale=true") != std::string::npos);  // as for the right one
        }
        CHECK(town.bans.list().size() == 0);
        auto phone = town.anne;
        phone.flow = moved;
        CHECK(town.send(phone, registration(phone)) == Lines{"200 REGISTER"});
    }
}

TEST_CASE("an answer that is sent again counts once, and one that was right asks for no other password",
          "[app][rfc7616-3.3]") {
    assertOnLoop();
    SmallTown town{SmallTown::suspicious()};
    auto phone = town.anne;
    auto request = registration(phone);
    request.via += "asks";
    town.receive(phone.flow, request.text());
    static_cast<void>(town.ear.heard(phone.flow));
    const auto nonce = nonceOf(town.ear.last(phone.flow, "401 REGISTER"));
    const auto plain = challengeOf(town, phone.flow);
    const bool right = GENERATE(true, false);
    const bool late = GENERATE(true, false);
    if (late) town.clock.advance(6min);
    if (!right) phone.password = "guessed";
    request.more += "Authorization: ";
    request.more += SmallTown::credentials(phone, "REGISTER", "sip:town.example", nonce, "00000001") + "\r\n";
    for (int i = 0; i < 150; ++i) {
        request.via += 'x';
        town.receive(phone.flow, request.text());
        const auto heard = town.ear.heard(phone.flow);
        if (i == 0 && right && !late) {
            CHECK(heard == Lines{"200 REGISTER"});
            continue;
        }
        REQUIRE(heard == Lines{"401 REGISTER"});
        REQUIRE(challengeOf(town, phone.flow) == plain + (i == 0 && !late ? "" : ", stale=true"));
    }
    CHECK(town.bans.list().size() == 0);
    CHECK(town.log.count("invalid-password 192.0.2.10 2101-bureau") == (right || late ? 0 : 1));
    phone.password = "secret";
    phone.flow = town.anne.flow;
    CHECK(town.send(phone, registration(phone)) == Lines{"200 REGISTER"});
}

TEST_CASE("who tries many accounts is not read any more, but for telephones that are known there", "[app][guard]") {
    assertOnLoop();
    SmallTown town{SmallTown::suspicious()};
    auto known = town.anne;
    known.flow = udpFlow(66, 7000);
    auto attacker = town.counter;
    attacker.flow = udpFlow(66);
    attacker.password = "guessed";
    const bool home = GENERATE(false, true);
    if (home) town.registerPhone(known);
    const int accounts = home ? 20 : 5;
    for (int i = 0; i < accounts; ++i) {
        attacker.account = "30" + std::to_string(10 + i);
        REQUIRE(town.send(attacker, registration(attacker)) == Lines{"401 REGISTER"});
    }
    CHECK(town.log.count("banned 192.0.2.66") == 1);
    CHECK(town.log.count("invalid-account 192.0.2.66 3010") == 1);
    CHECK(town.send(attacker, attacker.request("OPTIONS", "sip:town.example")).empty());
    if (home) CHECK(town.send(known, known.request("INVITE", "sip:2103@town.example")) == Lines{"480 INVITE"});
    assertOnLoop();
    CHECK_FALSE(town.guard.admitsConnection(Transport::Tcp, udpFlow(66).remote));
}

TEST_CASE("scanners find nobody", "[app][guard]") {
    assertOnLoop();
    SmallTown town{SmallTown::suspicious()};
    auto scan = town.anne.request("OPTIONS", "sip:100@town.example");
    scan.more = "User-Agent: friendly-scanner\r\n";
    CHECK(town.send({"", "", udpFlow(66)}, scan).empty());
    CHECK(town.log.all == Lines{"scanner 192.0.2.66"});
    CHECK(town.send({"", "", udpFlow(66)}, town.anne.request("OPTIONS", "sip:town.example")) == Lines{"200 OPTIONS"});
    CHECK(town.send({"", "", tcpFlow(66, 9)}, scan).empty());
    CHECK(town.bans.list().covers(udpFlow(66).remote));
}

TEST_CASE("by a connection, what no telephone sends leads to a ban", "[app][guard]") {
    assertOnLoop();
    SmallTown town{SmallTown::suspicious()};
    const auto flow = tcpFlow(66, 9);
    const auto attack = GENERATE(0, 1, 2);
    CAPTURE(attack);
    for (int i = 0; i < 20; ++i) {
        REQUIRE_FALSE(town.bans.list().covers(flow.remote));
        auto request = town.anne.request("INVITE", "sip:0033900@elsewhere.example");
        request.via = "SIP/2.0/TCP 192.0.2.66;branch=z9hG4bK" + std::to_string(i);
        if (attack == 0) town.receive(flow, request.text());
        if (attack == 1) town.receive(flow, "noise\r\n\r\n");
        if (attack == 2) town.watch.onUnframable(flow, "more noise\r\n\r\n");
    }
    CHECK(town.bans.list().covers(flow.remote));
    CHECK(town.log.count(attack == 0 ? "request-not-allowed 192.0.2.66" : "bad-request 192.0.2.66") == 20);
}

TEST_CASE("over its limit a flow hears 503 and when to come back", "[app][rfc3261-21.5.4]") {
    assertOnLoop();
    SmallTown town{SmallTown::suspicious()};
    auto request = town.anne.request("OPTIONS", "sip:town.example");
    request.more = "User-Agent: telephone\r\nContact: <sip:a@192.0.2.10>\r\nAllow: INVITE, ACK, BYE, CANCEL\r\n";
    Lines heard;
    for (int i = 0; i < 700; ++i) {
        const auto lines = town.send(town.anne, request);
        heard.insert(heard.end(), lines.begin(), lines.end());
    }
    CHECK(std::count(heard.begin(), heard.end(), "200 OPTIONS") == 500);
    CHECK(std::count(heard.begin(), heard.end(), "503 OPTIONS") == 100);  // and silence for the rest
    CHECK(town.ear.last(town.anne.flow, "503 OPTIONS").header("Retry-After").has_value());
    auto other = town.counter;
    CHECK(town.send(other, registration(other)) == Lines{"200 REGISTER"});
}

TEST_CASE("a stolen password is no flood of calls", "[app][guard]") {
    assertOnLoop();
    SmallTown town{SmallTown::suspicious()};
    int served = 0;
    int refused = 0;
    for (int i = 0; i < 150; ++i) {
        auto thief = town.anne;
        thief.flow = udpFlow(66 + i % 20, static_cast<std::uint16_t>(2000 + i));
        const auto heard = town.send(thief, thief.request("INVITE", "sip:2104@town.example"));
        served += heard == Lines{"480 INVITE"} ? 1 : 0;
        refused += heard == Lines{"503 INVITE"} ? 1 : 0;
    }
    CHECK(served == 100);
    CHECK(refused == 50);
    CHECK(town.send(town.counter, town.counter.request("INVITE", "sip:2104@town.example")) == Lines{"480 INVITE"});
}

TEST_CASE("an event is told of each thing that concerns safety", "[app][guard]") {
    assertOnLoop();
    SmallTown town{SmallTown::suspicious()};
    const auto& anne = town.anne;
    struct Case {
        void (*make)(SmallTown&);
        const char* event;
    };
    const auto given = GENERATE(values<Case>({
        {[](SmallTown& t) { t.registerPhone(t.anne); }, "successful-auth 192.0.2.10 2101-bureau"},
        {[](SmallTown& t) { t.registerPhone(t.anne); }, "challenge-sent 192.0.2.10"},
        {[](SmallTown& t) {
             auto call = t.anne.request("INVITE", "sip:2102@town.example");
             call.from = "<sip:2103@town.example>;tag=1";
             t.send(t.anne, call);
         },
         "identity-claimed 192.0.2.10 2101-bureau"},
        {[](SmallTown& t) {
             auto call = t.anne.request("INVITE", "sip:2102@town.example");
             call.more = "P-Preferred-Identity: <sip:2103@town.example>\r\n";
             t.send(t.anne, call);
         },
         "identity-claimed 192.0.2.10 2101-bureau"},
        {[](SmallTown& t) {
             auto request = registration(t.anne);
             request.to = "<sip:2102@town.example>";
             t.send(t.anne, request);
         },
         "request-not-allowed 192.0.2.10 2101-bureau"},
        {[](SmallTown& t) {
             auto request = registration(t.anne);
             for (int i = 0; i < 6; ++i) request.more += "Contact: <sip:x" + std::to_string(i) + "@192.0.2.10>\r\n";
             t.send(t.anne, request);
         },
         "session-limit 192.0.2.10 2101-bureau"},
        {[](SmallTown& t) {
             auto request = registration(t.anne);
             request.more = "Contact: <sips:2101-bureau@192.0.2.10>\r\n";
             t.send(t.anne, request);
         },
         "invalid-transport 192.0.2.10 2101-bureau"},
        {[](SmallTown& t) { t.send(t.anne, t.anne.request("INVITE", "sips:2102@town.example")); },
         "invalid-transport 192.0.2.10"},
        {[](SmallTown& t) { t.send(t.anne, t.anne.request("INVITE", "sip:1@elsewhere.example")); },
         "request-not-allowed 192.0.2.10"},
        {[](SmallTown& t) { t.send(t.anne, t.anne.request("INVITE", "mailto:a@town.example")); },
         "request-not-supported 192.0.2.10"},
        {[](SmallTown& t) {
             auto call = t.anne.request("INVITE", "sip:2102@town.example");
             call.more = "Proxy-Require: magic\r\n";
             t.send(t.anne, call);
         },
         "request-not-supported 192.0.2.10"},
        {[](SmallTown& t) { t.receive(t.anne.flow, "INVITE\r\n\r\n"); }, "bad-request 192.0.2.10"},
    }));
    CAPTURE(given.event);
    given.make(town);
    CHECK(town.log.count(given.event) == 1);
    CHECK(anne.flow == udpFlow(10));
}
