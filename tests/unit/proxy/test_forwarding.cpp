// SPDX-License-Identifier: AGPL-3.0-or-later
#include "proxy/forwarding.hpp"

#include "support/sip_messages.hpp"
#include "support/wire.hpp"

#include <catch2/catch.hpp>

#include <vector>

using namespace beffroi;
using namespace beffroi::proxy;
using namespace beffroi::test;

namespace {

using Values = std::vector<std::string_view>;

sip::Message invite(const std::string& more = {}, const std::string& uri = "sip:2102@192.0.2.1") {
    RequestText text;
    text.uri = uri;
    text.more = more;
    return readMessage(text.text());
}

FlowTokens tokensOf(unsigned char first) {
    FlowTokens::Key key{};
    key[0] = first;
    return FlowTokens{key};
}

sip::UriView uriOf(std::string_view value) { return sip::parseNameAddr(value)->uri; }

// As the wire, but with an address of its own for IPv6 listeners.
class TwoFamilies final : public Network {
public:
    Sent send(const Flow&, std::string_view) override { return Sent::Refused; }
    std::optional<Flow> flowTo(Transport, const SocketAddress&, std::string_view) override { return std::nullopt; }
    std::optional<Flow> restoreFlow(Transport, const SocketAddress&, const SocketAddress&) override {
        return std::nullopt;
    }
    void vouch(const Flow&) override {}
    void expectWithin(const Flow&, std::optional<Clock::Duration>) override {}
    void giveUp(const Flow&, Clock::TimePoint) override {}
    [[nodiscard]] bool alive(const Flow&) const override { return true; }
    [[nodiscard]] const SocketAddress& localAddress(const Flow& flow) const override {
        return flow.remote.isV6() ? v6_ : v4_;
    }
    [[nodiscard]] const std::vector<std::string>& peerNames(const Flow&) const override { return names_; }
    [[nodiscard]] bool isOwnAddress(const SocketAddress& address) const override {
        return address == v4_ || address == v6_;
    }

private:
    std::vector<std::string> names_;
    SocketAddress v4_ = *SocketAddress::parse("192.0.2.1", 5060);
    SocketAddress v6_ = *SocketAddress::parse("fe80::1%lo", 5060);
};

}  // namespace

TEST_CASE("Max-Forwards is lowered, or 70 if there is none", "[proxy][rfc3261-16.6]") {
    struct Row {
        const char* before;
        const char* after;
    };
    for (const auto& row : {Row{"70", "69"}, Row{"1", "0"}, Row{"0", "0"}, Row{"255", "254"}}) {
        auto request = invite();
        request.set("Max-Forwards", row.before);
        decrementMaxForwards(request);
        CHECK(request.headers("Max-Forwards") == Values{row.after});
    }
    auto request = invite();
    request.remove("Max-Forwards");
    decrementMaxForwards(request);
    CHECK(request.headers("Max-Forwards") == Values{"70"});
}

TEST_CASE("a strict router gets the request in the form that it understands", "[proxy][rfc3261-16.6]") {
    SECTION("no route, or a loose one first: nothing changes") {
        for (const auto* more : {"", "Route: <sip:a.example;lr>, <sip:b.example>\r\n"}) {
            auto request = invite(more);
            const auto before = request.toString();
            postprocessStrictRoute(request);
            CHECK(request.toString() == before);
        }
    }
    SECTION("the Request-URI goes last and the strict router first") {
        auto request = invite("Route: <sip:a.example:5070;transport=tcp>, <sip:b.example;lr>\r\n");
        postprocessStrictRoute(request);
        CHECK(request.requestUri().text == "sip:a.example:5070;transport=tcp");
        CHECK(request.headers("Route") == Values{"<sip:b.example;lr>", "<sip:2102@192.0.2.1>"});
    }
}

TEST_CASE("the next hop is the first route, else the Request-URI", "[proxy][rfc3261-16.6]") {
    struct Row {
        const char* uri;
        const char* route;
        const char* host;
        std::uint16_t port;
        std::optional<Transport> transport;
        bool secure;
    };
    const Row rows[] = {
        {"sip:2102@phone.example", "", "phone.example", 0, std::nullopt, false},
        {"sip:2102@192.0.2.7:5070;transport=TCP", "", "192.0.2.7", 5070, Transport::Tcp, false},
        {"sip:2102@[2001:db8::7]:5070;transport=udp", "", "2001:db8::7", 5070, Transport::Udp, false},
        {"sips:2102@phone.example", "", "phone.example", 0, std::nullopt, true},
        {"sip:2102@phone.example", "<sip:edge.example;lr>", "edge.example", 0, std::nullopt, false},
        {"sip:2102@phone.example;maddr=198.51.100.1", "", "phone.example", 0, std::nullopt, false},
        {"sip:2102@phone.example;transport=sctp", "", "phone.example", 0, std::nullopt, false},
    };
    for (const auto& row : rows) {
        INFO(row.uri << ' ' << row.route);
        auto request = invite({}, row.uri);
        if (*row.route != '\0') request.add("Route", row.route);
        const auto hop = nextHopOf(request);
        REQUIRE(hop);
        CHECK(hop->host == row.host);
        CHECK(hop->port == row.port);
        CHECK(hop->transport == row.transport);
        CHECK(hop->secure == row.secure);
    }
    CHECK_FALSE(nextHopOf(invite({}, "tel:+33123456789")));
    auto other = invite();
    other.setRequestUri("http://phone.example/");
    CHECK_FALSE(nextHopOf(other));
}

TEST_CASE("a URI names us by one of our addresses with its port", "[proxy][rfc3261-16.4]") {
    assertOnLoop();
    const Wire wire;  // 192.0.2.1:5060
    for (const auto* ours : {"<sip:192.0.2.1>", "<sip:x@192.0.2.1:5060;lr>", "<sips:192.0.2.1:5060>"}) {
        CHECK(namesUs(uriOf(ours), wire));
    }
    for (const auto* other : {"<sip:192.0.2.1:5061>", "<sips:192.0.2.1>", "<sip:192.0.2.2>", "<tel:2101>",
                              "<sip:town.example>", "<sip:[2001:db8::1]>"}) {
        CHECK_FALSE(namesUs(uriOf(other), wire));
    }
    Wire tls;
    tls.setOwn(*SocketAddress::parse("192.0.2.1", 5061));
    for (const auto* ours : {"<sips:192.0.2.1>", "<sip:192.0.2.1;transport=tls;lr>", "<sip:192.0.2.1;transport=TLS>"}) {
        CHECK(namesUs(uriOf(ours), tls));
    }
    CHECK_FALSE(namesUs(uriOf("<sip:192.0.2.1;transport=tcp>"), tls));
}

TEST_CASE("our Record-Route stands first: once, or twice where the two sides differ", "[proxy][rfc5658]") {
    assertOnLoop();
    const auto tokens = tokensOf(1);
    auto request = invite("Record-Route: <sip:before.example;lr>\r\n");

    SECTION("once between two phones on UDP") {
        const Wire wire;
        const DialogFlows flows{udpFlow(10), udpFlow(20), 1};
        addRecordRoute(request, flows, tokens, wire);
        const auto token = tokens.encode(flows, request.callId());
        CHECK(request.headers("Record-Route") ==
              Values{"<sip:" + token + "@192.0.2.1:5060;lr>", "<sip:before.example;lr>"});
    }
    SECTION("twice from TCP to UDP, the callee's side on top") {
        const Wire wire;
        addRecordRoute(request, {tcpFlow(10, 7), udpFlow(20), 1}, tokens, wire);
        const auto routes = request.headers("Record-Route");
        REQUIRE(routes.size() == 3);
        CHECK_FALSE(uriOf(routes[0]).params.has("transport"));
        CHECK(uriOf(routes[1]).params.find("transport") == "tcp");
        CHECK(uriOf(routes[0]).user == uriOf(routes[1]).user);
        CHECK(routes[2] == "<sip:before.example;lr>");
    }
    SECTION("secure for a call that is") {
        const Wire wire;
        request.setRequestUri("sip:2102@192.0.2.20:5061;transport=tls");
        makeSecure(request);
        CHECK(request.requestUri().text == "sips:2102@192.0.2.20:5061;transport=tls");
        makeSecure(request);
        CHECK(request.requestUri().text == "sips:2102@192.0.2.20:5061;transport=tls");
        const Flow tls{Transport::Tls, 0, 8, udpFlow(20).remote};
        addRecordRoute(request, {tls, tls, 1}, tokens, wire);
        const auto routes = request.headers("Record-Route");
        REQUIRE(routes.size() == 2);
        CHECK(routes[0].starts_with("<sips:"));
        CHECK(routes[0].ends_with("@192.0.2.1:5060;transport=tls;lr>"));
    }
    SECTION("twice from IPv4 to IPv6, each with an address that its side can reach and no zone") {
        const TwoFamilies network;
        const Flow v6{Transport::Udp, 1, 0, *SocketAddress::parse("fe80::2%lo", 5060)};
        addRecordRoute(request, {udpFlow(10), v6, 1}, tokens, network);
        const auto routes = request.headers("Record-Route");
        REQUIRE(routes.size() == 3);
        CHECK(uriOf(routes[0]).host == "fe80::1");
        CHECK(uriOf(routes[1]).host == "192.0.2.1");
        CHECK(uriOf(routes[0]).looseRouter());
    }
}

TEST_CASE("what tells a loop from a spiral", "[proxy][rfc5393-4.2]") {
    assertOnLoop();
    const Wire wire;
    const auto tokens = tokensOf(1);
    const auto request = invite();
    const auto hash = loopHash(request, tokens);

    SECTION("the hash depends on what decides the way, and on nothing that every hop changes") {
        auto same = invite();
        same.set("Max-Forwards", "3");
        same.addFirst("Via", "SIP/2.0/UDP 192.0.2.99;branch=z9hG4bKother");
        same.add("Proxy-Authorization", "Digest realm=\"x\"");
        CHECK(loopHash(same, tokens) == hash);
        CHECK(loopHash(request, tokensOf(2)) != hash);

        CHECK(loopHash(invite({}, "sip:2103@192.0.2.1"), tokens) != hash);
        CHECK(loopHash(invite("Route: <sip:a.example;lr>\r\n"), tokens) != hash);
        const auto changed = [&tokens](const char* name, const char* value) {
            auto other = invite();
            other.set(name, value);
            return loopHash(other, tokens);
        };
        CHECK(changed("From", "<sip:2101@192.0.2.1>;tag=bob") != hash);
        CHECK(changed("To", "<sip:2102@192.0.2.1>;tag=bob") != hash);
        CHECK(changed("Call-ID", "call-2@192.0.2.10") != hash);
        CHECK(changed("CSeq", "2 INVITE") != hash);
    }
    SECTION("a Via of ours with this hash, anywhere below another, is a loop") {
        struct Row {
            std::string via;
            bool loop;
        };
        const Row rows[] = {
            {"SIP/2.0/UDP 192.0.2.1:5060;branch=z9hG4bK0000000000000001." + hash, true},
            {"SIP/2.0/UDP 192.0.2.1;rport;branch=z9hG4bK0000000000000001." + hash, true},
            {"SIP/2.0/UDP 192.0.2.1:5060;branch=z9hG4bK0000000000000001.0" + hash, false},
            {"SIP/2.0/UDP 192.0.2.1:5060;branch=z9hG4bK0000000000000001", false},
            {"SIP/2.0/UDP 192.0.2.1:5062;branch=z9hG4bK0000000000000001." + hash, false},
            {"SIP/2.0/UDP proxy.example;branch=z9hG4bK0000000000000001." + hash, false},
        };
        for (const auto& row : rows) {
            INFO(row.via);
            auto looped = invite();
            looped.add("Via", row.via);
            looped.add("Via", "SIP/2.0/UDP 192.0.2.77;branch=z9hG4bKfirst");
            CHECK(hasLooped(looped, hash, wire) == row.loop);
        }
        CHECK_FALSE(hasLooped(request, hash, wire));
    }
}
