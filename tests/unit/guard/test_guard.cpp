// SPDX-License-Identifier: AGPL-3.0-or-later
#include "guard/guard.hpp"

#include "base/timer_wheel.hpp"
#include "support/fake_ban_store.hpp"
#include "support/fake_clock.hpp"
#include "support/wire.hpp"

#include <catch2/catch.hpp>

#include <algorithm>
#include <functional>
#include <optional>
#include <string>

using namespace beffroi;
using namespace beffroi::guard;
using namespace beffroi::test;
using Entry = Guard::Entry;

namespace {

constexpr const char* kRequest = "REGISTER sip:town.example SIP/2.0\r\nUser-Agent: phone\r\n\r\n";
constexpr const char* kScan = "OPTIONS sip:town.example SIP/2.0\r\nUser-Agent: friendly-scanner\r\n\r\n";

struct Fort {
    explicit Fort(const std::function<void(GuardSettings&)>& set = {}) {
        assertOnLoop();
        GuardSettings settings;
        settings.trusted = {*AddressRange::parse("198.51.100.0/24")};
        settings.bridge = *SocketAddress::parse("127.0.0.1", 5070);
        settings.scanners = {"friendly-scanner"};
        if (set) set(settings);
        guard.emplace(wheel, bans, events, SourceHash{{1}}, settings, [this] { return busy; });
    }
    Entry send(const Flow& flow, const char* bytes = kRequest) {
        assertOnLoop();
        return guard->admit(flow, bytes);
    }
    /// Of `count` messages, those with this entry.
    int sent(int count, Entry entry, const std::function<Flow(int)>& from) {
        int n = 0;
        for (int i = 0; i < count; ++i) n += send(from(i)) == entry ? 1 : 0;
        return n;
    }
    void know(const Flow& flow, const std::string& account = "anne") {
        assertOnLoop();
        guard->authenticated(flow, account);
    }
    void guess(int times, const Flow& flow, bool proven, const std::string& account = "anne") {
        assertOnLoop();
        for (int i = 0; i < times; ++i) guard->wrongAnswer(flow, account, proven);
    }
    bool verifies(const Flow& flow, const char* account = "anne") {
        assertOnLoop();
        return guard->verifies(flow, account);
    }
    bool connects(const SocketAddress& remote, Transport transport = Transport::Tcp) {
        assertOnLoop();
        return guard->admitsConnection(transport, remote);
    }
    /// Of so many STUN requests, those that are answered.
    int probe(int times, const std::function<Flow(int)>& from) {
        assertOnLoop();
        int n = 0;
        for (int i = 0; i < times; ++i) n += guard->admitsProbe(from(i)) ? 1 : 0;
        return n;
    }
    void ban(const char* range) {
        assertOnLoop();
        bans.impose({*AddressRange::parse(range), "", clock.wallNow(), clock.wallNow() + 1h, "", ""});
    }

    FakeClock clock;
    base::TimerWheel wheel{clock};
    FakeBanStore store;
    NotedEvents events;
    Bans bans{wheel, store, events};
    Clock::Duration busy{};
    std::optional<Guard> guard;
};

Flow from(const std::string& host, std::uint16_t port = 5060, Transport transport = Transport::Udp) {
    return {transport, 0, transport == Transport::Udp ? 0U : 7U, *SocketAddress::parse(host, port)};
}
// One of many hosts.
Flow spread(int i) {
    return from("10." + std::to_string(i >> 16) + '.' + std::to_string(i >> 8 & 255) + '.' + std::to_string(i & 255));
}

}  // namespace

TEST_CASE("a thousand telephones that come back in ten seconds are served", "[guard]") {
    Fort fort;
    int served = 0;
    for (int phone = 0; phone < 1000; ++phone) {
        served += fort.sent(2, Entry::Admitted, [&](int) { return spread(phone); });  // REGISTER, 401, REGISTER
        fort.know(spread(phone));
        fort.clock.advance(10ms);
    }
    CHECK(served == 2000);
    CHECK(fort.events.all.empty());
}

TEST_CASE("so are the three hundred of a site behind one router", "[guard]") {
    Fort fort;
    int served = 0;
    for (std::uint16_t phone = 0; phone < 300; ++phone) {
        const auto flow = from("203.0.113.1", 10'000U + phone);
        served += fort.sent(2, Entry::Admitted, [&](int) { return flow; });
        fort.know(flow, std::to_string(phone));
        fort.clock.advance(10ms);
    }
    CHECK(served == 600);
}

TEST_CASE("a flood is turned away, then dropped, and known telephones do not notice", "[guard]") {
    Fort fort;
    const auto phone = from("203.0.113.9");
    fort.know(phone);
    const bool oneSource = GENERATE(true, false);
    CAPTURE(oneSource);
    const auto source = [oneSource](int i) { return oneSource ? from("203.0.113.1", 1000) : spread(i); };
    int admitted = 0;
    int turnedAway = 0;
    int phoneServed = 0;
    for (int second = 0; second < 10; ++second) {
        for (int i = 0; i < 20'000; ++i) {
            const auto entry = fort.send(source(second * 20'000 + i));
            admitted += entry == Entry::Admitted ? 1 : 0;
            turnedAway += entry == Entry::TurnedAway ? 1 : 0;
            if (i % 1000 == 0) phoneServed += fort.send(phone) == Entry::Admitted ? 1 : 0;
            fort.clock.advance(50us);
        }
    }
    CHECK(phoneServed == 200);
    const int expected = oneSource ? 500 + 10 * 50 : 4000 + 10 * 2000;
    CHECK(admitted >= expected - 1);
    CHECK(admitted <= expected + 1);
    CHECK(turnedAway >= 100 + 9 * 100 - 1);
    CHECK(turnedAway <= 100 + 10 * 100 + 1);
    CHECK(fort.events.all.size() == 200'000U - static_cast<unsigned>(admitted));  // all of them told
    const auto& counters = fort.guard->counters();
    CHECK(counters.known == 200);
    CHECK(counters.strangers == static_cast<unsigned>(admitted));
    CHECK(counters.turnedAway == static_cast<unsigned>(turnedAway));
    CHECK(counters.overLimit == 200'000U - static_cast<unsigned>(admitted + turnedAway));
}

TEST_CASE("only requests are turned away with an answer", "[guard]") {
    Fort fort{[](GuardSettings& settings) { settings.hostMessages = 1; }};
    const auto stranger = from("203.0.113.1");
    CHECK(fort.sent(20, Entry::Admitted, [&](int) { return stranger; }) == 10);
    CHECK(fort.send(stranger, "SIP/2.0 200 OK\r\n") == Entry::Dropped);
    CHECK(fort.send(stranger, "ACK sip:x SIP/2.0\r\n") == Entry::Dropped);
    CHECK(fort.send(stranger) == Entry::TurnedAway);
    CHECK(Guard::retryAfter(stranger) >= 5);
    CHECK(Guard::retryAfter(stranger) <= 30);
    CHECK(Guard::retryAfter(spread(1)) != Guard::retryAfter(spread(2)));
}

TEST_CASE("a site with telephones that we know does not compete with the world", "[guard]") {
    Fort fort;
    fort.know(from("203.0.113.9", 5060));
    CHECK(fort.sent(10'000, Entry::Admitted, spread) == 4000);
    CHECK(fort.send(from("203.0.113.8")) != Entry::Admitted);
    CHECK(fort.send(from("203.0.113.9", 40'000)) == Entry::Admitted);  // its address translation has changed
}

TEST_CASE("strangers get less while the loop is busy, and telephones all the same", "[guard]") {
    struct Case {
        Clock::Duration busyOf100ms;
        int perSecond;
    };
    const auto given = GENERATE(values<Case>({{70ms, 2000}, {82500us, 1000}, {95ms, 300}, {100ms, 300}}));
    CAPTURE(given.perSecond);
    Fort fort;
    fort.know(from("203.0.113.9"));
    int host = 0;
    int admitted = 0;
    for (int step = 0; step < 100; ++step) {
        fort.clock.advance(100ms);
        fort.busy += given.busyOf100ms;
        const int now = fort.sent(1000, Entry::Admitted, [&host](int) { return spread(++host); });
        if (step >= 50) admitted += now;
        if (step % 10 == 0) CHECK(fort.send(from("203.0.113.9")) == Entry::Admitted);
    }
    CHECK(admitted == 5 * given.perSecond);
    CHECK((fort.events.count("load-limit") > 0) == (given.perSecond < 2000));
}

TEST_CASE("what a forged sender uses up, connections do not need", "[guard]") {
    Fort fort;
    const auto tcp = [](const std::string& host) { return from(host, 40'000, Transport::Tcp); };
    SECTION("of the limit of one address") {
        CHECK(fort.sent(10'000, Entry::Admitted, [](int) { return from("203.0.113.9"); }) == 500);
        CHECK(fort.sent(10'000, Entry::Admitted, [&](int) { return tcp("203.0.113.9"); }) == 500);
    }
    SECTION("of what all strangers share") {
        CHECK(fort.sent(20'000, Entry::Admitted, spread) == 4000);
        CHECK(fort.sent(20'000, Entry::Admitted, [&](int i) { return tcp(spread(i).remote.host()); }) == 4000);
    }
    SECTION("of what it is told") {
        CHECK(fort.sent(20'000, Entry::TurnedAway, spread) == 100);
        CHECK(fort.sent(1000, Entry::TurnedAway, [&](int) { return tcp("203.0.113.9"); }) == 100);
    }
    SECTION("of what a telephone is told") {
        fort.know(from("203.0.113.9"));
        fort.know(tcp("203.0.113.10"));
        CHECK(fort.sent(1000, Entry::TurnedAway, [](int) { return from("203.0.113.9"); }) == 100);
        CHECK(fort.sent(1000, Entry::TurnedAway, [&](int) { return tcp("203.0.113.10"); }) == 100);
    }
}

TEST_CASE("trusted networks have no limit, but datagrams in their name have", "[guard]") {
    Fort fort{[](GuardSettings& settings) { settings.trusted.push_back(*AddressRange::parse("127.0.0.1/32")); }};
    const auto forged = [](int i) { return from("198.51.100." + std::to_string(i % 250)); };
    fort.know(from("198.51.100.251"));
    CHECK(fort.sent(30'000, Entry::Admitted, [](int) { return from("198.51.100.7", 40'000, Transport::Tcp); }) ==
          30'000);
    CHECK(fort.sent(30'000, Entry::Admitted, [](int) { return from("127.0.0.1", 5071); }) == 30'000);
    CHECK(fort.sent(30'000, Entry::Admitted, [](int) { return from("127.0.0.1", 5070); }) == 30'000);
    CHECK(fort.sent(20'000, Entry::Admitted, forged) == 20'000);
    CHECK(fort.sent(1000, Entry::TurnedAway, forged) == 100);
    CHECK(fort.send(from("198.51.100.251")) == Entry::Admitted);  // a telephone that is known there
    CHECK(fort.send(from("198.51.100.7", 40'000, Transport::Tcp)) == Entry::Admitted);
    CHECK(fort.send(from("203.0.113.9")) == Entry::Admitted);
    fort.clock.advance(1s);
    CHECK(fort.sent(20'000, Entry::Admitted, forged) == 10'000);

    SECTION("a telephone that is known there may send more than its own budget") {
        Fort other;
        other.know(from("198.51.100.251"));
        CHECK(other.sent(30'000, Entry::Admitted, [](int) { return from("198.51.100.251"); }) == 20'400);
    }
    SECTION("the bridge has none, trusted or not") {
        Fort other;
        CHECK(other.sent(10'000, Entry::Admitted, [](int) { return from("127.0.0.1", 5070); }) == 10'000);
        CHECK(other.sent(10'000, Entry::Admitted, [](int) { return from("127.0.0.1", 5071); }) == 500);
    }
}

TEST_CASE("one telephone that runs wild is turned away alone", "[guard]") {
    Fort fort;
    fort.know(from("203.0.113.9"));
    fort.know(from("203.0.113.10"));
    CHECK(fort.sent(1000, Entry::Admitted, [](int) { return from("203.0.113.9"); }) == 400);
    CHECK(fort.send(from("203.0.113.10")) == Entry::Admitted);
    CHECK(fort.events.count("rate-limited 203.0.113.9") == 600);
    SECTION("and a flood of strangers has not used up what it is told") {
        fort.sent(20'000, Entry::Admitted, spread);
        fort.clock.advance(10ms);
        CHECK(fort.send(from("203.0.113.9")) == Entry::Admitted);  // one more after 10 ms
        CHECK(fort.send(from("203.0.113.9")) == Entry::TurnedAway);
    }
}

TEST_CASE("an account has a limit of its own, wherever its requests come from", "[guard]") {
    assertOnLoop();
    Fort fort;
    int admitted = 0;
    for (std::uint16_t i = 0; i < 1000; ++i) {
        admitted += fort.guard->admitsRequest(from("203.0.113.9", 1000U + i), "stolen") ? 1 : 0;
    }
    CHECK(admitted == 100);
    CHECK(fort.guard->admitsRequest(from("203.0.113.9"), "other"));
    CHECK(fort.guard->admitsRequest(from("198.51.100.7"), "stolen"));  // trusted
    CHECK(fort.events.count("rate-limited 203.0.113.9 stolen") == 900);
    fort.clock.advance(1s);
    CHECK(fort.guard->admitsRequest(from("203.0.113.9"), "stolen"));

    Fort open{[](GuardSettings& settings) { settings.accountRequests = 0; }};
    for (int i = 0; i < 1000; ++i) CHECK(open.guard->admitsRequest(from("203.0.113.9"), "busy"));
}

TEST_CASE("who is banned is not read, but a telephone that is known there goes on", "[guard]") {
    Fort fort;
    fort.know(from("203.0.113.9"));
    fort.ban("203.0.113.0/24");
    CHECK(fort.send(from("203.0.113.9", 1)) == Entry::Dropped);
    CHECK(fort.send(from("203.0.113.8")) == Entry::Dropped);
    CHECK(fort.send(from("203.0.113.9")) == Entry::Admitted);
    CHECK(fort.send(from("203.0.114.9")) == Entry::Admitted);
    CHECK_FALSE(fort.connects(from("203.0.113.9").remote));
    CHECK(fort.connects(from("203.0.114.9").remote));
    CHECK(fort.guard->counters().banned == 2);
    CHECK(fort.guard->counters().connectionsClosed == 1);
    CHECK(fort.events.count("acl-failed 203.0.113.9") == 2);

    fort.ban("198.51.100.0/24");
    CHECK(fort.send(from("198.51.100.7")) == Entry::Admitted);
    CHECK(fort.connects(from("198.51.100.7").remote));
}

TEST_CASE("a firewall is told whom to spare: trusted networks and the addresses of known telephones", "[guard]") {
    assertOnLoop();
    Fort fort;
    const auto spares = [&fort](const char* range) {
        assertOnLoop();
        const auto list = fort.guard->spared();
        return std::find(list.begin(), list.end(), *AddressRange::parse(range)) != list.end();
    };
    CHECK(spares("198.51.100.0/24"));
    CHECK_FALSE(spares("203.0.113.5"));
    const auto phone = from("203.0.113.5", 5060, Transport::Tcp);
    fort.know(phone);
    fort.know(from("2001:db8:1:2::3"));
    CHECK(spares("203.0.113.5"));
    CHECK(spares("2001:db8:1:2::/64"));
    fort.guard->flowFailed(phone);
    CHECK_FALSE(spares("203.0.113.5"));
}

TEST_CASE("wrong passwords bar an account from an address, and only from there", "[guard]") {
    Fort fort;
    const auto guesser = from("203.0.113.66");
    fort.guess(9, guesser, true);
    CHECK(fort.verifies(guesser));
    fort.guess(1, guesser, true);
    CHECK_FALSE(fort.verifies(guesser));
    CHECK(fort.verifies(guesser, "pierre"));
    CHECK(fort.verifies(from("203.0.113.9")));
    CHECK(fort.send(guesser) == Entry::Admitted);  // it is still challenged
    CHECK(fort.store.written == std::vector<std::string>{"+203.0.113.66 anne"});
    CHECK(fort.events.all == std::vector<std::string>{"banned 203.0.113.66 anne"});

    SECTION("a telephone of that account that is known there is believed") {
        fort.know(from("203.0.113.66", 7000));
        CHECK(fort.verifies(from("203.0.113.66", 7000)));
        CHECK_FALSE(fort.verifies(from("203.0.113.66", 7001)));
        fort.know(from("203.0.113.66", 7002), "pierre");
        CHECK_FALSE(fort.verifies(from("203.0.113.66", 7002)));  // who may call as pierre may not guess at anne
    }
    SECTION("a name that no plan can have is not kept, and counts against the address") {
        const std::string longest(64, 'x');
        fort.guess(10, from("203.0.113.67"), true, longest);
        CHECK_FALSE(fort.verifies(from("203.0.113.67"), longest.c_str()));
        const std::string longer(65, 'x');
        fort.guess(99, from("203.0.113.68"), true, longer);
        CHECK(fort.bans.list().size() == 2);
        fort.guess(1, from("203.0.113.68"), true, longer);
        CHECK(fort.store.written.back() == "+203.0.113.68");
    }
    SECTION("trust does not help to guess") {
        fort.guess(10, from("198.51.100.7"), true);
        CHECK_FALSE(fort.verifies(from("198.51.100.7")));
    }
}

TEST_CASE("nobody is banned for what somebody else sends in his name", "[guard]") {
    Fort fort;
    const auto victim = from("203.0.113.9");
    SECTION("datagrams with a forged sender: wrong answers to challenges that he did not get") {
        for (int i = 0; i < 1000; ++i) fort.guess(1, victim, false, "account-" + std::to_string(i));
    }
    SECTION("datagrams with a forged sender: a scanner's") {
        for (int i = 0; i < 100; ++i) CHECK(fort.send(victim, kScan) == Entry::Dropped);
        CHECK(fort.guard->counters().scanners == 100);
    }
    SECTION("datagrams with a forged sender: what no telephone sends") {
        assertOnLoop();
        for (int i = 0; i < 1000; ++i) fort.guard->misdeed(victim);
    }
    SECTION("challenges that are never answered") {
        CHECK(fort.sent(500, Entry::Admitted, [&](int) { return victim; }) == 500);
    }
    CHECK(fort.bans.list().size() == 0);
    CHECK(fort.verifies(victim));
    CHECK(fort.send(from("203.0.113.9", 1)) != Entry::Dropped);
}

TEST_CASE("an address is banned for what it did itself", "[guard]") {
    Fort fort;
    const auto udp = from("203.0.113.66");
    const auto tcp = from("203.0.113.66", 40'000, Transport::Tcp);
    SECTION("wrong answers for five accounts") {
        for (const auto* account : {"1", "2", "3", "4", "5"}) fort.guess(1, udp, true, account);
    }
    SECTION("by a connection they need no other proof") {
        for (const auto* account : {"1", "2", "3", "4", "5"}) fort.guess(1, tcp, false, account);
    }
    SECTION("a scanner by a connection") { CHECK(fort.send(tcp, kScan) == Entry::Dropped); }
    SECTION("what no telephone sends, by a connection") {
        assertOnLoop();
        for (int i = 0; i < 20; ++i) fort.guard->misdeed(tcp);
    }
    SECTION("broken handshakes") {
        assertOnLoop();
        const auto tls = from("203.0.113.66", 40'001, Transport::Tls);
        for (int i = 0; i < 20; ++i) fort.guard->brokenHandshake(tls);
    }
    CHECK(fort.bans.list().covers(udp.remote));
    CHECK(fort.send(udp) == Entry::Dropped);
    CHECK(fort.send(tcp) == Entry::Dropped);
    CHECK_FALSE(fort.connects(tcp.remote));
    CHECK(fort.send(from("203.0.113.67")) == Entry::Admitted);
    CHECK(fort.events.count("banned 203.0.113.66") == 1);
}

TEST_CASE("a host may open so many connections by TLS, a site more, and a trusted network any number", "[guard]") {
    Fort fort;
    const auto [host, atOnce, aSecond] = GENERATE(table<std::string, int, int>(
        {{"203.0.113.66", 600, 20}, {"203.0.113.9", 2000, 100}, {"198.51.100.7", 5000, 5000}}));
    CAPTURE(host);
    fort.know(from("203.0.113.9"));
    const auto remote = from(host).remote;
    const auto opened = [&] {
        int n = 0;
        for (int i = 0; i < 5000; ++i) n += fort.connects(remote, Transport::Tls) ? 1 : 0;
        return n;
    };
    CHECK(std::abs(opened() - atOnce) <= 1);
    fort.clock.advance(1s);
    CHECK(std::abs(opened() - aSecond) <= 1);
    CHECK(fort.connects(from("203.0.113.67").remote, Transport::Tls));
    CHECK(fort.connects(remote, Transport::Tcp));
    CHECK((fort.events.count("rate-limited " + host) > 0) == (atOnce < 5000));
}

TEST_CASE("STUN of strangers is answered so often for each network and for all, and never who is banned", "[guard]") {
    Fort fort;
    const auto oneNetwork = [](int i) { return from("2001:db8::" + std::to_string(i % 9000)); };
    const auto everybody = [](int i) { return spread(i); };
    const auto other = [](int) { return from("203.0.113.77"); };
    const auto phone = [](int) { return from("203.0.113.9"); };
    const auto neighbour = [](int i) { return from("203.0.113.9", static_cast<std::uint16_t>(10'000 + i)); };
    const auto trusted = [](int i) { return from("198.51.100." + std::to_string(i % 250)); };
    fort.know(phone(0));

    CHECK(fort.probe(5000, oneNetwork) == 100);
    CHECK(fort.probe(1, other) == 1);
    CHECK(fort.probe(5000, everybody) == 1000 - 101);
    CHECK(fort.probe(1, other) == 0);
    CHECK(fort.events.count("rate-limited 203.0.113.77") == 1);
    CHECK(fort.probe(300, neighbour) == 100);  // does not compete with the world
    CHECK(fort.probe(5000, trusted) == 1000);
    fort.ban("203.0.113.0/24");
    CHECK(fort.probe(20, phone) == 5);  // and anybody may ask in its name
    fort.clock.advance(1s);
    CHECK(fort.probe(20, phone) == 5);
    CHECK(fort.probe(20, oneNetwork) == 10);
    CHECK(fort.probe(20, neighbour) == 0);
    CHECK(fort.probe(20, other) == 0);
    CHECK(fort.events.count("acl-failed 203.0.113.77") == 20);
    CHECK(fort.sent(1, Entry::Admitted, phone) == 1);  // its own messages were not counted
    fort.clock.advance(1h);
    CHECK(fort.probe(20, other) == 0);  // banned until the ban is taken off
}

TEST_CASE("telephones and trusted networks are not banned for their mistakes", "[guard]") {
    Fort fort;
    assertOnLoop();
    const auto phone = from("203.0.113.9", 40'000, Transport::Tcp);
    fort.know(phone);
    for (int i = 0; i < 1000; ++i) fort.guard->misdeed(phone);
    const auto trusted = from("198.51.100.7", 40'000, Transport::Tcp);
    for (int i = 0; i < 1000; ++i) fort.guard->misdeed(trusted);
    for (int i = 0; i < 100; ++i) fort.guess(1, trusted, true, std::to_string(i));
    CHECK(fort.send(trusted, kScan) == Entry::Dropped);
    CHECK(fort.bans.list().size() == 0);

    SECTION("a connection that has closed is known no more") {
        fort.guard->flowFailed(phone);
        CHECK(fort.guard->knownFlows() == 0);
    }
    SECTION("a datagram that was refused may be forged: the telephone stays known") {
        fort.know(from("203.0.113.9"));
        fort.guard->flowFailed(from("203.0.113.9"));
        CHECK(fort.guard->knownFlows() == 2);
    }
    SECTION("an account that leaves the plan is known no more") {
        fort.guard->keepOnly(DirectorySnapshot{});
        CHECK(fort.guard->knownFlows() == 0);
    }
    SECTION("a registration keeps its flow known, and a minute longer") {
        fort.guard->registered(from("203.0.113.20"), "anne", fort.clock.now() + 2h);
        fort.clock.advance(2h + 59s);
        fort.wheel.advance();
        CHECK(fort.guard->knownFlows() == 1);
        fort.ban("203.0.113.20");
        CHECK(fort.send(from("203.0.113.20")) == Entry::Admitted);
        fort.clock.advance(1s);
        CHECK(fort.send(from("203.0.113.20")) == Entry::Dropped);
    }
}
