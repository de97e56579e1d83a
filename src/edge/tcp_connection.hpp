// SPDX-License-Identifier: AGPL-3.0-or-later
//
// One TCP connection: bytes in and out of a socket, framed into messages, with bounds on what waits in either
// direction and on how long a peer may keep us waiting. Its owner removes it when it reports that it has closed.
// Thread: loop.
#pragma once

#include "base/event_loop.hpp"
#include "beffroi/flow.hpp"
#include "edge/descriptor.hpp"
#include "edge/framing.hpp"

#include <functional>
#include <memory>
#include <string>
#include <string_view>

namespace beffroi::edge {

struct TcpLimits {
    FramingLimits framing;
    std::size_t outputQueue = 256 * 1024;       // octets waiting for a slow reader
    Clock::Duration connect = 5s;
    Clock::Duration firstMessage = 10s;         // from accept to the first whole message
    Clock::Duration messageCompletion = 15s;    // from the first to the last octet of a message
    Clock::Duration idle = std::chrono::hours{1};
};

class TcpConnection {
public:
    class Owner {
    public:
        virtual ~Owner() = default;
        virtual void onMessage(const Flow& flow, std::string_view bytes) = 0;
        virtual void onUnframable(const Flow& flow, std::string_view bytes) = 0;
        /// The connection is dead; the owner destroys it, at the latest at the end of the turn.
        virtual void onClosed(TcpConnection& connection) = 0;
        /// Something waits to be written: flush() is wanted at the end of the turn.
        virtual void onOutput(TcpConnection& connection) = 0;
    };
    enum class Origin { Accepted, Connecting };

    TcpConnection(base::EventLoop& loop, Descriptor socket, const Flow& flow, const SocketAddress& local, Origin origin,
                  const TcpLimits& limits, Owner& owner);

    [[nodiscard]] const Flow& flow() const noexcept { return flow_; }
    [[nodiscard]] const SocketAddress& local() const noexcept { return local_; }
    [[nodiscard]] bool open() const noexcept { return state_ != State::Closed; }

    /// False if the queue is full or the connection closing.
    bool send(std::string_view bytes);
    void flush();
    /// Writes what waits, then closes.
    void closeAfterFlush();

private:
    enum class State { Connecting, Open, Draining, Closed };
    void onReady(base::Ready ready);
    void onConnected();
    void receive();
    void takePieces();
    void closeNow();
    void armTimer();

    Descriptor socket_;
    Flow flow_;
    SocketAddress local_;
    const TcpLimits& limits_;
    Owner& owner_;
    StreamFramer framer_;
    std::string output_;
    std::size_t written_ = 0;
    State state_;
    bool heard_ = false;      // a whole message has come
    bool mid_ = false;        // part of one has come
    Timer timer_;
    std::unique_ptr<base::EventLoop::Watch> watch_;
};

}  // namespace beffroi::edge
