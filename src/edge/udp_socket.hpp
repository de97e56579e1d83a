// SPDX-License-Identifier: AGPL-3.0-or-later
//
// One UDP listener: datagrams are read and written in batches (recvmmsg, sendmmsg). What a loop turn sends is gathered
// in one arena and leaves at the end of the turn; what the kernel does not take waits there, within bounds.
// Thread: loop.
#pragma once

#include "base/event_loop.hpp"
#include "beffroi/network.hpp"
#include "beffroi/socket_address.hpp"
#include "edge/descriptor.hpp"

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace beffroi::edge {

class UdpSocket {
public:
    struct Counters {
        std::uint64_t received = 0;
        std::uint64_t sent = 0;
        std::uint64_t tooLong = 0;      // beyond the limit: dropped
        std::uint64_t notSent = 0;      // it was too long, the queue full, or the kernel refused it
        std::uint64_t unreachable = 0;  // ICMP said so
        std::uint64_t batchesIn = 0;    // calls of recvmmsg that brought something
        std::uint64_t batchesOut = 0;
    };
    struct Limits {
        std::size_t datagram = 8192;                   // octets, of those that come in
        std::size_t queueOctets = 4U * 1024U * 1024U;  // of those that wait to go out
        std::size_t queueDatagrams = 16U * 1024U;
    };
    struct Failure {
        SocketAddress to;
        Undelivered how = Undelivered::NotSent;
        std::string quoted;  // of the datagram, as far as ICMP quoted it
    };
    using OnDatagram = std::function<void(const SocketAddress& from, std::string_view bytes)>;

    /// Binds; throws std::system_error if it cannot.
    UdpSocket(base::EventLoop& loop, const SocketAddress& address, const Limits& limits, OnDatagram onDatagram);
    ~UdpSocket();

    /// The address bound, with the port that the kernel chose.
    [[nodiscard]] const SocketAddress& address() const noexcept { return address_; }

    /// Gathers a datagram for the end of the turn; false if too much waits already, or if it is longer than any can be.
    [[nodiscard]] bool send(const SocketAddress& to, std::string_view bytes);
    /// Sends what was gathered, as far as the kernel takes it.
    void flush();

    /// The datagrams that turned out not to arrive since the last call, one of several in a row to the same peer.
    [[nodiscard]] std::vector<Failure> takeFailed();
    [[nodiscard]] bool hasFailed() const noexcept { return !failed_.empty(); }
    /// True if nothing waits to be sent.
    [[nodiscard]] bool idle() const noexcept { return waiting_.empty(); }
    [[nodiscard]] const Counters& counters() const noexcept { return counters_; }

private:
    struct Input;
    struct Output;
    struct Waiting {
        SocketAddress to;
        std::size_t offset;
        std::size_t size;
    };
    void open(const SocketAddress& address);
    void onReady(base::Ready ready);
    void receive();
    void readErrors();
    [[nodiscard]] int sendBatch();
    void onSendError(int error);
    void failed(Failure failure);
    void reset();

    Limits limits_;
    OnDatagram onDatagram_;
    Descriptor socket_;
    SocketAddress address_;
    std::unique_ptr<Input> input_;
    std::unique_ptr<Output> output_;
    std::vector<char> arena_;
    std::vector<Waiting> waiting_;
    std::size_t flushed_ = 0;  // of waiting_
    unsigned refusals_ = 0;    // of the datagram that is next, one after the other
    bool blocked_ = false;     // the kernel's buffer is full: wait for Write
    std::vector<Failure> failed_;
    Counters counters_;
    std::unique_ptr<base::EventLoop::Watch> watch_;
};

}  // namespace beffroi::edge
