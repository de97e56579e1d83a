// SPDX-License-Identifier: AGPL-3.0-or-later
//
// One connection: the octets of a ByteStream framed into messages, with bounds on what waits in either direction and
// on how long a peer may keep us waiting. Its owner removes it when it reports that it has closed.
// Thread: loop.
#pragma once

#include "base/event_loop.hpp"
#include "beffroi/flow.hpp"
#include "edge/byte_stream.hpp"
#include "edge/framing.hpp"
#include "edge/queue_budget.hpp"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace beffroi::edge {

struct StreamLimits {
    FramingLimits framing;
    std::size_t outputQueue = 256 * 1024;     // octets waiting for a slow reader
    std::size_t strangersOutput = 16 * 1024;  // the same, of one who has not proven who they are
    Clock::Duration connect = 5s;             // of a connection of ours
    Clock::Duration handshake = 10s;          // of one that was accepted, where there is one
    Clock::Duration firstMessage = 10s;       // from the handshake, or accept, to the first whole message
    Clock::Duration proof = 60s;              // from there until somebody has proven who they are
    Clock::Duration messageCompletion = 15s;  // from the first to the last octet of a message
    Clock::Duration stalled = 30s;            // a reader that takes nothing of what waits for it
    Clock::Duration linger = 2s;              // for the peer to read our last words
    Clock::Duration idle = std::chrono::hours{1};
};

class Connection {
public:
    enum class Origin : std::uint8_t { Accepted, Connecting };
    enum class Ending : std::uint8_t {
        ByPeer,
        ByUs,
        TimedOut,
        Failed,
        Disagreed,        // in the handshake
        BrokenHandshake,  // the peer sent none
        GaveWay,          // to another one, when there were too many
        Crowded,          // what all connections together keep waiting was too much
    };

    class Owner {
    public:
        virtual ~Owner() = default;
        virtual void onMessage(const Connection& connection, std::string_view bytes) = 0;
        virtual void onUnframable(const Connection& connection, std::string_view bytes) = 0;
        /// The connection is dead; the owner destroys it, at the latest at the end of the turn, but not in this call.
        virtual void onClosed(Connection& connection, Ending ending) = 0;
        /// Something waits to be written: flush() is wanted at the end of the turn.
        virtual void onOutput(Connection& connection) = 0;
    };

    /// What all connections have in common; it outlives them.
    struct Shared {
        const StreamLimits& limits;
        QueueBudget& budget;
        Owner& owner;
    };

    /// Throws std::system_error if the loop cannot watch the stream.
    Connection(base::EventLoop& loop, std::unique_ptr<ByteStream> stream, const Flow& flow, const SocketAddress& local,
               Origin origin, const Shared& shared);
    ~Connection();
    Connection(const Connection&) = delete;
    Connection& operator=(const Connection&) = delete;

    [[nodiscard]] const Flow& flow() const noexcept { return flow_; }
    /// What we call ourselves on this connection.
    [[nodiscard]] const SocketAddress& local() const noexcept { return local_; }
    /// The domain whose certificate the peer shows, or there is no connection; empty if none is asked for.
    [[nodiscard]] const std::string& peerDomain() const noexcept { return peerDomain_; }
    /// By which the peer has proven who it is; empty where it has not, and once the connection has closed.
    [[nodiscard]] const std::vector<std::string>& peerNames() const noexcept;
    /// False once it takes no more messages, though its last words may still be on their way.
    [[nodiscard]] bool usable() const noexcept { return state_ == State::Connecting || state_ == State::Open; }

    /// Queues it; false if the queue is full or the connection not usable.
    [[nodiscard]] bool send(std::string_view bytes);
    void flush();
    /// Takes no more messages, writes what waits, then closes.
    void finish();
    /// Ends it now, whatever waits: its place or its share is needed.
    void giveWay() { close(Ending::GaveWay); }

    /// Whoever is at the other end has proven who they are: more patience, and more may wait for them.
    void vouch();
    /// Somebody has, or it was we who opened it.
    [[nodiscard]] bool vouched() const noexcept { return standing_ == Standing::Known; }
    /// From now on it is dead once nothing has come from the peer for so long, keep-alives included. Nothing: it is
    /// not.
    void expectWithin(std::optional<Clock::Duration> silence);

private:
    enum class State : std::uint8_t { Connecting, Open, Draining, Lingering, Closed };
    void onReady(base::Ready ready);
    void establish();
    [[nodiscard]] Ending handshakeEnding() const noexcept;
    void receive();
    [[nodiscard]] bool receiveOnce();
    void takePieces();
    void keepOutput();
    void outputDone();
    [[nodiscard]] std::size_t waitingOutput() const noexcept { return output_.size() - written_; }
    [[nodiscard]] bool settleBudget();
    void close(Ending ending);
    void wantReady();
    void armTimer();
    void onTimer();

    std::unique_ptr<ByteStream> stream_;
    Flow flow_;
    SocketAddress local_;
    std::string peerDomain_;
    const Clock& clock_;
    const StreamLimits& limits_;
    QueueBudget& budget_;
    Owner& owner_;
    Origin origin_;
    Standing standing_;
    StreamFramer framer_;
    std::string output_;
    std::size_t written_ = 0;
    std::size_t charged_ = 0;  // octets of the budget
    State state_;
    base::Ready interest_;
    bool heard_;                   // a whole message has come, or it was we who called
    bool blocked_ = false;         // the stream takes no more for now …
    bool writeWantsRead_ = false;  // … until something comes
    bool readWantsWrite_ = false;  // nothing can be read before something has been written
    bool peerDone_ = false;        // the peer has finished sending
    bool handing_ = false;         // pieces are being handed to the owner
    Ending ending_ = Ending::ByUs;
    Clock::TimePoint since_;       // of the state
    Clock::TimePoint lastActive_;  // octets moved
    Clock::TimePoint lastHeard_;   // octets came
    std::optional<Clock::Duration> silence_;
    std::optional<Clock::TimePoint> partSince_;     // the first octet of an unfinished message
    std::optional<Clock::TimePoint> blockedSince_;  // the reader takes nothing
    Timer timer_;
    std::unique_ptr<base::EventLoop::Watch> watch_;
};

}  // namespace beffroi::edge
