// SPDX-License-Identifier: AGPL-3.0-or-later
//
// TLS through the edge, both ways, on loopback; certificates are made for the dates of the test's clock.

#include "edge/tls/tls.hpp"

#include "component/edge/tls_town.hpp"

#include <filesystem>

using namespace beffroi;
using namespace beffroi::test;
using edge::tls::ClientCertificates;
using Names = std::vector<std::string>;

namespace {

// How many sessions the library has made since this was first asked, ours and those of the test's peers.
int sessionsMade() {
    static int made = 0;
    static const int kIndex = CRYPTO_get_ex_new_index(
        CRYPTO_EX_INDEX_SSL, 0, nullptr, [](void*, void*, CRYPTO_EX_DATA*, int, long, void*) { ++made; }, nullptr,
        nullptr);
    REQUIRE(kIndex >= 0);
    return made;
}

Names peerNames(Town& town, const Flow& flow) {
    assertOnLoop();
    return town.on().edge().peerNames(flow);
}

}  // namespace

TEST_CASE("messages come and go by TLS in whatever pieces", "[edge][tls][rfc3261-18.3]") {
    Town town;
    auto& on = town.on();
    const int version = GENERATE(TLS1_2_VERSION, TLS1_3_VERSION);
    CAPTURE(version);
    TlsPeer phone{on.address(), {.newest = version}};
    on.onHeard = [&](const EdgeOnLoopback::Heard& heard) { CHECK(on.send(heard.flow, "re: " + heard.bytes)); };
    const auto flow = town.introduce(phone);
    CHECK(SSL_version(&phone.session()) == version);
    CHECK(flow.transport == Transport::Tls);
    CHECK(flow.remote == phone.address());
    CHECK(on.alive(flow));
    CHECK(on.localAddress(flow) == on.address().toString());
    CHECK(peerNames(town, flow).empty());

    auto expected = "re: " + sipMessage("hello");
    const std::vector<std::string> sent{sipMessage("1"), sipMessage("2", 30'000), sipMessage("3")};
    SECTION("several in one record, one in several") { phone.send(sent[0] + sent[1] + sent[2]); }
    SECTION("a few octets in a record") {
        const auto all = sent[0] + sent[1] + sent[2];
        for (std::size_t i = 0; i < all.size(); i += 700) {
            phone.send(std::string_view{all}.substr(i, 700));
            on.loop.turn(0ms);
        }
    }
    SECTION("before the edge looks") {
        for (const auto& each : sent) phone.send(each);
    }
    for (const auto& each : sent) expected += "re: " + each;
    REQUIRE(on.until([&] { return phone.received() == expected; }));
    CHECK(on.messages.size() == 4);
    CHECK(on.messages.back().flow == flow);
    CHECK(town.tls().counters().handshakes == 1);

    phone.send("\r\n\r\n");
    REQUIRE(on.until([&] { return phone.received() == expected + "\r\n"; }));
}

TEST_CASE("a TLS connection ends so that both know that nothing was cut off", "[edge][tls]") {
    Town town;
    auto& on = town.on();
    TlsPeer phone{on.address()};
    const auto flow = town.introduce(phone);
    SECTION("we end it") {
        CHECK(on.send(flow, "last words"));
        on.drain();
        REQUIRE(on.until([&] { return phone.over(); }));
        CHECK(phone.received() == "last words");
        CHECK(phone.endedProperly());
        phone.close();
        CHECK(on.until([&] { return on.edge().drained(); }));
    }
    SECTION("the peer does, and still gets its answer") {
        on.onHeard = [&](const EdgeOnLoopback::Heard& heard) { CHECK(on.send(heard.flow, "answer")); };
        phone.send(sipMessage("last"));
        phone.finishSending();
        REQUIRE(on.until([&] { return !on.failed.empty(); }));
        REQUIRE(on.until([&] { return phone.over(); }));
        CHECK(phone.received() == "answer");
        CHECK(on.failed == std::vector{flow});
        CHECK(on.counters().streams.failed == 0);
    }
    SECTION("the peer just closes") {
        phone.close();
        REQUIRE(on.until([&] { return !on.failed.empty(); }));
        CHECK(peerNames(town, flow).empty());
    }
    CHECK_FALSE(on.alive(flow));
}

TEST_CASE("what a slow reader by TLS does not take waits, to a limit, and arrives in order", "[edge][tls]") {
    Town town;
    auto& on = town.on();
    TlsPeer phone{on.address()};
    const auto flow = town.introduce(phone);
    std::string sent;
    int number = 0;
    for (bool room = true; room; on.loop.turn(0ms)) {
        const auto message = sipMessage(std::to_string(++number), 20'000);
        room = on.send(flow, message);
        if (room) sent += message;
    }
    CHECK(sent.size() > 256 * 1024);
    REQUIRE(on.until([&] { return phone.received().size() == sent.size(); }));
    CHECK(phone.received() == sent);
    CHECK(on.send(flow, "and more"));
    CHECK(on.until([&] { return phone.received() == sent + "and more"; }));
}

TEST_CASE("only strong suites of current versions are spoken", "[edge][tls][rfc9325-4.2]") {
    struct Offer {
        TlsPeerSettings peer;
        bool accepted;
        bool rsa = false;
        edge::tls::Version least = edge::tls::Version::Tls12;
    };
    const auto only12 = [](const char* suites) { return TlsPeerSettings{.newest = TLS1_2_VERSION, .suites = suites}; };
    using edge::tls::Version;
    const auto offer = GENERATE_COPY(values<Offer>({
        {{.oldest = TLS1_VERSION, .newest = TLS1_VERSION}, false},
        {{.oldest = TLS1_1_VERSION, .newest = TLS1_1_VERSION}, false},
        {{.newest = TLS1_2_VERSION}, true},
        {{.newest = TLS1_2_VERSION}, false, false, Version::Tls13},
        {{}, true, false, Version::Tls13},
        {{.groups = "P-256"}, true},
        {{.groups = "P-521"}, false},
        {{.oldest = TLS1_3_VERSION, .groups = "P-521:P-256"}, true},  // at the second attempt
        {only12("ECDHE-ECDSA-AES128-GCM-SHA256"), true},
        {only12("ECDHE-ECDSA-CHACHA20-POLY1305"), true},
        {only12("ECDHE-ECDSA-AES128-SHA256"), false},
        {only12("ECDHE-ECDSA-AES256-SHA"), false},
        {only12("ECDHE-ECDSA-AES128-CCM"), false},
        {only12("ECDHE-RSA-AES256-GCM-SHA384"), true, true},
        {only12("ECDHE-RSA-AES128-SHA"), false, true},
        {only12("AES128-GCM-SHA256"), false, true},
        {only12("DHE-RSA-AES128-GCM-SHA256"), false, true},
    }));
    CAPTURE(offer.peer.oldest, offer.peer.newest, offer.peer.suites == nullptr ? "any" : offer.peer.suites);
    Town town;
    if (offer.rsa) town.settings.certificates = {town.write("rsa", town.authority.issue({.rsaBits = 2048}))};
    town.settings.least = offer.least;
    TlsPeer peer{town.on().address(), offer.peer};
    CHECK(town.lets(peer) == offer.accepted);
    if (offer.accepted) return;
    CHECK(town.on().until([&] { return town.on().counters().open == 0; }));
    CHECK(town.tls().counters().failed == 1);
    CHECK(town.on().messages.empty());
}

TEST_CASE("nothing is resumed, renegotiated or compressed", "[edge][tls][rfc9325-3]") {
    Town town;
    const int version = GENERATE(TLS1_2_VERSION, TLS1_3_VERSION);
    TlsPeer phone{town.on().address(), {.newest = version}};
    const auto flow = town.introduce(phone);
    CHECK(SSL_SESSION_has_ticket(SSL_get0_session(&phone.session())) == 0);
    CHECK(SSL_get_current_compression(&phone.session()) == nullptr);
    TlsPeer again{town.on().address(), {.newest = version}};
    const std::unique_ptr<SSL_SESSION, edge::tls::Release<SSL_SESSION_free>> session{
        SSL_get1_session(&phone.session())};
    REQUIRE(SSL_set_session(&again.session(), session.get()) == 1);
    CHECK(town.introduce(again) != flow);
    CHECK(SSL_session_reused(&again.session()) == 0);
    CHECK(town.tls().counters().handshakes == 2);
    if (version == TLS1_3_VERSION) return;
    REQUIRE(SSL_renegotiate(&phone.session()) == 1);
    SSL_do_handshake(&phone.session());
    town.on().settle();
    SSL_do_handshake(&phone.session());
    CHECK(SSL_renegotiate_pending(&phone.session()) == 1);
    CHECK(town.tls().counters().handshakes == 2);
    CHECK(flow.transport == Transport::Tls);
}

TEST_CASE("a phone gets the certificate of the name that it asks for", "[edge][tls][rfc6066-3]") {
    Town town;
    town.settings.certificates.push_back(town.write(
        "school", town.authority.issue({.commonName = "school", .hosts = {"school.example", "*.school.example"}})));
    town.settings.certificates.push_back(
        town.write("pool", town.authority.issue({.commonName = "pool", .uris = {"sip:pool.example"}})));
    town.settings.certificates.push_back(town.write("old", town.authority.issue({.commonName = "old.example"})));
    const auto [asked, shown] = GENERATE(table<std::string, std::string>({
        {"", "exchange"},
        {"sip.town.example", "exchange"},
        {"elsewhere.example", "exchange"},
        {"school.example", "school"},
        {"SCHOOL.example", "school"},
        {"a.school.example", "school"},
        {"a.b.school.example", "exchange"},
        {"pool.example", "pool"},
        {"old.example", "old.example"},
    }));
    CAPTURE(asked);
    TlsPeer phone{town.on().address(), {.asksFor = asked}};
    REQUIRE(town.lets(phone));
    CHECK(phone.shown() == shown);
}

TEST_CASE("a server that we call has to be who we mean", "[edge][tls][rfc5922-7.1][rfc5922-7.2]") {
    struct Called {
        std::string why;
        std::string domain;
        CertificateRequest shows;
        bool trusted;
    };
    using std::chrono::days;
    const std::string nul{"a.example\0.evil.example", 23};
    const auto called = GENERATE_COPY(values<Called>({
        {"DNS name", "a.example", {.hosts = {"b.example", "a.example"}}, true},
        {"in another case", "A.example", {.hosts = {"a.EXAMPLE"}}, true},
        {"URI", "a.example", {.uris = {"sip:a.example"}}, true},
        {"URI goes before DNS name", "a.example", {.hosts = {"a.example"}, .uris = {"sip:b.example"}}, false},
        {"URI of a user is no domain", "a.example", {.uris = {"sip:a@a.example"}}, false},
        {"URI of another scheme", "a.example", {.uris = {"sips:a.example"}}, false},
        {"common name", "a.example", {.commonName = "a.example"}, true},
        {"common name beside others", "a.example", {.commonName = "a.example", .hosts = {"b.example"}}, false},
        {"wildcard", "a.example.org", {.hosts = {"*.example.org"}}, false},
        {"wildcard common name", "a.example.org", {.commonName = "*.example.org"}, false},
        {"subdomain", "a.example", {.hosts = {"sip.a.example"}}, false},
        {"NUL in the common name", "a.example", {.commonName = nul}, false},
        {"NUL in a DNS name", "a.example", {.hosts = {nul}}, false},
        {"address", "127.0.0.1", {.addresses = {"127.0.0.1"}}, true},
        {"another address", "127.0.0.1", {.addresses = {"127.0.0.2"}}, false},
        {"address as a DNS name", "127.0.0.1", {.hosts = {"127.0.0.1"}}, false},
        {"address as the common name", "127.0.0.1", {.commonName = "127.0.0.1"}, false},
        {"has ended", "a.example", {.hosts = {"a.example"}, .from = days{-20}, .until = days{-1}}, false},
        {"not yet valid", "a.example", {.hosts = {"a.example"}, .from = days{1}}, false},
    }));
    CAPTURE(called.why);
    Town town;
    town.settings.authorities = town.folder.write("authorities.pem", town.authority.pem());
    const auto shown = town.authority.issue(called.shows);
    auto& on = town.on();
    const TcpServer server;
    const auto flow = on.flowTo(Transport::Tls, server.address(), called.domain);
    REQUIRE(flow);
    CHECK(flow->transport == Transport::Tls);
    REQUIRE(on.send(*flow, sipMessage("1")));  // waits for the handshake
    auto accepted = server.acceptSocket();
    REQUIRE(accepted);
    TlsPeer peer{std::move(accepted), TlsPeer::Role::Server, {.own = &shown}};
    REQUIRE(on.until([&] { return !on.failed.empty() || (peer.established() && !peer.received().empty()); }));
    CHECK(on.alive(*flow) == called.trusted);
    CHECK(peer.received() == (called.trusted ? sipMessage("1") : ""));
    CHECK(town.tls().counters().failed == (called.trusted ? 0 : 1));
    if (!called.trusted) return;
    const char* asked = SSL_get_servername(&peer.session(), TLSEXT_NAMETYPE_host_name);
    CHECK((asked == nullptr) == (called.domain == "127.0.0.1"));
    peer.send(sipMessage("2"));
    CHECK(on.until([&] { return on.messages.size() == 1 && on.messages[0].flow == *flow; }));
}

TEST_CASE("a server for whom nobody vouches is not talked to", "[edge][tls][rfc5922-7.3]") {
    Town town;
    town.settings.authorities = town.folder.write("authorities.pem", town.authority.pem());
    const CertificateRequest wanted{.hosts = {"a.example"}};
    Authority stranger{"Stranger"};
    const bool selfSigned = GENERATE(true, false);
    const auto shown = selfSigned ? Authority::selfSigned(wanted) : stranger.issue(wanted);
    const TcpServer server;
    const auto flow = town.on().flowTo(Transport::Tls, server.address(), "a.example");
    REQUIRE(flow);
    CHECK(town.on().send(*flow, sipMessage("secret")));
    TlsPeer peer{server.acceptSocket(), TlsPeer::Role::Server, {.own = &shown}};
    REQUIRE(town.on().until([&] { return peer.over() && !town.on().failed.empty(); }));
    CHECK(peer.received().empty());
    CHECK_FALSE(town.on().alive(*flow));
}

TEST_CASE("the system's authorities are read once, and again when they change", "[edge][tls][rfc5922-7.3]") {
    Town town;
    Authority others{"Others"};
    town.settings.systemAuthorities = town.folder.write("system.pem", others.pem());
    const auto shown = town.authority.issue({.hosts = {"a.example"}});
    auto& on = town.on();
    const auto trusted = [&] {
        const TcpServer server;
        const auto flow = on.flowTo(Transport::Tls, server.address(), "a.example");
        REQUIRE(flow);
        on.failed.clear();
        TlsPeer peer{server.acceptSocket(), TlsPeer::Role::Server, {.own = &shown}};
        const auto done = town.tls().counters().handshakes;
        REQUIRE(on.until([&] {
            [[maybe_unused]] const bool goesOn = peer.established();
            return !on.failed.empty() || town.tls().counters().handshakes > done;
        }));
        return on.alive(*flow);
    };
    CHECK_FALSE(trusted());
    town.folder.write("system.pem", others.pem() + town.authority.pem());
    for (int i = 0; i < 2; ++i) {
        on.clock.advance(6s);
        on.settle();
    }
    CHECK(trusted());
    SECTION("not during a handshake") {
        town.folder.write("system.pem", "");
        CHECK(trusted());
    }
    SECTION("without them nobody is trusted, and the rest goes on") {
        std::filesystem::remove(town.settings.systemAuthorities);
        town.tls().reload();
        CHECK(town.tls().counters().reloadsFailed == 0);
        CHECK_FALSE(trusted());
    }
}

TEST_CASE("an open connection serves the domain that was proven on it, no other", "[edge][tls][rfc5923-4]") {
    Town town;
    auto& on = town.on();
    const TcpServer server;
    const auto a = on.flowTo(Transport::Tls, server.address(), "a.example");
    const auto b = on.flowTo(Transport::Tls, server.address(), "b.example");
    REQUIRE(a);
    REQUIRE(b);
    CHECK(a != b);
    CHECK(on.flowTo(Transport::Tls, server.address(), "A.EXAMPLE") == a);
    CHECK(on.flowTo(Transport::Tls, server.address(), "b.example") == b);
    CHECK(on.flowTo(Transport::Tcp, server.address(), "a.example") != a);
    CHECK_FALSE(on.flowTo(Transport::Tls, server.address()));

    TlsPeer phone{on.address()};
    const auto accepted = town.introduce(phone);
    CHECK(on.flowTo(Transport::Tls, phone.address(), "a.example") != accepted);
    EdgeOnLoopback without{{"udp:127.0.0.1:0"}};
    CHECK_FALSE(without.flowTo(Transport::Tls, server.address(), "a.example"));
}

TEST_CASE("a client's certificate counts if one of ours vouches for it", "[edge][tls][rfc5922-7.4]") {
    Town town;
    town.settings.clientAuthorities = town.folder.write("clients.pem", town.authority.pem());
    Authority stranger{"Stranger"};
    const CertificateRequest wanted{
        .commonName = "Phone 7", .hosts = {"Phone7.town.example"}, .uris = {"sip:2001@town.example", "https://x"}};
    auto expired = wanted;
    expired.until = std::chrono::days{0};
    const auto good = town.authority.issue(wanted);
    const auto foreign = stranger.issue(wanted);
    const auto old = town.authority.issue(expired);
    enum class Whose { Nobodys, Ours, Foreign, Expired };
    const auto [whose, asked, connects, known] = GENERATE(table<Whose, ClientCertificates, bool, bool>({
        {Whose::Ours, ClientCertificates::None, true, false},
        {Whose::Nobodys, ClientCertificates::Wanted, true, false},
        {Whose::Ours, ClientCertificates::Wanted, true, true},
        {Whose::Foreign, ClientCertificates::Wanted, true, false},
        {Whose::Expired, ClientCertificates::Wanted, true, false},
        {Whose::Nobodys, ClientCertificates::Required, false, false},
        {Whose::Ours, ClientCertificates::Required, true, true},
        {Whose::Foreign, ClientCertificates::Required, false, false},
        {Whose::Expired, ClientCertificates::Required, false, false},
    }));
    const Issued* shown = nullptr;
    if (whose == Whose::Ours) shown = &good;
    if (whose == Whose::Foreign) shown = &foreign;
    if (whose == Whose::Expired) shown = &old;
    const int version = GENERATE(TLS1_2_VERSION, TLS1_3_VERSION);
    CAPTURE(static_cast<int>(whose), static_cast<int>(asked), version);
    town.settings.clientCertificates = asked;
    TlsPeer phone{town.on().address(), {.own = shown, .newest = version}};
    if (!connects) {
        // By TLS 1.3 the client may think that all is well until it reads.
        REQUIRE(town.on().until([&] { return phone.over(); }));
        CHECK(town.tls().counters().failed == 1);
        CHECK(town.tls().counters().handshakes == 0);
        return;
    }
    const auto names = peerNames(town, town.introduce(phone));
    CHECK(names == (known ? Names{"phone7.town.example", "sip:2001@town.example", "phone 7"} : Names{}));
}

TEST_CASE("who was known by a certificate is not once it has ended or its authority is gone",
          "[edge][tls][rfc5922-7.4]") {
    using std::chrono::days;
    Town town;
    Authority other{"Other"};
    const auto authorities = town.authority.pem() + other.pem();
    town.settings.clientAuthorities = town.folder.write("clients.pem", authorities);
    town.settings.clientCertificates = ClientCertificates::Wanted;
    town.limits.connections.stream.idle = days{400};
    auto& on = town.on();
    const auto shown = town.authority.issue({.commonName = "phone 7", .until = days{10}});
    TlsPeer phone{on.address(), {.own = &shown}};
    const auto flow = town.introduce(phone);
    const Names known{"phone 7"};
    CHECK(peerNames(town, flow) == known);
    SECTION("its end") {
        on.clock.advance(days{10} - 1h);
        on.settle();
        CHECK(peerNames(town, flow) == known);
        on.clock.advance(2h);
        on.settle();
        CHECK(peerNames(town, flow).empty());
    }
    SECTION("other files were read, and the same authorities") {
        town.write("exchange", town.authority.issue({.commonName = "next"}));
        town.tls().reload();
        CHECK(peerNames(town, flow) == known);
    }
    SECTION("other authorities") {
        town.folder.write("clients.pem", other.pem());
        town.tls().reload();
        CHECK(peerNames(town, flow).empty());
        town.folder.write("clients.pem", authorities);
        town.tls().reload();
        CHECK(peerNames(town, flow) == known);
    }
    SECTION("other authorities that cannot be read change nothing") {
        town.folder.write("clients.pem", "none");
        town.tls().reload();
        CHECK(town.tls().counters().reloadsFailed == 1);
        CHECK(peerNames(town, flow) == known);
    }
    CHECK(on.alive(flow));
}

TEST_CASE("who connects and does not shake hands is not waited for", "[edge][tls]") {
    Town town;
    town.limits.connections.stream.handshake = 3s;
    auto& on = town.on();
    TcpPeer silent{on.address()};
    const auto before = sessionsMade();
    int cost = 0;
    SECTION("silent, which costs no session") {}
    SECTION("after a part of it") {
        silent.send(std::string_view{"\x16\x03\x01\x02\x00\x01", 6});
        cost = 1;
    }
    REQUIRE(on.until([&] { return on.counters().open == 1; }));
    on.settle();
    CHECK(sessionsMade() == before + cost);
    on.clock.advance(3s - 10ms);
    on.settle();
    CHECK(on.counters().open == 1);
    on.clock.advance(20ms);
    REQUIRE(on.until([&] { return on.counters().open == 0; }));
    CHECK(on.counters().streams.timedOut == 1);
}

TEST_CASE("who speaks no TLS where TLS is spoken is shown the door", "[edge][tls]") {
    Town town;
    TcpPeer phone{town.on().address()};
    phone.send(sipMessage("in the clear"));
    REQUIRE(town.on().until([&] { return town.tls().counters().failed == 1; }));
    CHECK(town.on().messages.empty());
    CHECK(town.on().counters().open == 0);
}

TEST_CASE("a handshake that is none is told of and counts against its host", "[edge][tls]") {
    struct Guard final : Admission, SecurityEvents {
        bool admitsConnection(Transport, const SocketAddress&) override { return true; }
        bool admitsProbe(const Flow&) override { return true; }
        void brokenHandshake(const Flow& flow) override { broken.push_back(flow.remote); }
        void report(const SecurityEvent& event) override {
            CHECK(event.transport == Transport::Tls);
            told.push_back(std::string{toString(event.kind)} + ": " + std::string{event.reason});
        }
        std::vector<SocketAddress> broken;
        std::vector<std::string> told;
    } guard;
    Town town;
    town.settings.clientCertificates = ClientCertificates::Required;
    town.settings.clientAuthorities = town.folder.write("clients.pem", town.authority.pem());
    auto& on = town.on();
    on.edge().setAdmission(guard, guard);
    const std::vector<std::string> failed{"bad-request: TLS handshake failed"};
    SECTION("what no telephone sends") {
        const auto sent = GENERATE(values<std::string>({"GET / HTTP/1.1\r\n\r\n",
                                                        {"\x16\x03\x01\x00\x04\x01\x01\xff\x00", 9},
                                                        sipMessage("clear"),
                                                        {"\x16\x03\x01\x00\x06\x01\x00\x00\x02\x03\x03", 11}}));
        const TcpPeer stranger{on.address()};
        stranger.send(sent);
        REQUIRE(on.until([&] { return town.tls().counters().failed == 1; }));
        CHECK(guard.told == failed);
        CHECK(guard.broken == std::vector{stranger.address()});
    }
    SECTION("a telephone that is old, or knows no certificate") {
        const auto phone = GENERATE(values<TlsPeerSettings>({{},
                                                             {.newest = TLS1_2_VERSION},
                                                             {.oldest = TLS1_1_VERSION, .newest = TLS1_1_VERSION},
                                                             {.groups = "P-521"}}));
        TlsPeer peer{on.address(), phone};
        REQUIRE(on.until([&] { return peer.over(); }));
        REQUIRE(on.until([&] { return town.tls().counters().failed == 1; }));
        CHECK(guard.told == failed);
        CHECK(guard.broken.empty());
    }
    SECTION("who hangs up") {
        TcpPeer caller{on.address()};
        REQUIRE(on.until([&] { return on.counters().open == 1; }));
        caller.close();
        REQUIRE(on.until([&] { return on.counters().open == 0; }));
        CHECK(guard.told.empty());
        CHECK(guard.broken.empty());
    }
}

TEST_CASE("a ClientHello that claims to be long is not made room for", "[edge][tls][rfc9325-3]") {
    Town town;
    auto& on = town.on();
    // Record header: type, version, length; then that of the message: type, length.
    const auto [start, refused] = GENERATE(table<std::string, bool>({
        {{"\x16\x03\x01\x02\x00\x01\x00\x40\x00", 9}, false},  // 16 KiB
        {{"\x16\x03\x01\x02\x00\x01\x00\x40\x01", 9}, true},
        {{"\x16\x03\x01\x00\x04\x01\x01\xff\x00", 9}, true},
        {{"\x16\x03\x01\x00\x02\x01\x01\x16\x03\x01\x02\x00\xff\x00", 14}, true},  // split over two records
    }));
    const std::size_t piece = GENERATE(1, 9, 100);
    CAPTURE(start, piece);
    SECTION("the first") {
        TcpPeer stranger{on.address()};
        for (std::size_t i = 0; i < start.size(); i += piece) {
            stranger.send(std::string_view{start}.substr(i, piece));
            on.settle();
        }
        CHECK(town.tls().counters().failed == (refused ? 1 : 0));
        CHECK(on.counters().open == (refused ? 0 : 1));
    }
    SECTION("the second, after it was asked to use another group") {
        TlsPeer stranger{on.address(), {.oldest = TLS1_3_VERSION, .groups = "P-521:P-256"}};
        CHECK_FALSE(stranger.established());
        on.settle();
        CHECK(send(SSL_get_fd(&stranger.session()), start.data(), start.size(), 0) ==
              static_cast<ssize_t>(start.size()));
        on.settle();
        CHECK(town.tls().counters().failed == (refused ? 1 : 0));
    }
}

TEST_CASE("a storm of handshakes leaves the loop to others", "[edge][tls]") {
    Town town;
    auto& on = town.on();
    std::vector<std::unique_ptr<TlsPeer>> phones;
    for (int i = 0; i < 30; ++i) {
        phones.push_back(std::make_unique<TlsPeer>(on.address()));
        CHECK_FALSE(phones.back()->established());  // its first words are on their way
    }
    REQUIRE(on.until([&] { return on.counters().open == phones.size(); }));
    const auto answered = [&] {
        return std::count_if(phones.begin(), phones.end(), [](const auto& phone) {
            std::array<char, 1> first{};
            return recv(SSL_get_fd(&phone->session()), first.data(), first.size(), MSG_PEEK) == 1;
        });
    };
    const auto before = answered();
    on.loop.turn(0ms);
    CHECK(answered() <= before + 8);
    CHECK(on.until([&] { return answered() == 30; }));
    CHECK(on.until(
        [&] { return std::all_of(phones.begin(), phones.end(), [](auto& each) { return each->established(); }); }));
    CHECK(on.until([&] { return town.tls().counters().handshakes == 30; }));
}

TEST_CASE("records without data do not hold the loop, and many of them end the connection", "[edge][tls][rfc9325-3]") {
    Town town;
    auto& on = town.on();
    TlsPeer phone{on.address(), {.oldest = TLS1_3_VERSION}};
    const auto flow = town.introduce(phone);
    const auto renewKeys = [&phone](int times) {
        for (int i = 0; i < times; ++i) {
            REQUIRE(SSL_key_update(&phone.session(), SSL_KEY_UPDATE_NOT_REQUESTED) == 1);
            REQUIRE(SSL_do_handshake(&phone.session()) == 1);
        }
    };
    SECTION("a few between messages are well") {
        for (std::size_t round = 2; round < 32; ++round) {
            renewKeys(2);
            phone.send(sipMessage("more"));
            REQUIRE(on.until([&] { return on.messages.size() == round; }));
        }
        CHECK(on.alive(flow));
    }
    SECTION("each has a turn of its own") {
        renewKeys(12);
        phone.send(sipMessage("behind them"));
        on.loop.turn(0ms);
        on.loop.turn(0ms);
        CHECK(on.messages.size() == 1);
        CHECK(on.until([&] { return on.messages.size() == 2; }));
    }
    SECTION("many are too many") {
        renewKeys(40);
        phone.send(sipMessage("never read"));
        REQUIRE(on.until([&] { return !on.alive(flow); }));
        CHECK(on.counters().streams.failed == 1);
        CHECK(on.messages.size() == 1);
    }
}

TEST_CASE("new certificates are taken up, and connections stay", "[edge][tls]") {
    Town town;
    // As certbot has it: a link to the current one, swapped.
    const auto first = town.settings.certificates.front();
    town.settings.certificates = {{town.folder.path("live.pem"), town.folder.path("live.key")}};
    const auto swapTo = [&](const edge::tls::CertificateFiles& files) {
        for (const auto& [link, target] : {std::pair{town.settings.certificates.front().certificate, files.certificate},
                                           std::pair{town.settings.certificates.front().key, files.key}}) {
            std::filesystem::create_symlink(target, link + ".new");
            std::filesystem::rename(link + ".new", link);
        }
    };
    swapTo(first);
    auto& on = town.on();
    const auto shown = [&] {
        TlsPeer phone{on.address()};
        REQUIRE(town.lets(phone));
        return phone.shown();
    };
    const auto pass = [&](Clock::Duration time) {
        on.clock.advance(time);
        on.settle();
    };
    TlsPeer old{on.address()};
    const auto flow = town.introduce(old);
    const auto next = town.write("next", town.authority.issue({.commonName = "next"}));

    SECTION("by a swapped link, when it has stayed as it is for a moment") {
        swapTo(next);
        pass(6s);
        pass(6s);
        CHECK(shown() == "next");
    }
    SECTION("by other content of the same file") {
        const auto content = town.authority.issue({.commonName = "rewritten"});
        town.write("exchange", content);
        pass(6s);
        pass(6s);
        CHECK(shown() == "rewritten");
    }
    SECTION("at once when asked") {
        swapTo(next);
        town.tls().reload();
        CHECK(shown() == "next");
    }
    SECTION("a broken pair changes nothing, and is mended by a good one") {
        swapTo({next.certificate, first.key});
        pass(6s);
        pass(6s);
        pass(60s);
        CHECK(town.tls().counters().reloadsFailed == 1);
        CHECK(shown() == "exchange");
        swapTo({town.folder.path("none"), next.key});
        pass(6s);
        pass(6s);
        CHECK(town.tls().counters().reloadsFailed == 2);
        CHECK(shown() == "exchange");
        swapTo(next);
        pass(6s);
        pass(6s);
        CHECK(shown() == "next");
    }
    SECTION("in the middle of a handshake") {
        TlsPeer between{on.address(), {.asksFor = "sip.town.example"}};
        CHECK_FALSE(between.established());
        on.settle();
        swapTo(next);
        town.tls().reload();
        CHECK(town.lets(between));
        CHECK(between.shown() == "exchange");
    }
    old.send(sipMessage("still here"));
    REQUIRE(on.until([&] { return on.messages.size() == 2; }));
    CHECK(on.messages.back().flow == flow);
    CHECK(std::count(on.failed.begin(), on.failed.end(), flow) == 0);
}

TEST_CASE("a certificate that ends within thirty days is warned of", "[edge][tls]") {
    using std::chrono::days;
    const auto [from, until, passed, left, warned] = GENERATE(table<int, int, int, int, bool>({
        {-1, 60, 0, 60, false},
        {-1, 60, 29, 31, false},
        {-1, 60, 31, 29, true},
        {-1, 60, 61, -1, true},
        {1, 60, 0, 60, true},   // not valid yet
        {-9, -3, 0, -3, true},  // it is served nevertheless
    }));
    Town town;
    town.settings.certificates = {
        town.write("x", town.authority.issue({.hosts = {"x.example"}, .from = days{from}, .until = days{until}}))};
    town.on().clock.advance(days{passed});
    const auto states = town.tls().certificates();
    REQUIRE(states.size() == 1);
    CHECK(states[0].name == "x.example");
    CHECK(states[0].file == town.settings.certificates.front().certificate);
    CHECK(states[0].left.count() == left);
    CHECK(states[0].warned == warned);
}

TEST_CASE("files that cannot be used are named, with the cause", "[edge][tls]") {
    Town town;
    const auto good = town.settings.certificates.front();
    const auto other = town.authority.issue({});
    town.folder.write("empty.pem", "");
    town.folder.write("locked.key", other.keyPem("secret"));
    town.folder.write("other.key", other.keyPem());
    town.write("weak", town.authority.issue({.rsaBits = 1024}));
    std::filesystem::create_directory(town.folder.path("folder"));
    const auto [certificate, key, file, cause] = GENERATE(table<std::string, std::string, std::string, std::string>({
        {"none.pem", "exchange.key", "none.pem", "No such file"},
        {"exchange.pem", "none.key", "none.key", "No such file"},
        {"empty.pem", "exchange.key", "empty.pem", "there is no certificate in it"},
        {"exchange.key", "exchange.key", "exchange.key", "there is no certificate in it"},
        {"exchange.pem", "exchange.pem", "exchange.pem", "there is no private key in it"},
        {"exchange.pem", "locked.key", "locked.key", "is encrypted"},
        {"exchange.pem", "other.key", "other.key", "does not belong to"},
        {"weak.pem", "weak.key", "weak.pem", "key too small"},
        {"folder", "exchange.key", "folder", "is no file"},
    }));
    CAPTURE(certificate, key);
    town.settings.certificates = {good, {town.folder.path(certificate), town.folder.path(key)}};
    try {
        town.on();
        FAIL("was taken");
    } catch (const edge::tls::TlsError& error) {
        CHECK(error.file() == town.folder.path(file));
        CHECK_THAT(error.what(), Catch::Contains(town.folder.path(file)) && Catch::Contains(cause));
    }
}

TEST_CASE("a certificate and its key may share a file, with the chain behind", "[edge][tls]") {
    Town town;
    const auto own = town.authority.issue({.commonName = "one file"});
    const auto file = town.folder.write("all.pem", own.keyPem() + own.certificatePem() + town.authority.pem());
    town.settings.certificates = {edge::tls::filesOf(file)};
    TlsPeer phone{town.on().address()};
    REQUIRE(town.lets(phone));
    CHECK(phone.shown() == "one file");
    CHECK(sk_X509_num(SSL_get_peer_cert_chain(&phone.session())) == 2);
}
