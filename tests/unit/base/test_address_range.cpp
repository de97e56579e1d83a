// SPDX-License-Identifier: AGPL-3.0-or-later
#include "beffroi/address_range.hpp"

#include <catch2/catch.hpp>

#include <string>

using beffroi::AddressRange;
using beffroi::SocketAddress;

namespace {

SocketAddress at(const char* host) { return *SocketAddress::parse(host, 5060); }

}  // namespace

TEST_CASE("a network is read as administrators write it", "[base]") {
    struct Case {
        const char* text;
        const char* read;  // null: refused
    };
    const auto given = GENERATE(values<Case>({
        {"192.0.2.1", "192.0.2.1"},
        {"192.0.2.1/32", "192.0.2.1"},
        {"192.0.2.129/25", "192.0.2.128/25"},
        {"0.0.0.0/0", "0.0.0.0/0"},
        {"10.255.255.255/9", "10.128.0.0/9"},
        {"2001:db8::1", "2001:db8::1"},
        {"2001:db8:1:2:3::/64", "2001:db8:1:2::/64"},
        {"2001:db8:ffff::/33", "2001:db8:8000::/33"},
        {"::ffff:192.0.2.1", "192.0.2.1"},
        {"", nullptr},
        {"192.0.2.1/", nullptr},
        {"192.0.2.1/33", nullptr},
        {"192.0.2.1/-1", nullptr},
        {"192.0.2.1/8x", nullptr},
        {"2001:db8::/129", nullptr},
        {"fe80::1%1", nullptr},
        {"[2001:db8::1]", nullptr},
        {"name.example", nullptr},
    }));
    CAPTURE(given.text);
    const auto range = AddressRange::parse(given.text);
    REQUIRE(range.has_value() == (given.read != nullptr));
    if (!range) return;
    CHECK(range->toString() == given.read);
    CHECK(AddressRange::parse(range->toString()) == range);
}

TEST_CASE("a network contains its addresses and smaller networks, of its family", "[base]") {
    const auto range = *AddressRange::parse("192.0.2.0/25");
    CHECK(range.contains(at("192.0.2.0")));
    CHECK(range.contains(at("192.0.2.127")));
    CHECK_FALSE(range.contains(at("192.0.2.128")));
    CHECK_FALSE(range.contains(at("c000:200::")));  // the same bits
    CHECK(range.contains(*AddressRange::parse("192.0.2.64/26")));
    CHECK(range.contains(range));
    CHECK_FALSE(range.contains(*AddressRange::parse("192.0.2.0/24")));
    CHECK_FALSE(AddressRange{}.contains(at("0.0.0.0")));
    CHECK_FALSE(AddressRange{}.isSet());
}

TEST_CASE("one host is an IPv4 address or an IPv6 /64", "[base]") {
    CHECK(at("192.0.2.1").network() == at("192.0.2.1").withPort(0));
    CHECK(at("2001:db8:1:2:3:4:5:6").network() == at("2001:db8:1:2::").withPort(0));
    CHECK(AddressRange::site(at("2001:db8::1")).toString() == "2001:db8::/64");
    CHECK(AddressRange::site(at("192.0.2.1")).toString() == "192.0.2.1");
}
