// SPDX-License-Identifier: AGPL-3.0-or-later
#include "edge/tls/certificate_names.hpp"

#include <catch2/catch.hpp>

#include <tuple>

using namespace beffroi::edge::tls;
using beffroi::SocketAddress;
using Names = std::vector<std::string>;

TEST_CASE("a certificate identifies the domains that RFC 5922 finds in it", "[edge][tls][rfc5922-7.1][rfc5922-7.2]") {
    static const CertificateNames both{{"a.example"}, {"sip:b.example", "sip:c.example;x=y"}, {}, "d.example", true};
    static const CertificateNames hosts{
        {"a.example", "*.b.example"}, {"sips:c.example", "sip:u@d.example"}, {}, "e.example", true};
    static const CertificateNames common{{}, {}, {}, "a.example", false};
    static const CertificateNames addresses{
        {"192.0.2.1"}, {}, {*SocketAddress::parse("192.0.2.7", 0), *SocketAddress::parse("2001:db8::7", 0)}, "", true};
    static const CertificateNames nothing{{}, {}, {}, "", true};
    const auto [names, domain, expected] = GENERATE_COPY(table<const CertificateNames*, std::string, bool>({
        {&both, "b.example", true},
        {&both, "c.example", true},
        {&both, "a.example", false},
        {&both, "d.example", false},
        {&hosts, "a.example", true},
        {&hosts, "A.Example", true},
        {&hosts, "x.b.example", false},
        {&hosts, "*.b.example", false},
        {&hosts, "c.example", false},
        {&hosts, "d.example", false},
        {&hosts, "e.example", false},
        {&common, "a.example", true},
        {&common, "b.example", false},
        {&addresses, "192.0.2.7", true},
        {&addresses, "192.0.2.1", false},
        {&addresses, "2001:db8::7", true},
        {&addresses, "[2001:DB8:0::7]", true},
        {&nothing, "", false},
        {&common, "", false},
    }));
    CAPTURE(domain);
    CHECK(identifies(*names, domain) == expected);
}

TEST_CASE("a client that asks for a host gets a certificate that serves it", "[edge][tls][rfc6066-3]") {
    const CertificateNames names{{"a.example", "*.b.example"}, {"sip:c.example"}, {}, "d.example", true};
    const auto [asked, expected] = GENERATE(table<std::string, bool>({
        {"a.example", true},
        {"A.EXAMPLE", true},
        {"x.b.example", true},
        {"b.example", false},
        {".b.example", false},
        {"x.y.b.example", false},
        {"c.example", true},
        {"d.example", false},
        {"", false},
    }));
    CAPTURE(asked);
    CHECK(serves(names, asked) == expected);
    CHECK(serves({{}, {}, {}, "*.d.example", false}, "x.d.example"));
    CHECK_FALSE(serves({{"*.example"}, {}, {}, "", true}, "d.example"));
}

TEST_CASE("a device is known by each name of its certificate, once", "[edge][tls]") {
    CHECK(deviceNames({{"a.example"}, {"sip:2001@a.example", "https://x"}, {}, "phone 7", true}) ==
          Names{"a.example", "sip:2001@a.example", "phone 7"});
    CHECK(deviceNames({{"a.example"}, {}, {}, "a.example", true}) == Names{"a.example"});
    CHECK(deviceNames({}).empty());
    CHECK(shownName({{}, {}, {*SocketAddress::parse("192.0.2.7", 0)}, "x", true}) == "192.0.2.7");
}
