// SPDX-License-Identifier: AGPL-3.0-or-later
#include "app/flow_watch.hpp"

#include "unit/app/town.hpp"

#include <catch2/catch.hpp>

using namespace beffroi;
using namespace beffroi::test;

TEST_CASE("a connection that closes ends the calls and registrations behind it", "[app][rfc5626-4.2.2]") {
    assertOnLoop();
    SmallTown town;
    town.registerPhone(town.office);
    town.registerPhone(town.counter);
    REQUIRE(town.send(town.anne, town.anne.request("INVITE", "sip:2102@town.example")) == Lines{"100 INVITE"});
    CHECK(town.ear.heard(town.office.flow) == Lines{"INVITE"});
    CHECK(town.ear.heard(town.counter.flow) == Lines{"INVITE"});
    const auto invite = town.ear.text(town.counter.flow, "INVITE");

    town.lose(town.office);
    CHECK(town.registrar.table().live("2102").size() == 1);
    CHECK(town.ear.heard(town.anne.flow).empty());  // the other one still rings

    SECTION("a closed port, said by who has seen the call, ends it and the registration") {
        town.watch.onUndelivered(town.counter.flow, Undelivered::PortClosed, invite);
        CHECK(town.ear.heard(town.anne.flow) == Lines{"480 INVITE"});
        CHECK(town.registrar.table().live("2102").empty());
    }
    SECTION("a network that cannot be reached ends the call, but not the registration") {
        const auto how = GENERATE(Undelivered::Unreachable, Undelivered::NotSent);
        town.watch.onUndelivered(town.counter.flow, how, invite);
        CHECK(town.ear.heard(town.anne.flow) == Lines{"480 INVITE"});
        CHECK(town.registrar.table().live("2102").size() == 1);
    }
    SECTION("what anybody could have said ends nothing") {
        const auto quoted = GENERATE(as<std::string>{}, "", "INVITE sip:2102@town.example SIP/2.0");
        town.watch.onUndelivered(town.counter.flow, Undelivered::PortClosed, quoted);
        CHECK(town.ear.heard(town.anne.flow).empty());
        CHECK(town.registrar.table().live("2102").size() == 1);
    }
    SECTION("the other one has the call") {
        town.answer(town.counter, "INVITE", 200);
        CHECK(town.ear.heard(town.anne.flow) == Lines{"200 INVITE"});
    }
}

TEST_CASE("a flow that has fallen silent ends its calls, and the registrations of who had promised to be heard",
          "[app][rfc5626-4.4.1]") {
    assertOnLoop();
    SmallTown town;
    const bool promised = GENERATE(true, false);
    const std::string parameters = promised ? R"(;reg-id=1;+sip.instance="<urn:uuid:1>")" : "";
    town.registerPhone(town.counter, "Supported: outbound\r\n", parameters);
    CHECK(town.wire.expected.contains(town.counter.flow) == promised);
    REQUIRE(town.send(town.anne, town.anne.request("INVITE", "sip:2102@town.example")) == Lines{"100 INVITE"});
    town.watch.onFlowSilent(town.counter.flow);
    CHECK(town.ear.heard(town.anne.flow) == Lines{"480 INVITE"});
    CHECK(town.registrar.table().live("2102").empty() == promised);
}

TEST_CASE("what cannot be framed is answered", "[app][rfc3261-18.3]") {
    assertOnLoop();
    SmallTown town;
    town.watch.onUnframable(tcpFlow(30, 3),
                            "OPTIONS sip:town.example SIP/2.0\r\nVia: SIP/2.0/TCP a;branch=z9hG4bK1\r\n"
                            "From: <sip:a@a>;tag=1\r\nTo: <sip:a@a>\r\nCall-ID: 1\r\nCSeq: 1 OPTIONS\r\n\r\n");
    CHECK(town.ear.heard(tcpFlow(30, 3)) == Lines{"400 OPTIONS"});
}
