// SPDX-License-Identifier: AGPL-3.0-or-later

#include "beffroi/socket_address.hpp"

#include <net/if.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <catch2/catch.hpp>

#include <string>
#include <unordered_set>

using beffroi::SocketAddress;

namespace {

std::string roundTrip(std::string_view host) {
    const auto address = SocketAddress::parse(host, 5060);
    return address ? address->toString() : "refused";
}

}  // namespace

TEST_CASE("address literals are read and written in their canonical form", "[base][address]") {
    CHECK(roundTrip("192.0.2.1") == "192.0.2.1:5060");
    CHECK(roundTrip("2001:db8::1") == "[2001:db8::1]:5060");
    CHECK(roundTrip("[2001:DB8:0:0:0:0:0:1]") == "[2001:db8::1]:5060");
    CHECK(roundTrip("::") == "[::]:5060");
    CHECK(roundTrip("::ffff:192.0.2.1") == "192.0.2.1:5060");
    CHECK(SocketAddress::parse("2001:db8::1", 1)->host() == "2001:db8::1");
    CHECK(SocketAddress::parse("2001:db8::1", 1)->uriHost() == "[2001:db8::1]");
}

TEST_CASE("what is no literal is refused", "[base][address]") {
    for (const char* text : {"",
                             "example.org",
                             "localhost",
                             "192.0.2",
                             "192.0.2.256",
                             "192.0.2.1.1",
                             "192.0.2.010",
                             "0x7f000001",
                             "3221225985",
                             " 192.0.2.1",
                             "192.0.2.1 ",
                             "[192.0.2.1]",
                             "[]",
                             "[::1",
                             "::1]",
                             "1::2::3",
                             "12345::",
                             "::1%",
                             "fe80::1%no-such-interface",
                             "[[::1]]"}) {
        CAPTURE(text);
        CHECK_FALSE(SocketAddress::parse(text, 5060).has_value());
    }
    CHECK_FALSE(SocketAddress::parse(std::string_view{"1.2.3.4\0x", 9}, 5060).has_value());
    CHECK_FALSE(SocketAddress::parse(std::string(1000, '1'), 5060).has_value());
}

TEST_CASE("an address with its port is read back from what was written", "[base][address]") {
    for (const char* text : {"192.0.2.1:5060", "[2001:db8::1]:65535", "[::]:0"}) {
        const auto address = SocketAddress::parseWithPort(text);
        REQUIRE(address.has_value());
        CHECK(address->toString() == text);
    }
    for (const char* text :
         {"", ":", "192.0.2.1", "192.0.2.1:", ":5060", "192.0.2.1:65536", "192.0.2.1:-1", "192.0.2.1:+1",
          "192.0.2.1:5060 ", "::1:5060", "[::1]", "[::1]5060", "[192.0.2.1]:5060", "name:5060"}) {
        CAPTURE(text);
        CHECK_FALSE(SocketAddress::parseWithPort(text).has_value());
    }
}

TEST_CASE("a zone belongs to the address, but not to a URI", "[base][address]") {
    const auto index = if_nametoindex("lo");
    REQUIRE(index != 0);
    const auto named = SocketAddress::parse("fe80::1%lo", 5060);
    REQUIRE(named.has_value());
    CHECK(named->host() == "fe80::1%lo");
    CHECK(named->toString() == "[fe80::1%lo]:5060");
    CHECK(named->uriHost() == "[fe80::1]");
    CHECK(SocketAddress::parse("fe80::1%" + std::to_string(index), 5060) == named);
    CHECK(SocketAddress::parseWithPort(named->toString()) == named);
    CHECK(SocketAddress::parse("fe80::1", 5060) != named);
    sockaddr_storage storage{};
    named->toSockaddr(storage);
    CHECK(reinterpret_cast<const sockaddr_in6&>(storage).sin6_scope_id == index);
}

TEST_CASE("the kernel's form and ours turn into each other", "[base][address]") {
    for (const char* text : {"192.0.2.1:5060", "[2001:db8::1]:5061"}) {
        const auto address = *SocketAddress::parseWithPort(text);
        sockaddr_storage storage{};
        const auto length = address.toSockaddr(storage);
        CHECK(length == (address.isV4() ? sizeof(sockaddr_in) : sizeof(sockaddr_in6)));
        CHECK(SocketAddress::from(reinterpret_cast<const sockaddr&>(storage)) == address);
    }
}

TEST_CASE("the unset address is nobody's", "[base][address]") {
    const SocketAddress unset;
    CHECK_FALSE(unset.isSet());
    CHECK_FALSE(unset.isWildcard());
    CHECK_FALSE(unset.isLoopback());
    CHECK(unset.host().empty());
    sockaddr_storage storage{};
    CHECK(unset.toSockaddr(storage) == 0);
    storage.ss_family = AF_UNIX;
    CHECK_FALSE(SocketAddress::from(reinterpret_cast<const sockaddr&>(storage)).isSet());
}

TEST_CASE("wildcard and loopback are known in both families", "[base][address]") {
    const auto at = [](const char* host) { return *SocketAddress::parse(host, 5060); };
    CHECK(at("0.0.0.0").isWildcard());
    CHECK(at("::").isWildcard());
    CHECK_FALSE(at("127.0.0.1").isWildcard());
    CHECK(at("127.9.9.9").isLoopback());
    CHECK(at("::1").isLoopback());
    CHECK(at("::ffff:127.0.0.1").isLoopback());
    CHECK_FALSE(at("128.0.0.1").isLoopback());
    CHECK_FALSE(at("::2").isLoopback());
}

TEST_CASE("addresses are equal, and hash alike, only if every part is", "[base][address]") {
    const auto one = *SocketAddress::parse("192.0.2.1", 5060);
    CHECK(one == *SocketAddress::parse("192.0.2.1", 5060));
    CHECK(one != one.withPort(5061));
    CHECK(one.sameHost(one.withPort(5061)));
    CHECK_FALSE(one.sameHost(*SocketAddress::parse("192.0.2.2", 5060)));
    CHECK_FALSE(one.sameHost(*SocketAddress::parse("c000:201::", 5060)));  // the same octets in the other family

    std::unordered_set<std::size_t> hashes;
    for (int host = 0; host < 100; ++host) {
        for (int port = 0; port < 100; ++port) {
            const auto address =
                SocketAddress::parse("10.1.2." + std::to_string(host), static_cast<std::uint16_t>(port));
            hashes.insert(std::hash<SocketAddress>{}(*address));
        }
    }
    CHECK(hashes.size() > 9990);
}

TEST_CASE("the network of an address is what one peer can choose its address from", "[base][address]") {
    const auto network = [](const char* host) { return SocketAddress::parse(host, 5060)->network().toString(); };
    CHECK(network("192.0.2.77") == "192.0.2.77:0");
    CHECK(network("2001:db8:1:2:3:4:5:6") == "[2001:db8:1:2::]:0");
    CHECK(network("2001:db8:1:2:ffff::1") == network("2001:db8:1:2::2"));
    CHECK(network("2001:db8:1:3::2") != network("2001:db8:1:2::2"));
    CHECK(network("::1") == "[::1]:0");
    CHECK_FALSE(SocketAddress{}.network().isSet());
}
