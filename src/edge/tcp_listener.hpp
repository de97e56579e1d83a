// SPDX-License-Identifier: AGPL-3.0-or-later
//
// One TCP listener. When the process has no descriptor left it asks its owner to give one up; if that cannot be, it
// stays open and stops asking for a moment, and the kernel keeps the callers waiting. Thread: loop.
#pragma once

#include "base/event_loop.hpp"
#include "beffroi/socket_address.hpp"
#include "edge/descriptor.hpp"

#include <cstdint>
#include <functional>
#include <memory>

namespace beffroi::edge {

class TcpListener {
public:
    using OnAccepted = std::function<void(Descriptor socket, const SocketAddress& remote)>;

    /// Closes something that has a descriptor and can be spared; false if there is nothing.
    using OnShortage = std::function<bool()>;

    /// Binds and listens; throws std::system_error if it cannot.
    TcpListener(base::EventLoop& loop, const SocketAddress& address, OnAccepted onAccepted, OnShortage onShortage);

    /// The address bound, with the port that the kernel chose.
    [[nodiscard]] const SocketAddress& address() const noexcept { return address_; }
    /// How often it had to stop for want of descriptors.
    [[nodiscard]] std::uint64_t pauses() const noexcept { return pauses_; }
    /// Accepts no more; the port is free.
    void close();

private:
    void listen();
    void acceptSome();
    void pause();

    base::EventLoop& loop_;
    SocketAddress address_;
    OnAccepted onAccepted_;
    OnShortage onShortage_;
    Descriptor socket_;
    bool starved_ = false;
    std::uint64_t pauses_ = 0;
    Timer resume_;
    std::unique_ptr<base::EventLoop::Watch> watch_;
};

}  // namespace beffroi::edge
