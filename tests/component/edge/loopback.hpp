// SPDX-License-Identifier: AGPL-3.0-or-later
//
// Both ends of loopback: the edge with a SIP layer that writes down what it is told, and peers with plain sockets.
// Time stands still until the test moves it; the loop is turned by hand until what is waited for has happened.
#pragma once

#include "base/event_loop.hpp"
#include "edge/descriptor.hpp"
#include "edge/edge.hpp"
#include "edge/socket_calls.hpp"
#include "support/fake_clock.hpp"

#include <fcntl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <catch2/catch.hpp>

#include <array>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace beffroi::test {

inline const SocketAddress kLoopbackV4 = *SocketAddress::parse("127.0.0.1", 0);
inline const SocketAddress kLoopbackV6 = *SocketAddress::parse("::1", 0);

/// False on a machine without IPv6, such as some containers; the test then says that it shows less.
[[nodiscard]] inline bool hasIpv6() {
    const edge::Descriptor socket{::socket(AF_INET6, SOCK_DGRAM | SOCK_CLOEXEC, 0)};
    if (socket && edge::bindTo(socket.get(), kLoopbackV6)) return true;
    WARN("not shown: this machine has no IPv6");
    return false;
}

/// The loopback addresses that this machine has, for GENERATE.
[[nodiscard]] inline std::vector<SocketAddress> loopbacks() {
    std::vector<SocketAddress> hosts{kLoopbackV4};
    if (hasIpv6()) hosts.push_back(kLoopbackV6);
    return hosts;
}

/// A loop on a clock of the test's. The thread of the test is the loop thread.
class TurnedLoop {
public:
    TurnedLoop() { becomeLoopThread(); }

    FakeClock clock;
    base::EventLoop loop{clock};

    /// Turns until `happened()`; false if it did not happen within half a minute.
    template <typename Condition>
    bool until(Condition happened) {
        for (int turn = 0; turn < kMostTurns; ++turn) {
            if (happened()) return true;
            loop.turn(kWait);
        }
        return happened();
    }
    /// Serves what is ready by now.
    void settle() {
        for (int turn = 0; turn < 3; ++turn) loop.turn(0ms);
    }

private:
    static constexpr int kMostTurns = 3000;
    static constexpr Clock::Duration kWait = 10ms;
};

class UdpPeer {
public:
    explicit UdpPeer(const SocketAddress& address = kLoopbackV4)
        : socket_{::socket(edge::familyOf(address), SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0)} {
        REQUIRE(edge::bindTo(socket_.get(), address));
    }
    [[nodiscard]] SocketAddress address() const { return edge::boundAddress(socket_.get()); }
    void send(const SocketAddress& to, std::string_view bytes) const {
        sockaddr_storage storage{};
        const auto length = to.toSockaddr(storage);
        const auto sent =
            sendto(socket_.get(), bytes.data(), bytes.size(), 0, reinterpret_cast<const sockaddr*>(&storage), length);
        REQUIRE(sent == static_cast<ssize_t>(bytes.size()));
    }
    /// Everything that has come and was not taken yet.
    [[nodiscard]] std::vector<std::string> take() const {
        std::vector<std::string> taken;
        std::array<char, 65536> bytes{};
        for (;;) {
            const auto got = recv(socket_.get(), bytes.data(), bytes.size(), 0);
            if (got < 0) return taken;
            taken.emplace_back(bytes.data(), static_cast<std::size_t>(got));
        }
    }

private:
    edge::Descriptor socket_;
};

class TcpPeer {
public:
    explicit TcpPeer(edge::Descriptor socket) : socket_{std::move(socket)} {}
    /// Connected: the kernel does that before the edge accepts.
    explicit TcpPeer(const SocketAddress& to) : socket_{::socket(edge::familyOf(to), SOCK_STREAM | SOCK_CLOEXEC, 0)} {
        REQUIRE(edge::connectTo(socket_.get(), to) == 0);
    }
    [[nodiscard]] SocketAddress address() const { return edge::boundAddress(socket_.get()); }
    void send(std::string_view bytes) const {
        REQUIRE(::send(socket_.get(), bytes.data(), bytes.size(), MSG_NOSIGNAL) == static_cast<ssize_t>(bytes.size()));
    }
    void finishSending() const { shutdown(socket_.get(), SHUT_WR); }
    void close() { socket_.reset(); }
    /// Closes so that the other end is reset.
    void reset() {
        const linger now{1, 0};
        setsockopt(socket_.get(), SOL_SOCKET, SO_LINGER, &now, sizeof now);
        socket_.reset();
    }

    /// All that was received until now.
    [[nodiscard]] const std::string& received() {
        std::array<char, 65536> bytes{};
        while (!ended_) {
            const auto got = recv(socket_.get(), bytes.data(), bytes.size(), MSG_DONTWAIT);
            if (got < 0 && (errno == EAGAIN || errno == EINTR)) break;
            ended_ = got <= 0;
            reset_ = got < 0;
            if (got > 0) received_.append(bytes.data(), static_cast<std::size_t>(got));
        }
        return received_;
    }
    /// The edge has finished sending, or closed.
    [[nodiscard]] bool ended() {
        [[maybe_unused]] const auto& all = received();
        return ended_;
    }
    [[nodiscard]] bool wasReset() const noexcept { return reset_; }

private:
    edge::Descriptor socket_;
    std::string received_;
    bool ended_ = false;
    bool reset_ = false;
};

/// A telephone or operator that the edge connects to.
class TcpServer {
public:
    explicit TcpServer(const SocketAddress& address = kLoopbackV4)
        : socket_{::socket(edge::familyOf(address), SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0)} {
        REQUIRE(edge::bindTo(socket_.get(), address));
        REQUIRE(listen(socket_.get(), 16) == 0);
    }
    [[nodiscard]] SocketAddress address() const { return edge::boundAddress(socket_.get()); }
    [[nodiscard]] std::optional<TcpPeer> accept() const {
        auto accepted = acceptSocket();
        if (!accepted) return std::nullopt;
        return TcpPeer{std::move(accepted)};
    }
    [[nodiscard]] edge::Descriptor acceptSocket() const {
        return edge::Descriptor{accept4(socket_.get(), nullptr, nullptr, SOCK_CLOEXEC)};
    }

private:
    edge::Descriptor socket_;
};

// The undefined-behaviour sanitizer, which goes with this one, opens a pipe to look at an object: without descriptors
// it finds mistakes where there are none.
#ifdef __SANITIZE_ADDRESS__
inline constexpr bool kDescriptorsMayRunOut = false;
#else
inline constexpr bool kDescriptorsMayRunOut = true;
#endif

/// While it lives the process gets no further descriptor. Only if kDescriptorsMayRunOut.
class NoDescriptorLeft {
public:
    NoDescriptorLeft() {
        edge::Descriptor next{open("/dev/null", O_RDONLY | O_CLOEXEC)};
        REQUIRE(next);
        REQUIRE(getrlimit(RLIMIT_NOFILE, &before_) == 0);
        const rlimit now{static_cast<rlim_t>(next.get()), before_.rlim_max};
        REQUIRE(setrlimit(RLIMIT_NOFILE, &now) == 0);
    }
    ~NoDescriptorLeft() { setrlimit(RLIMIT_NOFILE, &before_); }
    NoDescriptorLeft(const NoDescriptorLeft&) = delete;
    NoDescriptorLeft& operator=(const NoDescriptorLeft&) = delete;

private:
    rlimit before_{};
};

/// A port on which nobody listens.
template <typename Holder>
[[nodiscard]] SocketAddress vacant(const SocketAddress& host = kLoopbackV4) {
    return Holder{host}.address();
}

/// The edge, and what it tells the SIP layer above it.
class EdgeOnLoopback final : public TurnedLoop, private MessageSink {
public:
    struct Heard {
        Flow flow;
        std::string bytes;
    };

    struct Lost {
        Flow flow;
        Undelivered how;
        std::string quoted;
    };

    explicit EdgeOnLoopback(edge::EdgeSettings settings)
        : edge_{std::make_unique<edge::Edge>(loop, std::move(settings))} {
        edge_->setSink(*this);
    }
    /// With these listeners: "udp:127.0.0.1:0".
    explicit EdgeOnLoopback(const std::vector<std::string>& listen) : EdgeOnLoopback{listeningOn(listen)} {}
    /// With TLS.
    EdgeOnLoopback(edge::EdgeSettings settings, const edge::tls::TlsSettings& tls)
        : tls_{std::make_unique<edge::tls::Tls>(loop.scheduler(), clock, tls)},
          edge_{std::make_unique<edge::Edge>(loop, std::move(settings), tls_.get())} {
        edge_->setSink(*this);
    }

    [[nodiscard]] static edge::EdgeSettings listeningOn(const std::vector<std::string>& listen) {
        edge::EdgeSettings settings;
        for (const auto& text : listen) settings.listen.push_back(*edge::parseListenAddress(text));
        return settings;
    }

    std::vector<Heard> messages;
    std::vector<Heard> unframable;
    std::vector<Flow> failed;
    std::vector<Lost> undelivered;
    std::function<void(const Heard&)> onHeard;  // what the SIP layer does about a message
    std::function<void(const Flow&)> onFailed;

    [[nodiscard]] SocketAddress address(std::size_t listener = 0) const {
        return edge_->listening().at(listener).address;
    }
    [[nodiscard]] edge::Edge& edge() { return *edge_; }
    [[nodiscard]] edge::tls::Tls& tls() { return *tls_; }
    [[nodiscard]] edge::Edge::Counters counters() const { return edge_->counters(); }
    [[nodiscard]] bool send(const Flow& flow, std::string_view bytes) {
        assertOnLoop();
        return edge_->send(flow, bytes) == Network::Sent::Accepted;
    }
    [[nodiscard]] std::optional<Flow> flowTo(Transport transport, const SocketAddress& remote,
                                             std::string_view domain = {}) {
        assertOnLoop();
        return edge_->flowTo(transport, remote, domain);
    }
    [[nodiscard]] std::optional<Flow> restoreFlow(Transport transport, const SocketAddress& local,
                                                  const SocketAddress& remote) {
        assertOnLoop();
        return edge_->restoreFlow(transport, local, remote);
    }
    void expectWithin(const Flow& flow, std::optional<Clock::Duration> silence) {
        assertOnLoop();
        edge_->expectWithin(flow, silence);
    }
    void giveUp(const Flow& flow, Clock::TimePoint until) {
        assertOnLoop();
        edge_->giveUp(flow, until);
    }
    void vouch(const Flow& flow) {
        assertOnLoop();
        edge_->vouch(flow);
    }
    [[nodiscard]] bool alive(const Flow& flow) const {
        assertOnLoop();
        return edge_->alive(flow);
    }
    [[nodiscard]] std::string localAddress(const Flow& flow) const {
        assertOnLoop();
        return edge_->localAddress(flow).toString();
    }
    [[nodiscard]] bool isOwn(const SocketAddress& address) const {
        assertOnLoop();
        return edge_->isOwnAddress(address);
    }
    void drain() {
        assertOnLoop();
        edge_->drain();
    }
    void destroyEdge() { edge_.reset(); }

private:
    void onMessage(const Flow& flow, std::string_view bytes) override {
        messages.push_back({flow, std::string{bytes}});
        if (onHeard) onHeard(Heard{messages.back()});
    }
    void onUnframable(const Flow& flow, std::string_view bytes) override {
        unframable.push_back({flow, std::string{bytes}});
        if (onHeard) onHeard(Heard{unframable.back()});
    }
    void onFlowFailed(const Flow& flow) override {
        failed.push_back(flow);
        if (onFailed) onFailed(flow);
    }
    void onUndelivered(const Flow& flow, Undelivered how, std::string_view quoted) override {
        undelivered.push_back({flow, how, std::string{quoted}});
        if (onFailed) onFailed(flow);
    }

    std::unique_ptr<edge::tls::Tls> tls_;
    std::unique_ptr<edge::Edge> edge_;
};

/// A message that is framed by its length and otherwise of no interest.
[[nodiscard]] inline std::string sipMessage(std::string_view name, std::size_t body = 0) {
    return "OPTIONS sip:" + std::string{name} + "@127.0.0.1 SIP/2.0\r\nContent-Length: " + std::to_string(body) +
           "\r\n\r\n" + std::string(body, 'b');
}

}  // namespace beffroi::test
