// SPDX-License-Identifier: AGPL-3.0-or-later
//
// All connections, found by number and by the peer's address, never by searching; counted in total and per network (an
// IPv4 address, the /64 of an IPv6 one). Where there are too many the oldest stranger gives way to the newcomer: one
// who opens connections and proves nothing can take a place from a telephone only for as long as nobody else knocks.
// Thread: loop.
#pragma once

#include "beffroi/admission.hpp"
#include "beffroi/network.hpp"
#include "beffroi/security_event.hpp"
#include "edge/connection.hpp"

#include <cstdint>
#include <memory>
#include <set>
#include <string>
#include <unordered_map>
#include <vector>

namespace beffroi::edge {

struct ConnectionLimits {
    StreamLimits stream;
    std::size_t total = 4096;
    std::size_t perAddress = 256;
    std::size_t queues = 64U * 1024U * 1024U;           // octets that wait, of all of them
    std::size_t strangersQueues = 16U * 1024U * 1024U;  // of these, those of strangers
};

class ConnectionTable final : private Connection::Owner {
public:
    struct Counters {
        std::uint64_t accepted = 0;
        std::uint64_t connected = 0;  // opened by us, whether or not the peer answered
        std::uint64_t refused = 0;    // over a limit, or no descriptor left
        std::uint64_t gaveWay = 0;    // strangers that were closed for another one's sake
        std::uint64_t crowded = 0;    // closed because too much waited in all
        std::uint64_t timedOut = 0;
        std::uint64_t failed = 0;  // reset, refused or unreachable
        std::uint64_t messagesIn = 0;
        std::uint64_t messagesOut = 0;
        std::uint64_t messagesRefused = 0;  // not sent: the reader is too slow
        std::uint64_t unframable = 0;
    };

    ConnectionTable(base::EventLoop& loop, const ConnectionLimits& limits, MessageSink& sink);

    /// Who is told of connections that end because of a limit or in their handshake.
    void setAdmission(Admission& admission, SecurityEvents& events) noexcept {
        admission_ = &admission;
        events_ = &events;
    }

    /// Whether one more connection may be accepted from this host; counted as refused if not. Closes a stranger for it
    /// where that makes the room.
    [[nodiscard]] bool admits(const SocketAddress& remote);
    /// The same of one that we open. Strangers make the room in trim(): not while the sink waits for its connection.
    [[nodiscard]] bool admitsOurs(const SocketAddress& remote);
    /// Closes the stranger who has been here longest; false if there is none.
    bool dismissStranger();
    /// Closes strangers until no limit is exceeded.
    void trim();

    /// Its number is filled into the flow. Null if the loop cannot watch it.
    Connection* add(std::unique_ptr<ByteStream> stream, Flow flow, const SocketAddress& local,
                    Connection::Origin origin);

    [[nodiscard]] Connection* find(std::uint64_t number) const;
    /// The newest usable connection with this address and port, and by TLS with this domain: others have not proven
    /// that they are it.
    [[nodiscard]] Connection* towards(Transport transport, const SocketAddress& remote,
                                      const std::string& domain = {}) const;

    [[nodiscard]] bool send(std::uint64_t number, std::string_view message);
    /// Whoever is at the other end of it has proven who they are.
    void vouch(std::uint64_t number);

    /// Writes what the turn gathered. Closing may call the sink, which may send more: true if so.
    bool flush() BEFFROI_ON_LOOP;
    /// Forgets what has closed; called when nothing of it is on the call stack.
    void sweep();

    /// Every connection takes no more messages, writes what waits, and closes.
    void finishAll();
    [[nodiscard]] std::size_t size() const noexcept { return connections_.size(); }
    [[nodiscard]] std::size_t strangers() const noexcept { return strangers_.size(); }
    /// Octets that wait, in and out, of all of them.
    [[nodiscard]] std::size_t waiting() const noexcept { return budget_.used(); }
    [[nodiscard]] Counters& counters() noexcept { return counters_; }
    [[nodiscard]] const Counters& counters() const noexcept { return counters_; }

private:
    using Numbers = std::set<std::uint64_t>;  // the least is the oldest
    struct Host {
        std::size_t open = 0;
        Numbers strangers;
    };
    struct Peer {
        SocketAddress address;
        std::string domain;
        friend bool operator==(const Peer&, const Peer&) = default;
    };
    struct PeerHash {
        std::size_t operator()(const Peer& peer) const noexcept {
            return peer.address.hash() ^ std::hash<std::string>{}(peer.domain);
        }
    };
    bool dismissOldest(const Numbers& strangers);
    void noLongerStranger(const Flow& flow);
    void count(const Flow& flow, Connection::Ending ending, bool stranger) BEFFROI_ON_LOOP;
    void onMessage(const Connection& connection, std::string_view bytes) override;
    void onUnframable(const Connection& connection, std::string_view bytes) override;
    void onClosed(Connection& connection, Connection::Ending ending) override;
    void onOutput(Connection& connection) override;

    base::EventLoop& loop_;
    ConnectionLimits limits_;
    MessageSink& sink_;
    Admission* admission_ = nullptr;
    SecurityEvents* events_ = nullptr;
    QueueBudget budget_;
    std::unordered_map<std::uint64_t, std::unique_ptr<Connection>> connections_;
    std::unordered_map<Peer, std::uint64_t, PeerHash> newest_;
    std::unordered_map<SocketAddress, Host> hosts_;  // by SocketAddress::network()
    Numbers strangers_;
    std::vector<std::uint64_t> output_;  // have something to write
    std::vector<std::uint64_t> flushing_;
    std::vector<std::unique_ptr<Connection>> closed_;
    std::uint64_t nextNumber_;
    Counters counters_;
};

}  // namespace beffroi::edge
