// SPDX-License-Identifier: AGPL-3.0-or-later
//
// RFC 3263 against a name server on loopback; time is the test's, but for c-ares's own.

#include "edge/resolver.hpp"

#include "component/edge/name_server.hpp"
#include "support/temporary_folder.hpp"

#include <algorithm>

using namespace beffroi;
using namespace beffroi::test;
using Conduct = NameServer::Conduct;
using Strings = std::vector<std::string>;

namespace {

class Resolving : public TurnedLoop {
public:
    explicit Resolving(edge::ResolverSettings settings = {}) : settings_{std::move(settings)} {
        settings_.servers = server.address();
        resolver = std::make_unique<edge::Resolver>(loop, settings_, [] { return std::uint64_t{0}; });
    }

    NameServer server{loop};
    std::unique_ptr<edge::Resolver> resolver;

    /// One that asks, and what it was told.
    struct Asking {
        std::unique_ptr<NextHopResolver::Lookup> lookup;
        int answers = 0;
        Strings destinations;
    };
    [[nodiscard]] std::unique_ptr<Asking> start(const NextHop& hop) const {
        auto asking = std::make_unique<Asking>();
        asking->lookup = resolver->resolve(hop, [to = asking.get()](const std::vector<Destination>& found) {
            ++to->answers;
            for (const auto& each : found) {
                to->destinations.push_back(std::string{toString(each.transport)} + ' ' + each.address.toString());
            }
        });
        return asking;
    }
    /// Asks and waits for the answer.
    [[nodiscard]] Strings ask(const NextHop& hop) {
        const auto asking = start(hop);
        REQUIRE(until([&] { return asking->answers > 0; }));
        settle();
        CHECK(asking->answers == 1);
        return asking->destinations;
    }
    /// How many questions the name server is asked for it.
    [[nodiscard]] std::size_t questionsFor(const NextHop& hop) {
        const auto before = server.questions.size();
        [[maybe_unused]] const auto found = ask(hop);
        return server.questions.size() - before;
    }

private:
    edge::ResolverSettings settings_;
};

NextHop named(const std::string& host, std::uint16_t port = 0) { return {host, port, std::nullopt, false}; }
NextHop by(Transport transport, const std::string& host, std::uint16_t port = 0) {
    return {host, port, transport, false};
}
NextHop secure(const std::string& host, std::uint16_t port = 0) { return {host, port, std::nullopt, true}; }

const Strings kNowhere;

}  // namespace

TEST_CASE("an address literal needs nobody's answer", "[edge][rfc3263-4.1][rfc3263-4.2]") {
    Resolving on;
    struct Row {
        NextHop hop;
        Strings leadsTo;
    };
    for (const auto& [hop, leadsTo] : {
             Row{named("192.0.2.1"), {"UDP 192.0.2.1:5060"}},
             Row{named("192.0.2.1", 5070), {"UDP 192.0.2.1:5070"}},
             Row{by(Transport::Tcp, "192.0.2.1"), {"TCP 192.0.2.1:5060"}},
             Row{named("2001:db8::1"), {"UDP [2001:db8::1]:5060"}},
             Row{named("[2001:db8::1]", 5070), {"UDP [2001:db8::1]:5070"}},
             Row{by(Transport::Tls, "192.0.2.1"), kNowhere},
             Row{secure("192.0.2.1"), kNowhere},
             Row{named(""), kNowhere},
             Row{named(std::string(256, 'a')), kNowhere},
         }) {
        CAPTURE(hop.host);
        const auto asking = on.start(hop);
        CHECK(asking->answers == 1);  // at once
        CHECK(asking->destinations == leadsTo);
    }
    on.settle();
    CHECK(on.server.questions.empty());
    CHECK(on.resolver->counters().nowhere == 4);
}

TEST_CASE("NAPTR says which transports, and which first", "[edge][rfc3263-4.1]") {
    Resolving on;
    auto& zone = on.server;
    zone.naptr("example.org", 20, 10, "s", "SIP+D2U", "udp.example.org");
    zone.naptr("example.org", 10, 20, "S", "sip+d2t", "tcp2.example.org");
    zone.naptr("example.org", 10, 10, "s", "SIP+D2T", "tcp1.example.org");
    zone.naptr("example.org", 5, 1, "s", "SIPS+D2T", "tls.example.org");   // not spoken here
    zone.naptr("example.org", 5, 2, "u", "E2U+sip", "enum.example.org");   // not about transports
    zone.naptr("example.org", 5, 3, "a", "SIP+D2U", "wrong.example.org");  // no name of SRV records
    zone.naptr("example.org", 5, 4, "s", "SIP+D2S", "sctp.example.org");
    zone.srv("tcp1.example.org", 0, 0, 5071, "one.example.org");
    zone.srv("tcp2.example.org", 0, 0, 5072, "one.example.org");
    zone.srv("udp.example.org", 0, 0, 5073, "two.example.org");
    zone.address("one.example.org", "192.0.2.1");
    zone.address("two.example.org", "192.0.2.2");
    CHECK(on.ask(named("example.org")) == Strings{"TCP 192.0.2.1:5071", "TCP 192.0.2.1:5072", "UDP 192.0.2.2:5073"});
    const auto asked = [&zone](const std::string& kind) {
        return std::count_if(zone.questions.begin(), zone.questions.end(),
                             [&](const auto& question) { return question.substr(0, question.find(' ')) == kind; });
    };
    CHECK(asked("NAPTR") == 1);
    CHECK(asked("SRV") == 3);  // of what can be used
    CHECK(asked("A") == 2);    // each host once
    CHECK(asked("AAAA") == 2);
}

TEST_CASE("a name of the machine's own hosts file is asked of nobody", "[edge][rfc3263-4.2]") {
    const TemporaryFolder folder;
    edge::ResolverSettings settings;
    settings.hostsFile = folder.write("hosts", "2001:db8::7 gateway.example\n192.0.2.7 gateway.example gateway\n");
    Resolving on{settings};
    CHECK(on.ask(named("Gateway.Example", 5070)) == Strings{"UDP 192.0.2.7:5070", "UDP [2001:db8::7]:5070"});
    CHECK(on.ask(by(Transport::Tcp, "gateway", 5070)) == Strings{"TCP 192.0.2.7:5070"});
    CHECK(on.server.questions.empty());
    CHECK(on.ask(named("other.example", 5070)) == kNowhere);
    CHECK_FALSE(on.server.questions.empty());
}

TEST_CASE("without NAPTR the SRV records of each of our transports are asked for", "[edge][rfc3263-4.1][rfc2782]") {
    Resolving on;
    auto& zone = on.server;
    zone.srv("_sip._tcp.example.org", 0, 0, 5075, "c.example.org");
    zone.srv("_sip._udp.example.org", 20, 0, 5070, "a.example.org");
    zone.srv("_sip._udp.example.org", 10, 0, 5071, "b.example.org");
    zone.srv("_sip._udp.example.org", 10, 0, 0, "c.example.org");  // no port at which anybody could answer
    zone.srv("_sip._udp.example.org", 30, 0, 5072, "missing.example.org");
    zone.address("a.example.org", "2001:db8::a");
    zone.address("a.example.org", "192.0.2.10");
    zone.address("b.example.org", "192.0.2.11");
    zone.address("c.example.org", "192.0.2.12");
    const Strings udp{"UDP 192.0.2.11:5071", "UDP 192.0.2.10:5070", "UDP [2001:db8::a]:5070"};
    const Strings tcp{"TCP 192.0.2.12:5075"};
    Strings both = udp;
    both.insert(both.end(), tcp.begin(), tcp.end());

    SECTION("of all, if the URI names none") {
        CHECK(on.ask(named("example.org")) == both);
        CHECK(on.server.wasAsked("NAPTR example.org"));
        CHECK_FALSE(on.server.wasAsked("SRV _sips._tcp.example.org"));
    }
    SECTION("of the one that the URI names, and no NAPTR") {
        CHECK(on.ask(by(Transport::Tcp, "example.org")) == tcp);
        CHECK(on.ask(by(Transport::Udp, "example.org")) == udp);
        CHECK_FALSE(on.server.wasAsked("NAPTR example.org"));
    }
    SECTION("also if NAPTR leads to nothing that we speak") {
        zone.naptr("example.org", 1, 1, "s", "SIPS+D2T", "_sips._tcp.example.org");
        CHECK(on.ask(named("example.org")) == both);
    }
    SECTION("also if NAPTR is not answered at all, long before all the time is over") {
        zone.conduct["NAPTR example.org"] = Conduct::Silent;
        const auto asking = on.start(named("example.org"));
        REQUIRE(on.until([&] { return zone.wasAsked("NAPTR example.org"); }));
        on.clock.advance(1490ms);
        on.settle();
        CHECK_FALSE(zone.wasAsked("SRV _sip._udp.example.org"));
        on.clock.advance(20ms);
        REQUIRE(on.until([&] { return asking->answers > 0; }));
        CHECK(asking->destinations == both);
        CHECK(on.resolver->counters().timedOut == 0);
    }
    SECTION("also if NAPTR is not answered as it should be") {
        zone.conduct["NAPTR example.org"] = Conduct::Refuses;
        CHECK(on.ask(named("example.org")) == both);
    }
}

TEST_CASE("without SRV, or with a port, the addresses of the name itself are taken", "[edge][rfc3263-4.2]") {
    Resolving on;
    on.server.address("example.org", "2001:db8::1");
    on.server.address("example.org", "192.0.2.1");
    on.server.address("example.org", "192.0.2.2");

    SECTION("no SRV anywhere") {
        CHECK(on.ask(named("example.org")) ==
              Strings{"UDP 192.0.2.1:5060", "UDP 192.0.2.2:5060", "UDP [2001:db8::1]:5060"});
        CHECK(on.server.wasAsked("SRV _sip._udp.example.org"));
        CHECK(on.server.wasAsked("SRV _sip._tcp.example.org"));
    }
    SECTION("no SRV of the transport named") {
        CHECK(on.ask(by(Transport::Tcp, "example.org")) ==
              Strings{"TCP 192.0.2.1:5060", "TCP 192.0.2.2:5060", "TCP [2001:db8::1]:5060"});
    }
    SECTION("a port") {
        on.server.srv("_sip._udp.example.org", 0, 0, 5099, "example.org");
        CHECK(on.ask(named("example.org", 5070)) ==
              Strings{"UDP 192.0.2.1:5070", "UDP 192.0.2.2:5070", "UDP [2001:db8::1]:5070"});
        CHECK(on.ask(by(Transport::Tcp, "example.org", 5071)).front() == "TCP 192.0.2.1:5071");
        for (const auto& question : on.server.questions) {
            CHECK((question == "A example.org" || question == "AAAA example.org"));
        }
    }
    SECTION("an answer that is too long for a datagram") {
        on.server.conduct[""] = Conduct::AnswersByTcp;
        CHECK(on.ask(named("example.org", 5070)) ==
              Strings{"UDP 192.0.2.1:5070", "UDP 192.0.2.2:5070", "UDP [2001:db8::1]:5070"});
    }
    SECTION("an alias") {
        on.server.alias("www.example.org", "example.org");
        CHECK(on.ask(named("www.example.org", 5070)) ==
              Strings{"UDP 192.0.2.1:5070", "UDP 192.0.2.2:5070", "UDP [2001:db8::1]:5070"});
    }
    SECTION("an SRV record that says: not here") {
        on.server.srv("_sip._udp.example.org", 0, 0, 0, ".");
        CHECK(on.ask(named("example.org")) == kNowhere);
        CHECK_FALSE(on.server.wasAsked("A example.org"));
    }
    SECTION("only IPv4 is wanted") {
        edge::ResolverSettings settings;
        settings.abilities.families = edge::DnsFamilies::V4;
        Resolving v4{settings};
        v4.server.address("example.org", "2001:db8::1");
        v4.server.address("example.org", "192.0.2.1");
        CHECK(v4.ask(named("example.org", 5070)) == Strings{"UDP 192.0.2.1:5070"});
        CHECK_FALSE(v4.server.wasAsked("AAAA example.org"));
    }
}

TEST_CASE("a secure URI goes by TLS or not at all", "[edge][rfc3263-4.1]") {
    Resolving plain;
    plain.server.address("example.org", "192.0.2.1");
    CHECK(plain.ask(secure("example.org")) == kNowhere);
    CHECK(plain.server.questions.empty());

    edge::ResolverSettings settings;
    settings.abilities.transports = {Transport::Udp, Transport::Tcp, Transport::Tls};
    Resolving on{settings};
    on.server.address("example.org", "192.0.2.1");
    CHECK(on.ask(secure("example.org")) == Strings{"TLS 192.0.2.1:5061"});
    CHECK(on.server.wasAsked("SRV _sips._tcp.example.org"));
    CHECK_FALSE(on.server.wasAsked("SRV _sip._udp.example.org"));
}

TEST_CASE("an answer is remembered for as long as its least time to live", "[edge]") {
    Resolving on;
    const auto hop = by(Transport::Udp, "example.org");
    on.server.timeToLive = GENERATE(0U, 1U, 40U, 100'000U);
    on.server.srv("_sip._udp.example.org", 0, 0, 5060, "a.example.org");
    const Clock::Duration lasting = std::clamp<Clock::Duration>(std::chrono::seconds{on.server.timeToLive}, 1s, 1h);
    on.server.timeToLive = 200'000;
    on.server.address("a.example.org", "192.0.2.1");
    const Strings there{"UDP 192.0.2.1:5060"};

    REQUIRE(on.ask(hop) == there);
    const auto asked = on.server.questions.size();
    on.clock.advance(lasting - 10ms);
    auto again = hop;
    again.host = "Example.ORG";
    const auto remembered = on.start(again);
    CHECK(remembered->answers == 1);  // at once
    CHECK(remembered->destinations == there);
    CHECK(on.server.questions.size() == asked);
    CHECK(on.resolver->counters().remembered == 1);
    // It is another question with another port or transport.
    CHECK(on.questionsFor(named("example.org", 5070)) == 2);
    CHECK(on.questionsFor(by(Transport::Tcp, "example.org")) > 0);
    on.clock.advance(10ms);
    CHECK(on.questionsFor(hop) == asked);
}

TEST_CASE("that a name leads nowhere is remembered briefly, and a failure very briefly", "[edge]") {
    Resolving on;
    on.server.address("there.example.org", "192.0.2.1");
    const auto hop = GENERATE(named("nothing.example.org", 5060), named("there.example.org", 5060));
    const bool failing = hop.host == "there.example.org";
    if (failing) on.server.conduct[""] = GENERATE(Conduct::Refuses, Conduct::CutsRecord, Conduct::LoopsName);
    if (failing) on.server.address("there.example.org", "2001:db8::1");
    const Clock::Duration lasting = failing ? 5s : 30s;
    CHECK(on.ask(hop) == kNowhere);
    on.clock.advance(lasting - 10ms);
    CHECK(on.questionsFor(hop) == 0);
    on.clock.advance(10ms);
    CHECK(on.questionsFor(hop) > 0);
    CHECK(on.resolver->counters().nowhere == 3);
}

TEST_CASE("what was found in spite of a failure is used, but not for long", "[edge]") {
    Resolving on;
    on.server.timeToLive = 3000;
    on.server.srv("_sip._udp.example.org", 10, 0, 5071, "a.example.org");
    on.server.srv("_sip._udp.example.org", 20, 0, 5072, "b.example.org");
    on.server.address("a.example.org", "192.0.2.1");
    on.server.address("b.example.org", "192.0.2.2");
    on.server.address("example.org", "192.0.2.3");
    const auto hop = named("example.org");
    Strings whole{"UDP 192.0.2.1:5071", "UDP 192.0.2.2:5072"};
    Strings found = whole;
    SECTION("an SRV name") {
        on.server.conduct["SRV _sip._udp.example.org"] = Conduct::Refuses;
        found = {"UDP 192.0.2.3:5060"};
    }
    SECTION("a host") {
        on.server.conduct["A a.example.org"] = Conduct::Refuses;
        on.server.conduct["AAAA a.example.org"] = Conduct::Refuses;
        found = {whole[1]};
    }
    SECTION("NAPTR") { on.server.conduct["NAPTR example.org"] = Conduct::Refuses; }
    CHECK(on.ask(hop) == found);
    on.server.conduct.clear();
    on.clock.advance(5s - 10ms);
    CHECK(on.ask(hop) == found);
    on.clock.advance(10ms);
    CHECK(on.ask(hop) == whole);
}

TEST_CASE("a look-up ends in time, with what it has", "[edge]") {
    Resolving on;
    on.server.srv("_sip._udp.example.org", 10, 0, 5071, "a.example.org");
    on.server.srv("_sip._udp.example.org", 20, 0, 5072, "b.example.org");
    on.server.address("b.example.org", "192.0.2.2");
    const auto hop = by(Transport::Udp, "example.org");
    Strings found;
    SECTION("nobody answers at all") { on.server.conduct[""] = Conduct::Silent; }
    SECTION("one host is not known") {
        on.server.conduct["A a.example.org"] = Conduct::Silent;
        found = {"UDP 192.0.2.2:5072"};
    }
    const auto asking = on.start(hop);
    const auto other = on.start(hop);
    const std::string last = found.empty() ? "SRV _sip._udp.example.org" : "AAAA b.example.org";
    REQUIRE(on.until([&] { return on.server.wasAsked(last); }));
    on.settle();
    on.clock.advance(5s - 10ms);
    on.settle();
    CHECK(asking->answers == 0);
    on.clock.advance(20ms);
    REQUIRE(on.until([&] { return asking->answers == 1; }));
    CHECK(asking->destinations == found);
    CHECK(other->destinations == found);
    CHECK(on.resolver->counters().timedOut == 1);
    on.settle();
    CHECK(asking->answers == 1);
}

TEST_CASE("look-ups of one next hop at a time are one", "[edge]") {
    Resolving on;
    on.server.address("example.org", "192.0.2.1");
    std::vector<std::unique_ptr<Resolving::Asking>> askings;
    for (int i = 0; i < 10; ++i) askings.push_back(on.start(named("example.org", 5060)));
    askings[3].reset();  // one of them is not interested any more
    REQUIRE(on.until([&] { return askings[9]->answers == 1; }));
    for (const auto& asking : askings) {
        if (asking) CHECK(asking->destinations == Strings{"UDP 192.0.2.1:5060"});
    }
    CHECK(on.server.questions.size() == 2);
}

TEST_CASE("a look-up that was destroyed is not answered, but its answer is not lost", "[edge]") {
    Resolving on;
    on.server.address("example.org", "192.0.2.1");
    const auto hop = named("example.org", 5060);
    int answers = 0;
    auto lookup = on.resolver->resolve(hop, [&answers](const auto&) { ++answers; });
    lookup.reset();
    REQUIRE(on.until([&] { return on.server.questions.size() == 2; }));
    const auto later = on.start(hop);
    REQUIRE(on.until([&] { return later->answers == 1; }));
    CHECK(answers == 0);
    CHECK(on.server.questions.size() == 2);

    // Its owner may destroy it while it is told.
    std::unique_ptr<NextHopResolver::Lookup> own;
    own = on.resolver->resolve(named("example.org", 5070), [&](const auto&) {
        ++answers;
        own.reset();
    });
    REQUIRE(on.until([&] { return answers == 1; }));
}

TEST_CASE("a resolver that ends answers nobody", "[edge]") {
    Resolving on;
    on.server.conduct[""] = Conduct::Silent;
    const auto asking = on.start(named("example.org"));
    REQUIRE(on.until([&] { return !on.server.questions.empty(); }));
    on.resolver.reset();
    on.clock.advance(10s);
    on.settle();
    CHECK(asking->answers == 0);
}

TEST_CASE("look-ups, records and memory are bounded", "[edge]") {
    edge::ResolverSettings settings;
    settings.lookups = 2;
    settings.remembered = 1;
    Resolving on{settings};

    SECTION("look-ups at a time") {
        on.server.conduct[""] = Conduct::Silent;
        const auto first = on.start(named("a.example.org"));
        const auto second = on.start(named("b.example.org"));
        const auto third = on.start(named("c.example.org"));
        CHECK(first->answers + second->answers == 0);
        CHECK(third->answers == 1);
        CHECK(third->destinations == kNowhere);
        const auto joining = on.start(named("b.example.org"));
        CHECK(joining->answers == 0);
        on.clock.advance(6s);
        REQUIRE(on.until([&] { return joining->answers == 1; }));
        on.server.conduct.clear();
        on.server.address("c.example.org", "192.0.2.3");
        CHECK(on.ask(named("c.example.org")) == Strings{"UDP 192.0.2.3:5060"});
    }
    SECTION("next hops remembered") {
        on.server.address("a.example.org", "192.0.2.1");
        on.server.address("b.example.org", "192.0.2.2");
        CHECK(on.questionsFor(named("a.example.org", 1)) == 2);
        CHECK(on.questionsFor(named("b.example.org", 1)) == 2);
        CHECK(on.questionsFor(named("b.example.org", 1)) == 0);
        CHECK(on.questionsFor(named("a.example.org", 1)) == 2);
    }
    SECTION("records of an answer") {
        for (int i = 0; i < 18; ++i) {
            const auto host = std::string{"h"}.append(std::to_string(i));
            on.server.srv("_sip._udp.example.org", 0, 0, 5060, host);
            on.server.address("many.example.org", "192.0.2." + std::to_string(i + 1));
            on.server.address(host, "198.51.100." + std::to_string(i + 1));
        }
        CHECK(on.ask(named("many.example.org", 5060)).size() == edge::DnsClient::kMostRecords);
        CHECK(on.ask(by(Transport::Udp, "example.org")).size() == edge::DnsClient::kMostRecords);
    }
}

TEST_CASE("name servers that are none do not start", "[edge]") {
    TurnedLoop on;
    edge::ResolverSettings settings;
    settings.servers = "not an address";
    CHECK_THROWS_AS((edge::Resolver{on.loop, settings, [] { return std::uint64_t{0}; }}), std::runtime_error);
}
