// SPDX-License-Identifier: AGPL-3.0-or-later
#include "proxy/flow_token.hpp"

#include "support/wire.hpp"

#include <catch2/catch.hpp>

#include <algorithm>
#include <cctype>

using namespace beffroi;
using namespace beffroi::proxy;
using namespace beffroi::test;

namespace {

constexpr std::string_view kCallId = "call-1@192.0.2.10";

FlowTokens::Key keyOf(unsigned char first) {
    FlowTokens::Key key{};
    key[0] = first;
    return key;
}

Flow flowTo(Transport transport, const std::string& host, std::uint16_t port, std::uint64_t connection = 0) {
    return Flow{transport, 3, connection, *SocketAddress::parse(host, port)};
}

}  // namespace

TEST_CASE("a token gives back the flows that it was made of", "[proxy][rfc5626-5.3]") {
    const FlowTokens tokens{keyOf(1)};
    struct Row {
        Flow caller;
        Flow callee;
    };
    const Row rows[] = {
        {udpFlow(10), udpFlow(20, 65535)},
        {tcpFlow(10, 7), udpFlow(20)},
        {udpFlow(10), tcpFlow(20, 0xfedcba9876543210)},
        {flowTo(Transport::Udp, "2001:db8::1", 5060), flowTo(Transport::Tls, "2001:db8:ffff::2", 40000, 9)},
        {flowTo(Transport::Tcp, "2001:db8::1", 1, 1), flowTo(Transport::Tcp, "::1", 5060, 2)},
    };
    for (const auto& row : rows) {
        const bool hidden = row.callee.transport == Transport::Tcp;
        const DialogFlows flows{row.caller, row.callee, tokens.hashTag("alice"), 0xdeadbeef, 7, hidden};
        const auto token = tokens.encode(flows, kCallId);
        INFO(token);
        const auto read = tokens.decode(token, kCallId);
        REQUIRE(read);
        CHECK(read->caller == row.caller);
        CHECK(read->callee == row.callee);
        CHECK(read->callerTag == tokens.hashTag("alice"));
        CHECK(read->callerUri == 0xdeadbeef);
        CHECK(read->calleeUri == 7);
        CHECK(read->callerHidden == hidden);
        CHECK(token.size() <= 120);
        CHECK(std::all_of(token.begin(), token.end(), [](unsigned char c) {
            return std::isalnum(c) != 0 || c == '-' || c == '_';  // unreserved: no UA has a reason to escape it
        }));
    }
}

TEST_CASE("a token that was not signed for this call leads nowhere", "[proxy][security]") {
    const FlowTokens tokens{keyOf(1)};
    const DialogFlows flows{udpFlow(10), tcpFlow(20, 4), 99};
    const auto token = tokens.encode(flows, kCallId);
    REQUIRE(tokens.decode(token, kCallId));

    SECTION("whatever character is changed") {
        for (std::size_t i = 0; i < token.size(); ++i) {
            auto forged = token;
            forged[i] = forged[i] == 'A' ? 'B' : 'A';
            CHECK_FALSE(tokens.decode(forged, kCallId));
        }
    }
    SECTION("wherever it is cut, and whatever is added") {
        for (std::size_t size = 0; size < token.size(); ++size) {
            CHECK_FALSE(tokens.decode(std::string_view{token}.substr(0, size), kCallId));
        }
        for (const auto* more : {"A", "AAAA", "=", " ", "%41"}) CHECK_FALSE(tokens.decode(token + more, kCallId));
        CHECK_FALSE(tokens.decode(token + token, kCallId));
        CHECK_FALSE(tokens.decode(std::string(100'000, 'A'), kCallId));
    }
    SECTION("signed with another key") { CHECK_FALSE(FlowTokens{keyOf(2)}.decode(token, kCallId)); }
    SECTION("taken from another call") {
        CHECK_FALSE(tokens.decode(token, "call-2@192.0.2.10"));
        CHECK_FALSE(tokens.decode(token, ""));
    }
    SECTION("what is a number or a name") {
        for (const auto* user : {"", "2101", "alice", "2100-comptoir"}) CHECK_FALSE(tokens.decode(user, kCallId));
    }
}

TEST_CASE("hashes depend on the text and the key", "[proxy][rfc5393-4.2]") {
    const FlowTokens tokens{keyOf(1)};
    CHECK(tokens.hash("text") == tokens.hash("text"));
    CHECK(tokens.hash("text") != tokens.hash("texu"));
    CHECK(tokens.hash("text") != FlowTokens{keyOf(2)}.hash("text"));
    CHECK(tokens.hashTag("alice") != tokens.hashTag("bob"));

    const auto uri = [&tokens](const char* text) { return tokens.hashUri(sip::parseUri(text).value()); };
    CHECK(uri("sip:2101@Town.Example;x") == uri("sips:%32101@town.example:5061"));
    CHECK(uri("tel:21-01") == uri("tel:2101"));
    CHECK(uri("sip:2101@town.example") != uri("sip:2102@town.example"));
    CHECK(uri("sip:2101@town.example") != uri("sip:2101@elsewhere.example"));
}
