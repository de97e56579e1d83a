// SPDX-License-Identifier: AGPL-3.0-or-later
#include "edge/tcp_connection.hpp"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>

#include <array>
#include <cerrno>

namespace beffroi::edge {
namespace {

constexpr std::size_t kReadSize = 64 * 1024;

}  // namespace

TcpConnection::TcpConnection(base::EventLoop& loop, Descriptor socket, const Flow& flow, const SocketAddress& local,
                             Origin origin, const TcpLimits& limits, Owner& owner)
    : socket_{std::move(socket)},
      flow_{flow},
      local_{local},
      limits_{limits},
      owner_{owner},
      framer_{limits.framing},
      state_{origin == Origin::Accepted ? State::Open : State::Connecting},
      timer_{loop.scheduler(), [this] { closeNow(); }} {
    const int on = 1;
    setsockopt(socket_.get(), IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    setsockopt(socket_.get(), SOL_SOCKET, SO_KEEPALIVE, &on, sizeof on);
    const auto interest = origin == Origin::Accepted ? base::Ready::Read : base::Ready::Write;
    watch_ = loop.watch(socket_.get(), interest, [this](base::Ready ready) { onReady(ready); });
    armTimer();
}

// One timer serves the four limits: which one applies follows from the state.
void TcpConnection::armTimer() {
    if (state_ == State::Connecting) {
        timer_.start(limits_.connect);
    } else if (framer_.midMessage()) {
        if (!mid_) timer_.start(limits_.messageCompletion);  // not renewed by every octet
    } else if (!heard_) {
        if (!timer_.running()) timer_.start(limits_.firstMessage);
    } else {
        timer_.start(limits_.idle);
    }
    mid_ = framer_.midMessage();
}

void TcpConnection::onReady(base::Ready ready) {
    assertOnLoop();
    if (state_ == State::Connecting) return onConnected();
    if (has(ready, base::Ready::Read)) receive();
    if (state_ != State::Closed && has(ready, base::Ready::Write)) flush();
    if (state_ != State::Closed && has(ready, base::Ready::Error) && !has(ready, base::Ready::Read)) closeNow();
}

void TcpConnection::onConnected() {
    int error = 0;
    socklen_t size = sizeof error;
    getsockopt(socket_.get(), SOL_SOCKET, SO_ERROR, &error, &size);
    if (error != 0) return closeNow();
    state_ = State::Open;
    heard_ = true;  // we called: the peer owes us no first message
    timer_.start(limits_.idle);
    flush();
}

void TcpConnection::receive() {
    std::array<char, kReadSize> bytes;
    const auto got = recv(socket_.get(), bytes.data(), bytes.size(), MSG_DONTWAIT);
    if (got < 0 && (errno == EAGAIN || errno == EINTR)) return;
    if (got <= 0) return closeNow();
    if (state_ == State::Draining) return;  // what still comes is not read any more
    framer_.append({bytes.data(), static_cast<std::size_t>(got)});
    takePieces();
    if (state_ == State::Open) armTimer();
}

void TcpConnection::takePieces() {
    while (state_ == State::Open) {
        const auto piece = framer_.next();
        switch (piece.found) {
            case StreamFramer::Found::Nothing: return;
            case StreamFramer::Found::Ping: send("\r\n"); break;
            case StreamFramer::Found::Message:
                heard_ = true;
                mid_ = false;
                owner_.onMessage(flow_, piece.bytes);
                break;
            case StreamFramer::Found::Unframable:
                owner_.onUnframable(flow_, piece.bytes);
                closeAfterFlush();
                return;
        }
    }
}

bool TcpConnection::send(std::string_view bytes) {
    if (state_ == State::Closed || state_ == State::Draining) return false;
    if (output_.size() - written_ + bytes.size() > limits_.outputQueue) return false;
    const bool first = output_.empty();
    output_.append(bytes);
    if (first) owner_.onOutput(*this);
    return true;
}

void TcpConnection::flush() {
    if (state_ == State::Connecting || state_ == State::Closed) return;
    while (written_ < output_.size()) {
        const auto sent = ::send(socket_.get(), output_.data() + written_, output_.size() - written_,
                                 MSG_DONTWAIT | MSG_NOSIGNAL);
        if (sent < 0 && errno == EINTR) continue;
        if (sent < 0 && errno == EAGAIN) {
            watch_->want(base::Ready::Read | base::Ready::Write);
            return;
        }
        if (sent < 0) return closeNow();
        written_ += static_cast<std::size_t>(sent);
    }
    output_.clear();
    written_ = 0;
    if (state_ == State::Draining) return closeNow();
    watch_->want(base::Ready::Read);
}

void TcpConnection::closeAfterFlush() {
    if (state_ == State::Closed) return;
    if (state_ == State::Connecting || output_.empty()) return closeNow();
    state_ = State::Draining;
    timer_.start(limits_.connect);
    owner_.onOutput(*this);
}

void TcpConnection::closeNow() {
    if (state_ == State::Closed) return;
    state_ = State::Closed;
    timer_.stop();
    watch_.reset();
    socket_.reset();
    owner_.onClosed(*this);
}

}  // namespace beffroi::edge
