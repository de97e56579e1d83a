// SPDX-License-Identifier: AGPL-3.0-or-later
//
// All connections, found by number and by the peer's address, never by searching; counted in total and per host.
// Thread: loop.
#pragma once

#include "beffroi/network.hpp"
#include "edge/connection.hpp"

#include <cstdint>
#include <memory>
#include <unordered_map>
#include <vector>

namespace beffroi::edge {

struct ConnectionLimits {
    StreamLimits stream;
    std::size_t total = 4096;
    std::size_t perAddress = 256;
};

class ConnectionTable final : private Connection::Owner {
public:
    struct Counters {
        std::uint64_t accepted = 0;
        std::uint64_t connected = 0;  // opened by us, whether or not the peer answered
        std::uint64_t refused = 0;    // over a limit, or no descriptor left
        std::uint64_t timedOut = 0;
        std::uint64_t failed = 0;  // reset, refused or unreachable
        std::uint64_t messagesIn = 0;
        std::uint64_t messagesOut = 0;
        std::uint64_t messagesRefused = 0;  // not sent: the reader is too slow
        std::uint64_t unframable = 0;
    };

    ConnectionTable(base::EventLoop& loop, const ConnectionLimits& limits, MessageSink& sink);

    /// Whether one more connection with this host may be opened; counted as refused if not.
    [[nodiscard]] bool admits(const SocketAddress& remote);

    /// Its number is filled into the flow. Null if the loop cannot watch it.
    Connection* add(std::unique_ptr<ByteStream> stream, Flow flow, const SocketAddress& local,
                    Connection::Origin origin);

    [[nodiscard]] Connection* find(std::uint64_t number) const;
    /// The newest usable connection with this address and port.
    [[nodiscard]] Connection* towards(Transport transport, const SocketAddress& remote) const;

    [[nodiscard]] bool send(std::uint64_t number, std::string_view message);

    /// Writes what the turn gathered. Closing may call the sink, which may send more: true if so.
    bool flush() BEFFROI_ON_LOOP;
    /// Forgets what has closed; called when nothing of it is on the call stack.
    void sweep();

    /// Every connection takes no more messages, writes what waits, and closes.
    void finishAll();
    [[nodiscard]] std::size_t size() const noexcept { return connections_.size(); }
    [[nodiscard]] Counters& counters() noexcept { return counters_; }
    [[nodiscard]] const Counters& counters() const noexcept { return counters_; }

private:
    void onMessage(const Connection& connection, std::string_view bytes) override;
    void onUnframable(const Connection& connection, std::string_view bytes) override;
    void onClosed(Connection& connection, Connection::Ending ending) override;
    void onOutput(Connection& connection) override;

    base::EventLoop& loop_;
    ConnectionLimits limits_;
    MessageSink& sink_;
    std::unordered_map<std::uint64_t, std::unique_ptr<Connection>> connections_;
    std::unordered_map<SocketAddress, std::uint64_t> newest_;  // by address and port of the peer
    std::unordered_map<SocketAddress, std::size_t> perHost_;   // port 0
    std::vector<std::uint64_t> output_;                        // have something to write
    std::vector<std::uint64_t> flushing_;
    std::vector<std::unique_ptr<Connection>> closed_;
    std::uint64_t nextNumber_;
    Counters counters_;
};

}  // namespace beffroi::edge
