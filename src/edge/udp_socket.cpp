// SPDX-License-Identifier: AGPL-3.0-or-later
#include "edge/udp_socket.hpp"

#include <linux/errqueue.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <system_error>
#include <utility>

namespace beffroi::edge {
namespace {

constexpr std::size_t kBatch = 64;             // datagrams a system call
constexpr int kBatchesPerTurn = 4;             // so that timers and connections have their turn
constexpr int kSocketBuffer = 4 * 1024 * 1024;
constexpr std::size_t kArenaLimit = 16 * 1024 * 1024;

void setOption(int socket, int level, int name, int value) { setsockopt(socket, level, name, &value, sizeof value); }

}  // namespace

struct UdpSocket::Batch {
    explicit Batch(std::size_t size) : octets(kBatch * size) {
        for (std::size_t i = 0; i < kBatch; ++i) {
            parts[i] = {octets.data() + i * size, size};
            prepare(i);
        }
    }
    void prepare(std::size_t i) {
        headers[i] = {};
        headers[i].msg_hdr.msg_iov = &parts[i];
        headers[i].msg_hdr.msg_iovlen = 1;
        headers[i].msg_hdr.msg_name = &addresses[i];
        headers[i].msg_hdr.msg_namelen = sizeof addresses[i];
    }
    std::vector<char> octets;
    std::array<iovec, kBatch> parts{};
    std::array<sockaddr_storage, kBatch> addresses{};
    std::array<mmsghdr, kBatch> headers{};
};

UdpSocket::UdpSocket(base::EventLoop& loop, const SocketAddress& address, std::size_t datagramLimit,
                     OnDatagram onDatagram, OnRefused onRefused)
    : datagramLimit_{datagramLimit},
      onDatagram_{std::move(onDatagram)},
      onRefused_{std::move(onRefused)},
      batch_{std::make_unique<Batch>(datagramLimit + 1)} {
    sockaddr_storage storage{};
    socklen_t length = address.toSockaddr(storage);
    auto* bound = reinterpret_cast<sockaddr*>(&storage);
    socket_ = Descriptor{socket(storage.ss_family, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0)};
    const auto fail = [&address] {
        throw std::system_error{errno, std::system_category(), "udp:" + address.toString()};
    };
    if (!socket_) fail();
    if (address.isV6()) {
        setOption(socket_.get(), IPPROTO_IPV6, IPV6_V6ONLY, 1);
        setOption(socket_.get(), IPPROTO_IPV6, IPV6_RECVERR, 1);
    } else {
        setOption(socket_.get(), IPPROTO_IP, IP_RECVERR, 1);
        setOption(socket_.get(), IPPROTO_IP, IP_MULTICAST_ALL, 0);  // phones' discovery is not for this socket
    }
    setOption(socket_.get(), SOL_SOCKET, SO_RCVBUF, kSocketBuffer);
    setOption(socket_.get(), SOL_SOCKET, SO_SNDBUF, kSocketBuffer);
    if (bind(socket_.get(), bound, length) != 0) fail();
    length = sizeof storage;
    if (getsockname(socket_.get(), bound, &length) != 0) fail();
    address_ = SocketAddress::from(*bound);
    watch_ = loop.watch(socket_.get(), base::Ready::Read, [this](base::Ready ready) { onReady(ready); });
}

UdpSocket::~UdpSocket() = default;

void UdpSocket::onReady(base::Ready ready) {
    if (has(ready, base::Ready::Error)) readErrors();
    if (has(ready, base::Ready::Read)) receive();
    if (has(ready, base::Ready::Write)) {
        blocked_ = false;
        watch_->want(base::Ready::Read);
        flush();
    }
}

void UdpSocket::receive() {
    auto& batch = *batch_;
    for (int turn = 0; turn < kBatchesPerTurn; ++turn) {
        const int got = recvmmsg(socket_.get(), batch.headers.data(), kBatch, MSG_DONTWAIT, nullptr);
        if (got <= 0) {
            if (got < 0 && errno != EAGAIN && errno != EINTR) readErrors();
            return;
        }
        for (std::size_t i = 0; i < static_cast<std::size_t>(got); ++i) {
            const std::size_t size = batch.headers[i].msg_len;
            const auto from = SocketAddress::from(reinterpret_cast<const sockaddr&>(batch.addresses[i]));
            batch.prepare(i);
            ++counters_.received;
            if (size > datagramLimit_) {
                ++counters_.tooLong;
                continue;
            }
            onDatagram_(from, {static_cast<const char*>(batch.parts[i].iov_base), size});
        }
        if (got < static_cast<int>(kBatch)) return;
    }
}

// ICMP errors come through the error queue with the address to which the datagram went.
void UdpSocket::readErrors() {
    for (std::size_t i = 0; i < kBatch; ++i) {
        sockaddr_storage to{};
        std::array<char, 512> control{};
        msghdr message{};
        message.msg_name = &to;
        message.msg_namelen = sizeof to;
        message.msg_control = control.data();
        message.msg_controllen = control.size();
        if (recvmsg(socket_.get(), &message, MSG_ERRQUEUE | MSG_DONTWAIT) < 0) return;
        for (auto* item = CMSG_FIRSTHDR(&message); item != nullptr; item = CMSG_NXTHDR(&message, item)) {
            const bool v4 = item->cmsg_level == IPPROTO_IP && item->cmsg_type == IP_RECVERR;
            const bool v6 = item->cmsg_level == IPPROTO_IPV6 && item->cmsg_type == IPV6_RECVERR;
            if (!v4 && !v6) continue;
            const auto* error = reinterpret_cast<const sock_extended_err*>(CMSG_DATA(item));
            if (error->ee_errno == EMSGSIZE) continue;
            onRefused_(SocketAddress::from(reinterpret_cast<const sockaddr&>(to)));
        }
    }
}

bool UdpSocket::send(const SocketAddress& to, std::string_view bytes) {
    if (arena_.size() + bytes.size() > kArenaLimit) {
        ++counters_.dropped;
        return false;
    }
    waiting_.push_back({to, arena_.size(), bytes.size()});
    arena_.insert(arena_.end(), bytes.begin(), bytes.end());
    if (!blocked_ && waiting_.size() - flushed_ >= 4 * kBatch) flush();
    return true;
}

void UdpSocket::flush() {
    std::array<mmsghdr, kBatch> headers;
    std::array<iovec, kBatch> parts;
    std::array<sockaddr_storage, kBatch> addresses;
    while (!blocked_ && flushed_ < waiting_.size()) {
        const auto count = std::min(kBatch, waiting_.size() - flushed_);
        for (std::size_t i = 0; i < count; ++i) {
            const auto& item = waiting_[flushed_ + i];
            parts[i] = {arena_.data() + item.offset, item.size};
            headers[i] = {};
            headers[i].msg_hdr.msg_name = &addresses[i];
            headers[i].msg_hdr.msg_namelen = item.to.toSockaddr(addresses[i]);
            headers[i].msg_hdr.msg_iov = &parts[i];
            headers[i].msg_hdr.msg_iovlen = 1;
        }
        const int sent = sendmmsg(socket_.get(), headers.data(), static_cast<unsigned>(count), MSG_DONTWAIT);
        if (sent > 0) {
            flushed_ += static_cast<std::size_t>(sent);
            counters_.sent += static_cast<std::uint64_t>(sent);
        } else if (errno == EAGAIN || errno == EWOULDBLOCK) {
            blocked_ = true;
            watch_->want(base::Ready::Read | base::Ready::Write);
        } else if (errno != EINTR) {
            // First an ICMP error that waited for an earlier datagram; the second time it is this one that the kernel
            // refuses: it is lost, the others go on.
            readErrors();
            if (std::exchange(refusedAt_, flushed_) == flushed_) {
                ++flushed_;
                ++counters_.dropped;
            }
        }
    }
    if (flushed_ == waiting_.size()) {
        waiting_.clear();
        arena_.clear();
        flushed_ = 0;
        refusedAt_ = kNothingRefused;
    }
}

}  // namespace beffroi::edge
