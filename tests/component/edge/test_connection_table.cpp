// SPDX-License-Identifier: AGPL-3.0-or-later
#include "edge/connection_table.hpp"

#include "component/edge/loopback.hpp"

using namespace beffroi;
using namespace beffroi::test;

namespace {

// A stream that is up once the peer has sent "up", as after a handshake.
class Shaking final : public edge::ByteStream {
public:
    explicit Shaking(edge::Descriptor socket) : socket_{std::move(socket)} {}
    [[nodiscard]] int descriptor() const noexcept override { return socket_.get(); }
    [[nodiscard]] Outcome establish() override {
        std::array<char, 2> bytes{};
        const auto got = recv(socket_.get(), bytes.data(), bytes.size(), MSG_DONTWAIT);
        if (got > 0) return std::string_view{bytes.data(), bytes.size()} == "up" ? Outcome::Done : Outcome::Failed;
        return got == 0 ? Outcome::Failed : Outcome::WantsRead;
    }
    [[nodiscard]] Result read(char* to, std::size_t size) override {
        const auto got = recv(socket_.get(), to, size, MSG_DONTWAIT);
        if (got > 0) return {Outcome::Done, static_cast<std::size_t>(got)};
        return {got == 0 ? Outcome::Ended : Outcome::WantsRead, 0};
    }
    [[nodiscard]] Result write(std::string_view bytes) override { return {Outcome::Done, bytes.size()}; }
    void endOutput() noexcept override {}

private:
    edge::Descriptor socket_;
};

class Sink final : public MessageSink {
public:
    void onMessage(const Flow&, std::string_view) override { ++messages; }
    void onUnframable(const Flow&, std::string_view) override {}
    void onFlowFailed(const Flow&) override { ++failed; }
    void onUndelivered(const Flow&, Undelivered, std::string_view) override {}
    int messages = 0;
    int failed = 0;
};

}  // namespace

TEST_CASE("a handshake has a time of its own, and the first message its own after it", "[edge]") {
    TurnedLoop on;
    Sink sink;
    edge::ConnectionLimits limits;
    limits.stream.handshake = 7s;
    limits.stream.firstMessage = 10s;
    edge::ConnectionTable table{on.loop, limits, sink};
    std::array<int, 2> ends{};
    REQUIRE(socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0, ends.data()) == 0);
    const edge::Descriptor peer{ends[1]};
    const auto remote = *SocketAddress::parse("192.0.2.7", 40000);
    REQUIRE(table.admits(remote));
    const auto* connection =
        table.add(std::make_unique<Shaking>(edge::Descriptor{ends[0]}), Flow{Transport::Tls, 0, 0, remote}, kLoopbackV4,
                  edge::Connection::Origin::Accepted);
    REQUIRE(connection != nullptr);
    CHECK(table.strangers() == 1);
    on.clock.advance(7s - 10ms);
    on.settle();
    CHECK(table.size() == 1);

    SECTION("it does not come") {
        on.clock.advance(20ms);
        CHECK(on.until([&] { return table.size() == 0; }));
        CHECK(table.counters().timedOut == 1);
    }
    SECTION("it fails") {
        REQUIRE(send(peer.get(), "no", 2, MSG_NOSIGNAL) == 2);
        CHECK(on.until([&] { return table.size() == 0; }));
        CHECK(table.counters().failed == 1);
    }
    SECTION("it comes") {
        REQUIRE(send(peer.get(), "up", 2, MSG_NOSIGNAL) == 2);
        on.settle();
        on.clock.advance(10s - 10ms);
        on.settle();
        CHECK(table.size() == 1);
        SECTION("without a message") {
            on.clock.advance(20ms);
            CHECK(on.until([&] { return table.size() == 0; }));
            CHECK(table.counters().timedOut == 1);
        }
        SECTION("with a message") {
            const auto message = sipMessage("x");
            REQUIRE(send(peer.get(), message.data(), message.size(), MSG_NOSIGNAL) > 0);
            CHECK(on.until([&] { return sink.messages == 1; }));
            on.clock.advance(20s);
            on.settle();
            CHECK(table.size() == 1);
        }
    }
    CHECK(sink.failed == 1 - static_cast<int>(table.size()));
    table.sweep();
}
