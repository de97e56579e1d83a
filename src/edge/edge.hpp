// SPDX-License-Identifier: AGPL-3.0-or-later
//
// The exchange's sockets: UDP and TCP listeners, connections, and the flows that name them. Knows SIP only as far as
// framing; what a message says is the sink's business.
// Thread: loop.
#pragma once

#include "base/event_loop.hpp"
#include "beffroi/network.hpp"
#include "edge/listen_address.hpp"
#include "edge/local_addresses.hpp"
#include "edge/tcp_connection.hpp"
#include "edge/udp_socket.hpp"

#include <cstdint>
#include <memory>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace beffroi::edge {

struct EdgeSettings {
    std::vector<ListenAddress> listen;
    SocketAddress advertiseV4;  // what peers see of us behind NAT; unset: the local address
    SocketAddress advertiseV6;
    std::size_t datagramLimit = 8192;
    TcpLimits tcp;
    std::size_t maximumConnections = 4096;
    std::size_t connectionsPerAddress = 64;
};

class Edge final : public Network, private TcpConnection::Owner {
public:
    struct Counters {
        std::uint64_t datagramsIn = 0;
        std::uint64_t datagramsOut = 0;
        std::uint64_t datagramsDropped = 0;
        std::uint64_t connections = 0;          // open now
        std::uint64_t connectionsRefused = 0;   // over a limit, or no descriptor left
    };

    /// Opens every listener; throws std::system_error naming the one that cannot be opened.
    Edge(base::EventLoop& loop, EdgeSettings settings);
    ~Edge() override;

    void setSink(MessageSink& sink) noexcept { sink_ = &sink; }

    /// The addresses listened on, ports filled in, in the order of the settings.
    [[nodiscard]] std::vector<ListenAddress> listening() const;
    [[nodiscard]] Counters counters() const;

    // Network
    Sent send(const Flow& flow, std::string_view message) BEFFROI_ON_LOOP override;
    std::optional<Flow> flowTo(Transport transport, const SocketAddress& remote) BEFFROI_ON_LOOP override;
    std::optional<Flow> restoreFlow(Transport transport, const SocketAddress& local, const SocketAddress& remote)
        BEFFROI_ON_LOOP override;
    [[nodiscard]] bool alive(const Flow& flow) const BEFFROI_ON_LOOP override;
    [[nodiscard]] const SocketAddress& localAddress(const Flow& flow) const BEFFROI_ON_LOOP override;
    [[nodiscard]] bool isOwnAddress(const SocketAddress& address) const BEFFROI_ON_LOOP override;

private:
    struct Listener;
    void openUdp(Listener& listener, std::uint16_t index);
    void openTcp(Listener& listener, std::uint16_t index);
    void accept(std::uint16_t index);
    void acceptOne(std::uint16_t index, Descriptor socket, const SocketAddress& remote);
    void pauseAccepting(std::uint16_t index);
    void onDatagram(std::uint16_t index, const SocketAddress& from, std::string_view bytes);
    TcpConnection& add(Descriptor socket, Flow flow, const SocketAddress& local, TcpConnection::Origin origin);
    [[nodiscard]] std::optional<Flow> connect(const SocketAddress& remote);
    void endOfTurn();

    // TcpConnection::Owner
    void onMessage(const Flow& flow, std::string_view bytes) override;
    void onUnframable(const Flow& flow, std::string_view bytes) override;
    void onClosed(TcpConnection& connection) override;
    void onOutput(TcpConnection& connection) override;

    base::EventLoop& loop_;
    EdgeSettings settings_;
    MessageSink* sink_ = nullptr;
    mutable LocalAddresses local_;
    std::vector<std::unique_ptr<Listener>> listeners_;
    std::unordered_map<std::uint64_t, std::unique_ptr<TcpConnection>> connections_;
    std::unordered_map<SocketAddress, std::uint64_t> byRemote_;       // the newest connection to an address and port
    std::unordered_map<SocketAddress, std::size_t> perHost_;          // open connections, port 0
    std::vector<std::uint64_t> output_;                               // connections that have something to write
    std::vector<std::unique_ptr<TcpConnection>> closed_;              // destroyed at the end of the turn
    std::uint64_t nextConnection_;
    std::uint64_t connectionsRefused_ = 0;
};

}  // namespace beffroi::edge
