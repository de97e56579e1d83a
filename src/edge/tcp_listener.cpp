// SPDX-License-Identifier: AGPL-3.0-or-later
#include "edge/tcp_listener.hpp"

#include "base/log.hpp"
#include "beffroi/thread_roles.hpp"
#include "edge/socket_calls.hpp"

#include <cerrno>

namespace beffroi::edge {
namespace {

constexpr log::Area kLog{"edge.tcp"};
constexpr int kBacklog = 512;
constexpr int kAcceptedPerTurn = 64;
constexpr Clock::Duration kPause = 200ms;

bool isShortage(int error) noexcept {
    return error == EMFILE || error == ENFILE || error == ENOBUFS || error == ENOMEM;
}

}  // namespace

TcpListener::TcpListener(base::EventLoop& loop, const SocketAddress& address, OnAccepted onAccepted,
                         OnShortage onShortage)
    : loop_{loop},
      address_{address},
      onAccepted_{std::move(onAccepted)},
      onShortage_{std::move(onShortage)},
      resume_{loop.scheduler(), [this] { listen(); }} {
    socket_ = Descriptor{socket(familyOf(address), SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0)};
    if (!socket_) throw cannotOpen("tcp:", address);
    setOption(socket_.get(), SOL_SOCKET, SO_REUSEADDR, 1);
    if (address.isV6()) setOption(socket_.get(), IPPROTO_IPV6, IPV6_V6ONLY, 1);
    if (!bindTo(socket_.get(), address) || ::listen(socket_.get(), kBacklog) != 0) throw cannotOpen("tcp:", address);
    address_ = boundAddress(socket_.get());
    listen();
}

void TcpListener::listen() {
    watch_ = loop_.watch(socket_.get(), base::Ready::Read, [this](base::Ready) { acceptSome(); });
}

void TcpListener::close() {
    resume_.stop();
    watch_.reset();
    socket_.reset();
}

void TcpListener::acceptSome() {
    assertOnLoop();
    bool relieved = false;
    for (int i = 0; i < kAcceptedPerTurn && watch_ != nullptr; ++i) {
        sockaddr_storage storage{};
        socklen_t length = sizeof storage;
        auto* address = reinterpret_cast<sockaddr*>(&storage);
        Descriptor accepted{accept4(socket_.get(), address, &length, SOCK_NONBLOCK | SOCK_CLOEXEC)};
        if (accepted) {
            starved_ = false;
            onAccepted_(std::move(accepted), SocketAddress::from(*address));
            if (relieved) return;  // the kernel would say shortage again before it looks whether anybody waits
        } else if (isShortage(errno)) {
            if (relieved || !onShortage_()) return pause();
            relieved = true;
        } else if (errno == EAGAIN || errno == EWOULDBLOCK) {
            return;
        }  // else that one caller is gone (ECONNABORTED, EPROTO, EPERM …): the next
    }
}

void TcpListener::pause() {
    ++pauses_;
    if (!starved_) log::warning(kLog, "no descriptor left for new connections", {{"listener", address_.toString()}});
    starved_ = true;
    watch_.reset();
    resume_.start(kPause);
}

}  // namespace beffroi::edge
