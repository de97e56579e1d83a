// SPDX-License-Identifier: AGPL-3.0-or-later
//
// Peers that send handshakes of TLS and no message, as much as they can: what one of them takes of a turn of the loop,
// what it costs, and that others are served meanwhile.

#include "component/edge/tls12_records.hpp"
#include "component/edge/tls_town.hpp"

#include <malloc.h>
#include <sys/ioctl.h>

#include <optional>

using namespace beffroi;
using namespace beffroi::test;

namespace {

constexpr int kOfTurn = 32 * 1024;  // octets that one connection may take

// The edge's end of a connection: it is in this process.
int otherEnd(const SocketAddress& peer) {
    for (int descriptor = 3; descriptor < 1024; ++descriptor) {
        sockaddr_storage storage{};
        socklen_t size = sizeof storage;
        if (getpeername(descriptor, reinterpret_cast<sockaddr*>(&storage), &size) != 0) continue;
        if (SocketAddress::from(reinterpret_cast<const sockaddr&>(storage)) == peer) return descriptor;
    }
    FAIL("no socket is connected to " << peer.toString());
    return -1;
}

/// Octets that have come to this end and were not read.
int unread(int descriptor) {
    int octets = 0;
    REQUIRE(ioctl(descriptor, FIONREAD, &octets) == 0);
    return octets;
}

// The first words of a client, as a message of the handshake.
std::string clientHello() {
    const edge::tls::OwnContext context{SSL_CTX_new(TLS_client_method())};
    SSL_CTX_set_max_proto_version(context.get(), TLS1_2_VERSION);
    const edge::tls::OwnSession session{SSL_new(context.get())};
    auto* in = BIO_new(BIO_s_mem());
    auto* out = BIO_new(BIO_s_mem());
    SSL_set_bio(session.get(), in, out);
    SSL_set_connect_state(session.get());
    CHECK(SSL_do_handshake(session.get()) < 0);
    char* record = nullptr;
    const auto size = BIO_ctrl(out, BIO_CTRL_INFO, 0, &record);
    return std::string{record, static_cast<std::size_t>(size)}.substr(5);
}

std::string recordInTheClear(const std::string& content) {
    return std::string{Tls12Records::kHandshake, 3, 3, static_cast<char>(content.size() >> 8U),
                       static_cast<char>(content.size())} +
           content;
}

// As much of it as there is room for; how much that was.
std::size_t push(int socket, std::string_view octets) {
    const auto sent = send(socket, octets.data(), octets.size(), MSG_DONTWAIT | MSG_NOSIGNAL);
    return sent < 0 ? 0 : static_cast<std::size_t>(sent);
}

// A name of so many octets, in parts that a certificate takes.
std::vector<std::string> namesOf(std::size_t octets) {
    std::vector<std::string> names;
    for (std::size_t i = 0; i * 100 < octets; ++i) names.push_back(std::to_string(1000 + i) + std::string(94, 'x'));
    return names;
}

}  // namespace

TEST_CASE("who asks for another handshake without end does not hold the loop, and is disconnected",
          "[edge][tls][rfc9325-3]") {
    Town town;
    auto& on = town.on();
    TlsPeer neighbour{on.address()};
    const auto neighbourFlow = town.introduce(neighbour);
    TlsPeer attacker{on.address(), {.newest = TLS1_2_VERSION, .suites = Tls12Records::kSuite}};
    const auto flow = town.introduce(attacker);
    const int socket = SSL_get_fd(&attacker.session());
    const int edgesEnd = otherEnd(attacker.address());
    Tls12Records records{attacker.session(), 2};  // after Finished and the first message

    // ClientHellos, as many as fit into a record, in records as many as fit into the way.
    const auto hello = clientHello();
    std::string many;
    while (many.size() + hello.size() <= Tls12Records::kLargest) many += hello;
    const auto memory = mallinfo2().uordblks;
    std::string rest;
    std::size_t sent = 0;
    std::size_t served = on.messages.size();
    int turns = 0;
    while (on.alive(flow)) {
        REQUIRE(++turns < 1000);
        for (std::size_t went = 1; went > 0 && sent < std::size_t{4} << 20U;) {
            if (rest.empty()) rest = records.next(Tls12Records::kHandshake, many);
            went = push(socket, rest);
            rest.erase(0, went);
            sent += went;
        }
        neighbour.send(sipMessage("meanwhile"));
        const int before = unread(edgesEnd);
        on.loop.turn(0ms);
        if (on.alive(flow)) CHECK(before - unread(edgesEnd) <= kOfTurn);
        on.loop.turn(0ms);
        CHECK(on.messages.size() > served);  // within two turns, whatever the other one sends
        served = on.messages.size();
    }
    CHECK(turns > 1);
    CHECK(sent > kOfTurn);
    CHECK(on.counters().streams.failed == 1);
    CHECK(on.messages.back().flow == neighbourFlow);
    CHECK(town.tls().counters().handshakes == 2);
    CHECK(on.counters().open == 1);
    CHECK(mallinfo2().uordblks < memory + std::size_t{256} * 1024);  // none under a sanitizer
}

TEST_CASE("a ClientHello that does not end, or comes again and again, does not hold the loop, and ends its connection",
          "[edge][tls][rfc9325-3]") {
    Town town;
    auto& on = town.on();
    TlsPeer neighbour{on.address()};
    const auto flow = town.introduce(neighbour);
    std::string stream;
    std::size_t least = 1;  // turns that it takes
    SECTION("one as long as it may be, in records of one octet each") {
        const auto hello = std::string{1, 0, 0x40, 0} + std::string(std::size_t{16} * 1024, '\0');
        for (const char octet : hello) stream += recordInTheClear({octet});
        least = stream.size() / kOfTurn;
    }
    SECTION("one after the other") {
        const auto inRecords = GENERATE(std::size_t{1}, std::size_t{7}, std::size_t{100});
        const auto hello = clientHello();
        stream = recordInTheClear(hello);
        while (stream.size() < std::size_t{4} * kOfTurn) {
            const auto size = hello.size() / inRecords;
            for (std::size_t at = 0; at < hello.size(); at += size) stream += recordInTheClear(hello.substr(at, size));
        }
    }
    const auto attacker = TlsPeer::connected(on.address());
    REQUIRE(on.until([&] { return on.counters().open == 2; }));
    const int edgesEnd = otherEnd(edge::boundAddress(attacker.get()));
    std::size_t sent = 0;
    std::size_t turns = 0;
    while (town.tls().counters().failed == 0) {
        REQUIRE(++turns < 1000);
        sent += push(attacker.get(), std::string_view{stream}.substr(sent));
        const int before = unread(edgesEnd);
        on.loop.turn(0ms);
        if (town.tls().counters().failed == 0) CHECK(before - unread(edgesEnd) <= kOfTurn);
    }
    CHECK(turns >= least);
    CHECK(town.tls().counters().handshakes == 1);
    CHECK(on.counters().open == 1);
    const auto served = on.messages.size();
    neighbour.send(sipMessage("still here"));
    CHECK(on.until([&] { return on.messages.size() == served + 1; }));
    CHECK(on.alive(flow));
}

TEST_CASE("certificates of more than 32 KiB are not made room for, whoever shows them", "[edge][tls][rfc9325-3]") {
    Town town;
    town.settings.clientCertificates = edge::tls::ClientCertificates::Wanted;
    town.settings.clientAuthorities = town.folder.write("clients.pem", town.authority.pem());
    town.settings.systemAuthorities = town.settings.clientAuthorities;
    const auto [octets, taken] = GENERATE(table<std::size_t, bool>({{28'000, true}, {36'000, false}}));
    const int version = GENERATE(TLS1_2_VERSION, TLS1_3_VERSION);
    CAPTURE(octets, version);
    auto names = namesOf(octets);
    names.emplace_back("a.example");
    const auto shown = town.authority.issue({.commonName = "phone", .hosts = names});
    auto& on = town.on();
    SECTION("a telephone") {
        TlsPeer phone{on.address(), {.own = &shown, .newest = version}};
        if (taken) {
            assertOnLoop();
            CHECK(on.edge().peerNames(town.introduce(phone)).size() == names.size() + 1);
        } else {
            REQUIRE(on.until([&] { return phone.over() && on.counters().open == 0; }));
            CHECK(town.tls().counters().failed == 1);
        }
    }
    SECTION("a server that we call") {
        const TcpServer server;
        const auto flow = on.flowTo(Transport::Tls, server.address(), "a.example");
        REQUIRE(flow);
        TlsPeer peer{server.acceptSocket(), TlsPeer::Role::Server, {.own = &shown, .newest = version}};
        REQUIRE(on.until([&] {
            [[maybe_unused]] const bool goesOn = peer.established();
            return !on.failed.empty() || town.tls().counters().handshakes == 1;
        }));
        CHECK(on.alive(*flow) == taken);
    }
}
