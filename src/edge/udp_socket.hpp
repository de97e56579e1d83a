// SPDX-License-Identifier: AGPL-3.0-or-later
//
// One UDP listener: datagrams are read and written in batches (recvmmsg, sendmmsg). What a loop turn sends is gathered
// in one arena and leaves at the end of the turn.
// Thread: loop.
#pragma once

#include "base/event_loop.hpp"
#include "beffroi/network.hpp"
#include "edge/descriptor.hpp"

#include <cstdint>
#include <functional>
#include <memory>
#include <string_view>
#include <vector>

namespace beffroi::edge {

class UdpSocket {
public:
    struct Counters {
        std::uint64_t received = 0;
        std::uint64_t sent = 0;
        std::uint64_t tooLong = 0;   // datagrams beyond the limit, dropped
        std::uint64_t dropped = 0;   // not sent: the kernel's buffer stayed full
    };
    using OnDatagram = std::function<void(const SocketAddress& from, std::string_view bytes)>;
    using OnRefused = std::function<void(const SocketAddress& to)>;

    /// Binds; throws std::system_error if it cannot.
    UdpSocket(base::EventLoop& loop, const SocketAddress& address, std::size_t datagramLimit, OnDatagram onDatagram,
              OnRefused onRefused);
    ~UdpSocket();

    /// The address bound, with the port that the kernel chose.
    [[nodiscard]] const SocketAddress& address() const noexcept { return address_; }

    /// Gathers a datagram for the end of the turn; false if too much waits already.
    bool send(const SocketAddress& to, std::string_view bytes);
    /// Sends what was gathered, as far as the kernel takes it.
    void flush();

    [[nodiscard]] const Counters& counters() const noexcept { return counters_; }

private:
    struct Batch;
    struct Waiting {
        SocketAddress to;
        std::size_t offset;
        std::size_t size;
    };
    void onReady(base::Ready ready);
    void receive();
    void readErrors();

    Descriptor socket_;
    SocketAddress address_;
    std::size_t datagramLimit_;
    OnDatagram onDatagram_;
    OnRefused onRefused_;
    std::unique_ptr<Batch> batch_;
    std::vector<char> arena_;
    std::vector<Waiting> waiting_;
    std::size_t flushed_ = 0;  // of waiting_
    static constexpr std::size_t kNothingRefused = ~std::size_t{0};
    std::size_t refusedAt_ = kNothingRefused;  // where in waiting_ the kernel last refused a datagram
    bool blocked_ = false;     // the kernel's buffer is full: wait for Write
    Counters counters_;
    std::unique_ptr<base::EventLoop::Watch> watch_;
};

}  // namespace beffroi::edge
