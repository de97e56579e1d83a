// SPDX-License-Identifier: AGPL-3.0-or-later
//
// The number of a connection is never used twice in a process, but the next process begins anew: a token of before a
// restart must not lead to whoever has the number now. On loopback, with a real connection.

#include "base/event_loop.hpp"
#include "base/system_clock.hpp"
#include "edge/edge.hpp"
#include "proxy/flow_token.hpp"

#include <sys/socket.h>
#include <unistd.h>
#include <catch2/catch.hpp>

#include <optional>
#include <string_view>

using namespace beffroi;

namespace {

constexpr std::string_view kOptions =
    "OPTIONS sip:127.0.0.1 SIP/2.0\r\nVia: SIP/2.0/TCP 127.0.0.1;branch=z9hG4bK1\r\nFrom: <sip:a@127.0.0.1>;tag=1\r\n"
    "To: <sip:127.0.0.1>\r\nCall-ID: 1\r\nCSeq: 1 OPTIONS\r\nContent-Length: 0\r\n\r\n";

struct LastFlow final : MessageSink {
    void onMessage(const Flow& from, std::string_view) override { flow = from; }
    void onUnframable(const Flow&, std::string_view) override {}
    void onFlowFailed(const Flow&) override {}
    void onUndelivered(const Flow&, Undelivered, std::string_view) override {}
    std::optional<Flow> flow;
};

class Client {
public:
    explicit Client(const SocketAddress& server) : socket_{::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)} {
        sockaddr_storage address{};
        const auto size = server.toSockaddr(address);
        REQUIRE(::connect(socket_, reinterpret_cast<const sockaddr*>(&address), size) == 0);
        REQUIRE(::send(socket_, kOptions.data(), kOptions.size(), 0) == static_cast<ssize_t>(kOptions.size()));
    }
    ~Client() { ::close(socket_); }
    Client(const Client&) = delete;
    Client& operator=(const Client&) = delete;

private:
    int socket_;
};

}  // namespace

TEST_CASE("a token of before a restart never leads to another phone's connection", "[proxy][security][rfc5626-5.3]") {
    base::SystemClock clock;
    base::EventLoop loop{clock};
    assertOnLoop();
    edge::EdgeSettings settings;
    settings.listen.push_back({Transport::Tcp, *SocketAddress::parse("127.0.0.1", 0)});
    edge::Edge edge{loop, settings};
    LastFlow sink;
    edge.setSink(sink);
    const Client phone{edge.listening().at(0).address};
    for (int turn = 0; turn < 1000 && !sink.flow; ++turn) loop.turn(10ms);
    REQUIRE(sink.flow);

    const proxy::FlowTokens tokens{proxy::FlowTokens::Key{1}};
    const auto tokenOf = [&](const Flow& flow) { return tokens.encode({flow, flow, 0}, "call"); };
    CHECK(edge.alive(tokens.decode(tokenOf(*sink.flow), "call").value().callee));

    auto before = *sink.flow;  // the same number, of another phone
    before.remote = *SocketAddress::parse("127.0.0.2", before.remote.port());
    CHECK_FALSE(edge.alive(tokens.decode(tokenOf(before), "call").value().callee));
    before.remote = sink.flow->remote.withPort(static_cast<std::uint16_t>(sink.flow->remote.port() ^ 1U));
    CHECK_FALSE(edge.alive(before));
}
