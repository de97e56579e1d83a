// SPDX-License-Identifier: AGPL-3.0-or-later
#include "edge/listen_address.hpp"

#include <catch2/catch.hpp>

using namespace beffroi;
using namespace beffroi::edge;
using Catch::Contains;

TEST_CASE("a listener is a transport and an address with a port", "[edge]") {
    struct Row {
        const char* text;
        Transport transport;
        const char* host;
        std::uint16_t port;
    };
    for (const auto& [text, transport, host, port] : {
             Row{"udp:0.0.0.0:5060", Transport::Udp, "0.0.0.0", 5060},
             Row{"tcp:192.0.2.1:0", Transport::Tcp, "192.0.2.1", 0},
             Row{"udp:[::]:65535", Transport::Udp, "::", 65535},
             Row{"tcp:[2001:db8::1]:5060", Transport::Tcp, "2001:db8::1", 5060},
             Row{"tls:0.0.0.0:5061", Transport::Tls, "0.0.0.0", 5061},
         }) {
        CAPTURE(text);
        const auto read = parseListenAddress(text);
        REQUIRE(read);
        CHECK(*read == ListenAddress{transport, *SocketAddress::parse(host, port)});
        CHECK(read->toString() == text);
        CHECK(complaintAboutListenAddress(text).empty());
    }
}

TEST_CASE("a listener that cannot be read is explained", "[edge]") {
    struct Row {
        const char* text;
        const char* says;
    };
    for (const auto& [text, says] : {
             Row{"", "no transport"},
             Row{"0.0.0.0", "no transport"},
             Row{"0.0.0.0:5060", "\"0.0.0.0\" is not a transport"},
             Row{"ws:0.0.0.0:5061", "\"ws\" is not a transport, it is udp, tcp or tls"},
             Row{"UDP:0.0.0.0:5060", "\"UDP\" is not a transport"},
             Row{"udp:", "no address literal with a port"},
             Row{"udp:0.0.0.0", "no address literal with a port"},
             Row{"udp:0.0.0.0:", "no address literal with a port"},
             Row{"udp:0.0.0.0:65536", "no address literal with a port"},
             Row{"udp:0.0.0.0:-1", "no address literal with a port"},
             Row{"udp:0.0.0.0:5060 ", "no address literal with a port"},
             Row{"udp: 0.0.0.0:5060", "no address literal with a port"},
             Row{"udp:pbx.example.org:5060", "no address literal with a port"},
             Row{"udp:10.1:5060", "no address literal with a port"},
             Row{"udp:::1:5060", "no address literal with a port"},
         }) {
        CAPTURE(text);
        CHECK_FALSE(parseListenAddress(text));
        CHECK_THAT(complaintAboutListenAddress(text), Contains(says) && Contains("udp:0.0.0.0:5060"));
    }
}
