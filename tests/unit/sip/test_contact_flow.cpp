// SPDX-License-Identifier: AGPL-3.0-or-later
#include "sip/contact_flow.hpp"

#include "support/wire.hpp"

#include <catch2/catch.hpp>

using namespace beffroi;
using namespace beffroi::sip;
using namespace beffroi::test;

TEST_CASE("a phone is reached where its packets come from", "[sip][rfc3581]") {
    const auto source = udpFlow(10, 33000);
    const auto towards = [&source](const char* uri) { return flowTowards(source, *parseUri(uri)); };

    SECTION("its contact names the address that we see: the contact's port is its own") {
        CHECK(towards("sip:2101@192.0.2.10:5070")->remote.toString() == "192.0.2.10:5070");
        CHECK(towards("sip:2101@192.0.2.10")->remote.toString() == "192.0.2.10:5060");
        CHECK(towards("sip:2101@192.0.2.10;transport=UDP")->remote.toString() == "192.0.2.10:5060");
    }
    SECTION("it is behind NAT, or has a name: by the flow") {
        CHECK(towards("sip:2101@10.0.0.7:5070") == source);
        CHECK(towards("sip:2101@phone.example:5070") == source);
        CHECK(towards("sip:2101@[2001:db8::10]:5070") == source);
        CHECK(towards("tel:+33320495000") == source);
    }
    SECTION("it wants another transport: not by this flow") {
        CHECK_FALSE(towards("sip:2101@192.0.2.10;transport=tcp"));
    }
    SECTION("a connection is kept, whatever the contact says") {
        const auto connection = tcpFlow(10, 7);
        CHECK(flowTowards(connection, *parseUri("sip:2101@192.0.2.10:5070;transport=udp")) == connection);
    }
}

TEST_CASE("nobody listens at the end of a connection that has closed, nor behind NAT", "[sip][rfc5626-4.2.2]") {
    const auto closed = tcpFlow(10, 7);  // port 40000
    const auto closedAt = [&closed](std::uint16_t port, Transport transport = Transport::Tcp) {
        return Flow{transport, 1, 7, closed.remote.withPort(port)};
    };
    const auto listens = [&closed](const char* uri) { return mayListenAt(*parseUri(uri), closed); };
    CHECK_FALSE(listens("sip:2101@192.0.2.10:40000;transport=tcp"));
    CHECK_FALSE(listens("sip:2101@10.0.0.7:5060;transport=tcp"));
    CHECK_FALSE(listens("sip:2101@[2001:db8::10]"));
    CHECK(listens("sip:2101@192.0.2.10:5070;transport=tcp"));
    CHECK(listens("sip:2101@192.0.2.10;transport=tcp"));
    CHECK(listens("sip:2101@phone.example:40000"));
    CHECK_FALSE(mayListenAt(*parseUri("sip:2101@192.0.2.10"), closedAt(5060)));
    CHECK(mayListenAt(*parseUri("sips:2101@192.0.2.10"), closedAt(5060)));
    CHECK_FALSE(mayListenAt(*parseUri("sip:2101@192.0.2.10;transport=tls"), closedAt(5061)));

    // What was encrypted does not go on in the clear.
    for (const auto* uri :
         {"sip:2101@192.0.2.10", "sip:2101@192.0.2.10:5070;transport=tcp", "sip:2101@phone.example"}) {
        CAPTURE(uri);
        CHECK(mayListenAt(*parseUri(uri), closedAt(40000)));
        CHECK_FALSE(mayListenAt(*parseUri(uri), closedAt(40000, Transport::Tls)));
    }
    CHECK(mayListenAt(*parseUri("sips:2101@phone.example"), closedAt(40000, Transport::Tls)));
    CHECK(mayListenAt(*parseUri("sip:2101@192.0.2.10;transport=tls"), closedAt(40000, Transport::Tls)));
}
