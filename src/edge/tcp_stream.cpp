// SPDX-License-Identifier: AGPL-3.0-or-later
#include "edge/tcp_stream.hpp"

#include "edge/socket_calls.hpp"

#include <netinet/tcp.h>

#include <cerrno>

namespace beffroi::edge {
namespace {

// A phone that lost its power is noticed within three minutes, and a NAT on the way keeps its entry.
constexpr int kKeepAliveIdle = 120;
constexpr int kKeepAliveInterval = 30;
constexpr int kKeepAliveProbes = 4;
// What was sent and is not acknowledged in so long will not be: later than the transactions that wait for an answer.
constexpr int kUnacknowledgedMs = 40'000;

}  // namespace

TcpStream::TcpStream(Descriptor socket) : socket_{std::move(socket)} {
    setOption(socket_.get(), IPPROTO_TCP, TCP_NODELAY, 1);
    setOption(socket_.get(), SOL_SOCKET, SO_KEEPALIVE, 1);
    setOption(socket_.get(), IPPROTO_TCP, TCP_KEEPIDLE, kKeepAliveIdle);
    setOption(socket_.get(), IPPROTO_TCP, TCP_KEEPINTVL, kKeepAliveInterval);
    setOption(socket_.get(), IPPROTO_TCP, TCP_KEEPCNT, kKeepAliveProbes);
    setOption(socket_.get(), IPPROTO_TCP, TCP_USER_TIMEOUT, kUnacknowledgedMs);
}

ByteStream::Outcome TcpStream::establish() {
    int error = 0;
    socklen_t size = sizeof error;
    failed_ = failed_ || getsockopt(socket_.get(), SOL_SOCKET, SO_ERROR, &error, &size) != 0 || error != 0;
    if (failed_) return Outcome::Failed;
    sockaddr_storage peer{};
    size = sizeof peer;
    if (getpeername(socket_.get(), reinterpret_cast<sockaddr*>(&peer), &size) == 0) return Outcome::Done;
    return errno == ENOTCONN ? Outcome::WantsWrite : Outcome::Failed;
}

ByteStream::Result TcpStream::read(char* to, std::size_t size) {
    const auto got = recv(socket_.get(), to, size, MSG_DONTWAIT);
    if (got > 0) return {Outcome::Done, static_cast<std::size_t>(got)};
    if (got == 0) return {Outcome::Ended, 0};
    const bool later = errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR;
    return {later ? Outcome::WantsRead : Outcome::Failed, 0};
}

ByteStream::Result TcpStream::write(std::string_view bytes) {
    const auto sent = send(socket_.get(), bytes.data(), bytes.size(), MSG_DONTWAIT | MSG_NOSIGNAL);
    if (sent >= 0) return {Outcome::Done, static_cast<std::size_t>(sent)};
    const bool later = errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR;
    return {later ? Outcome::WantsWrite : Outcome::Failed, 0};
}

void TcpStream::endOutput() noexcept { shutdown(socket_.get(), SHUT_WR); }

}  // namespace beffroi::edge
