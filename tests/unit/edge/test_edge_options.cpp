// SPDX-License-Identifier: AGPL-3.0-or-later
#include "edge/edge_options.hpp"

#include <catch2/catch.hpp>

#include <string>

using namespace beffroi;
using namespace beffroi::edge;
using Catch::Contains;

namespace {

const config::Schema& schema() {
    static const auto made = [] {
        config::Schema options;
        addOptions(options);
        return options;
    }();
    return made;
}

config::Settings settingsFrom(const std::string& text) {
    return config::parse("[edge]\n" + text, "beffroi.toml", schema());
}

config::Mistake mistakeIn(const std::string& text) {
    try {
        const auto settings = settingsFrom(text);
        [[maybe_unused]] const auto edge = edgeSettings(settings);
        [[maybe_unused]] const auto resolver = resolverSettings(settings);
    } catch (const config::ConfigError& error) {
        REQUIRE(error.mistakes().size() == 1);
        return error.mistakes().front();
    }
    FAIL("no mistake was found");
    return {};
}

}  // namespace

TEST_CASE("without a configuration the exchange listens where phones expect it", "[edge]") {
    const auto settings = edgeSettings(settingsFrom(""));
    REQUIRE(settings.listen.size() == 2);
    CHECK(settings.listen[0].toString() == "udp:0.0.0.0:5060");
    CHECK(settings.listen[1].toString() == "tcp:0.0.0.0:5060");
    CHECK_FALSE(settings.advertiseV4.isSet());
    CHECK_FALSE(settings.advertiseV6.isSet());
    CHECK(settings.connections.total == 4096);
    CHECK(settings.connections.stream.idle == 1h);
    CHECK(resolverSettings(settingsFrom("")).servers.empty());
}

TEST_CASE("what is configured reaches the edge and the resolver", "[edge]") {
    const auto read = settingsFrom(
        "listen = [\"tcp:[::1]:5070\", \"udp:127.0.0.1:0\"]\n"
        "advertise-v4 = \"198.51.100.7\"\n"
        "advertise-v6 = \"2001:db8::7\"\n"
        "longest-datagram = \"4KiB\"\n"
        "connections = 12\n"
        "connections-per-address = 3\n"
        "handshake = \"3s\"\n"
        "proof = \"5min\"\n"
        "queues = \"8MiB\"\n"
        "first-message = \"7s\"\n"
        "idle = \"2min\"\n"
        "dns-servers = \"192.0.2.53:5353, 192.0.2.54,[2001:db8::53]:53,2001:db8::54\"\n");
    const auto settings = edgeSettings(read);
    REQUIRE(settings.listen.size() == 2);
    CHECK(settings.listen[0].toString() == "tcp:[::1]:5070");
    CHECK(settings.listen[1].toString() == "udp:127.0.0.1:0");
    CHECK(settings.advertiseV4 == *SocketAddress::parse("198.51.100.7", 0));
    CHECK(settings.advertiseV6 == *SocketAddress::parse("2001:db8::7", 0));
    CHECK(settings.udp.datagram == 4096);
    CHECK(settings.connections.total == 12);
    CHECK(settings.connections.perAddress == 3);
    CHECK(settings.connections.stream.handshake == 3s);
    CHECK(settings.connections.stream.proof == 5min);
    CHECK(settings.connections.queues == 8U << 20U);
    CHECK(settings.connections.strangersQueues == 2U << 20U);
    CHECK(settings.connections.stream.firstMessage == 7s);
    CHECK(settings.connections.stream.idle == 2min);
    CHECK(resolverSettings(read).servers == "192.0.2.53:5353, 192.0.2.54,[2001:db8::53]:53,2001:db8::54");
}

TEST_CASE("a mistake is reported with its place and what to write instead", "[edge]") {
    struct Row {
        const char* line;
        const char* says;
    };
    for (const auto& [line, says] : {
             Row{"listen = []", "1"},
             Row{"listen = [\"0.0.0.0:5060\"]", "is not a transport, it is udp, tcp or tls"},
             Row{"listen = [\"udp:0.0.0.0:5060\", \"tcp:pbx:5060\"]", "\"tcp:pbx:5060\" has no address literal"},
             Row{"listen = [\"udp:0.0.0.0:70000\"]", "no address literal with a port"},
             Row{"advertise-v4 = \"pbx.example.org\"", "must be an address or empty"},
             Row{"advertise-v4 = \"192.0.2.1:5060\"", "must be an address or empty"},
             Row{"advertise-v4 = \"2001:db8::7\"", "must be an IPv4 address"},
             Row{"advertise-v6 = \"192.0.2.1\"", "must be an IPv6 address"},
             Row{"advertise-v4 = \"0.0.0.0\"", "no phone can reach"},
             Row{"advertise-v6 = \"::\"", "no phone can reach"},
             Row{"longest-datagram = \"1KiB\"", "1500"},
             Row{"connections = 0", "1"},
             Row{"connections-per-address = 70000", "65536"},
             Row{"first-message = \"0s\"", "1"},
             Row{"idle = \"30s\"", "1"},
             Row{"dns-servers = \"dns.example.org\"", "\"dns.example.org\" is not the address of a name server"},
             Row{"dns-servers = \"192.0.2.53,,192.0.2.54\"", "\"\" is not the address of a name server"},
             Row{"dns-servers = \"192.0.2.53:0\"", "\"192.0.2.53:0\" is not the address of a name server"},
             Row{"dns-servers = \"192.0.2.53:99999\"", "is not the address of a name server"},
             Row{"lissen = [\"udp:0.0.0.0:5060\"]", "listen"},
         }) {
        CAPTURE(line);
        const auto mistake = mistakeIn(line);
        CHECK_THAT(mistake.text, Contains(says));
        CHECK(mistake.place.file == "beffroi.toml");
        CHECK(mistake.place.line == 2);
    }
}
