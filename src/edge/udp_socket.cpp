// SPDX-License-Identifier: AGPL-3.0-or-later
#include "edge/udp_socket.hpp"

#include "beffroi/thread_roles.hpp"
#include "edge/socket_calls.hpp"

#include <linux/errqueue.h>
#include <netinet/icmp6.h>
#include <netinet/ip_icmp.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>

namespace beffroi::edge {
namespace {

constexpr std::size_t kBatch = 64;  // datagrams a system call
constexpr int kBatchesPerTurn = 4;  // so that timers and connections have their turn
constexpr int kSocketBuffer = 4 * 1024 * 1024;
constexpr std::size_t kKeptArena = 256 * 1024;
constexpr std::size_t kMostFailed = 1024;  // reported in a turn
constexpr std::size_t kMostQuoted = 512;   // enough for the start line and the first Via
constexpr unsigned kMostRefusals = 4;
constexpr std::size_t kLongestDatagram = 65507;  // what IPv4 has room for

// RFC 3261 §18.4: unreachable and parameter problem; not time exceeded, and not "too big", which a retransmission
// heals.
bool meansUnreachable(const sock_extended_err& error) noexcept {
    if (error.ee_errno == EMSGSIZE) return false;
    if (error.ee_origin == SO_EE_ORIGIN_ICMP) {
        return error.ee_type == ICMP_DEST_UNREACH || error.ee_type == ICMP_PARAMETERPROB;
    }
    return error.ee_origin == SO_EE_ORIGIN_ICMP6 &&
           (error.ee_type == ICMP6_DST_UNREACH || error.ee_type == ICMP6_PARAM_PROB);
}

bool meansPortClosed(const sock_extended_err& error) noexcept {
    if (error.ee_origin == SO_EE_ORIGIN_ICMP) {
        return error.ee_type == ICMP_DEST_UNREACH && error.ee_code == ICMP_PORT_UNREACH;
    }
    return error.ee_origin == SO_EE_ORIGIN_ICMP6 && error.ee_type == ICMP6_DST_UNREACH &&
           error.ee_code == ICMP6_DST_UNREACH_NOPORT;
}

// Errors that a socket also reports for an earlier datagram, once, by way of ICMP.
bool mayBeOfEarlier(int error) noexcept {
    return error == ECONNREFUSED || error == EHOSTUNREACH || error == ENETUNREACH || error == EHOSTDOWN ||
           error == ENOPROTOOPT || error == EPROTO || error == EMSGSIZE || error == EACCES || error == EOPNOTSUPP;
}

}  // namespace

struct UdpSocket::Input {
    explicit Input(std::size_t size) : octets(kBatch * size) {
        for (std::size_t i = 0; i < kBatch; ++i) {
            parts[i] = {octets.data() + i * size, size};
            headers[i].msg_hdr.msg_iov = &parts[i];
            headers[i].msg_hdr.msg_iovlen = 1;
            headers[i].msg_hdr.msg_name = &addresses[i];
            headers[i].msg_hdr.msg_namelen = sizeof addresses[i];
        }
    }
    std::vector<char> octets;
    std::array<iovec, kBatch> parts{};
    std::array<sockaddr_storage, kBatch> addresses{};
    std::array<mmsghdr, kBatch> headers{};
};

struct UdpSocket::Output {
    Output() {
        for (std::size_t i = 0; i < kBatch; ++i) {
            headers[i].msg_hdr.msg_iov = &parts[i];
            headers[i].msg_hdr.msg_iovlen = 1;
            headers[i].msg_hdr.msg_name = &addresses[i];
        }
    }
    std::array<iovec, kBatch> parts{};
    std::array<sockaddr_storage, kBatch> addresses{};
    std::array<mmsghdr, kBatch> headers{};
};

UdpSocket::UdpSocket(base::EventLoop& loop, const SocketAddress& address, const Limits& limits, OnDatagram onDatagram)
    : limits_{limits},
      onDatagram_{std::move(onDatagram)},
      input_{std::make_unique<Input>(limits.datagram + 1)},
      output_{std::make_unique<Output>()} {
    open(address);
    watch_ = loop.watch(socket_.get(), base::Ready::Read, [this](base::Ready ready) { onReady(ready); });
}

UdpSocket::~UdpSocket() = default;

void UdpSocket::open(const SocketAddress& address) {
    socket_ = Descriptor{socket(familyOf(address), SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0)};
    if (!socket_) throw cannotOpen("udp:", address);
    if (address.isV6()) {
        setOption(socket_.get(), IPPROTO_IPV6, IPV6_V6ONLY, 1);
        setOption(socket_.get(), IPPROTO_IPV6, IPV6_RECVERR, 1);
    } else {
        setOption(socket_.get(), IPPROTO_IP, IP_RECVERR, 1);
        setOption(socket_.get(), IPPROTO_IP, IP_MULTICAST_ALL, 0);  // phones' discovery is not for this socket
    }
    setOption(socket_.get(), SOL_SOCKET, SO_RCVBUF, kSocketBuffer);
    setOption(socket_.get(), SOL_SOCKET, SO_SNDBUF, kSocketBuffer);
    if (!bindTo(socket_.get(), address)) throw cannotOpen("udp:", address);
    address_ = boundAddress(socket_.get());
}

void UdpSocket::onReady(base::Ready ready) {
    assertOnLoop();
    if (has(ready, base::Ready::Error)) readErrors();
    if (has(ready, base::Ready::Read)) receive();
    if (has(ready, base::Ready::Write)) {
        blocked_ = false;
        flush();
        if (!blocked_) watch_->want(base::Ready::Read);
    }
}

void UdpSocket::receive() {
    auto& input = *input_;
    for (int batch = 0; batch < kBatchesPerTurn; ++batch) {
        const int got = recvmmsg(socket_.get(), input.headers.data(), kBatch, MSG_DONTWAIT, nullptr);
        if (got <= 0) {
            if (got < 0 && errno != EAGAIN && errno != EINTR) readErrors();
            return;
        }
        ++counters_.batchesIn;
        for (std::size_t i = 0; i < static_cast<std::size_t>(got); ++i) {
            const std::size_t size = input.headers[i].msg_len;
            const auto from = SocketAddress::from(reinterpret_cast<const sockaddr&>(input.addresses[i]));
            input.headers[i].msg_hdr.msg_namelen = sizeof input.addresses[i];
            ++counters_.received;
            if (size > limits_.datagram) {  // the buffer holds one octet more: it was longer, or was cut there
                ++counters_.tooLong;
                continue;
            }
            onDatagram_(from, {static_cast<const char*>(input.parts[i].iov_base), size});
        }
        if (got < static_cast<int>(kBatch)) return;
    }
}

// ICMP errors come through the error queue with the address to which the datagram went.
void UdpSocket::readErrors() {
    for (std::size_t i = 0; i < kBatch; ++i) {
        sockaddr_storage to{};
        alignas(cmsghdr) std::array<char, 512> control{};
        std::array<char, kMostQuoted> quoted{};
        iovec part{quoted.data(), quoted.size()};
        msghdr message{};
        message.msg_iov = &part;
        message.msg_iovlen = 1;
        message.msg_name = &to;
        message.msg_namelen = sizeof to;
        message.msg_control = control.data();
        message.msg_controllen = control.size();
        const auto got = recvmsg(socket_.get(), &message, MSG_ERRQUEUE | MSG_DONTWAIT);
        if (got < 0) break;
        for (auto* item = CMSG_FIRSTHDR(&message); item != nullptr; item = CMSG_NXTHDR(&message, item)) {
            const bool v4 = item->cmsg_level == IPPROTO_IP && item->cmsg_type == IP_RECVERR;
            const bool v6 = item->cmsg_level == IPPROTO_IPV6 && item->cmsg_type == IPV6_RECVERR;
            if (!v4 && !v6) continue;
            sock_extended_err error{};
            std::memcpy(&error, CMSG_DATA(item), sizeof error);
            if (!meansUnreachable(error)) continue;
            ++counters_.unreachable;
            failed({SocketAddress::from(reinterpret_cast<const sockaddr&>(to)),
                    meansPortClosed(error) ? Undelivered::PortClosed : Undelivered::Unreachable,
                    {quoted.data(), static_cast<std::size_t>(got)}});
        }
    }
    int pending = 0;  // reading it clears what would be reported again
    socklen_t size = sizeof pending;
    getsockopt(socket_.get(), SOL_SOCKET, SO_ERROR, &pending, &size);
}

void UdpSocket::failed(Failure failure) {
    if (!failure.to.isSet() || failed_.size() >= kMostFailed) return;
    const bool again = !failed_.empty() && failed_.back().to == failure.to && failed_.back().quoted == failure.quoted;
    if (!again) failed_.push_back(std::move(failure));
}

std::vector<UdpSocket::Failure> UdpSocket::takeFailed() { return std::exchange(failed_, {}); }

bool UdpSocket::send(const SocketAddress& to, std::string_view bytes) {
    const bool fits = bytes.size() <= kLongestDatagram && arena_.size() + bytes.size() <= limits_.queueOctets &&
                      waiting_.size() < limits_.queueDatagrams;
    if (!fits) {
        ++counters_.notSent;
        return false;
    }
    waiting_.push_back({to, arena_.size(), bytes.size()});
    arena_.insert(arena_.end(), bytes.begin(), bytes.end());
    if (waiting_.size() - flushed_ >= kBatch) flush();
    return true;
}

int UdpSocket::sendBatch() {
    auto& output = *output_;
    const auto count = std::min(kBatch, waiting_.size() - flushed_);
    for (std::size_t i = 0; i < count; ++i) {
        const auto& item = waiting_[flushed_ + i];
        output.parts[i] = {arena_.data() + item.offset, item.size};
        output.headers[i].msg_hdr.msg_namelen = item.to.toSockaddr(output.addresses[i]);
    }
    return sendmmsg(socket_.get(), output.headers.data(), static_cast<unsigned>(count), MSG_DONTWAIT | MSG_NOSIGNAL);
}

void UdpSocket::flush() {
    while (!blocked_ && flushed_ < waiting_.size()) {
        const int sent = sendBatch();
        if (sent > 0) {
            flushed_ += static_cast<std::size_t>(sent);
            counters_.sent += static_cast<std::uint64_t>(sent);
            ++counters_.batchesOut;
            refusals_ = 0;
        } else {
            onSendError(errno);
        }
    }
    if (flushed_ == waiting_.size()) reset();
}

void UdpSocket::onSendError(int error) {
    if (error == EINTR) return;
    if (error == EAGAIN || error == EWOULDBLOCK) {
        blocked_ = true;
        watch_->want(base::Ready::Read | base::Ready::Write);
        return;
    }
    // Perhaps it is the ICMP answer to an earlier datagram. If it comes again, it is this one that the kernel refuses:
    // it is lost, the others go on.
    readErrors();
    if (mayBeOfEarlier(error) && ++refusals_ < kMostRefusals) return;
    if (error != ENOBUFS)
        failed({waiting_[flushed_].to,
                Undelivered::NotSent,
                {}});  // a queue of the machine's was full: not the peer's fault
    ++flushed_;
    ++counters_.notSent;
    refusals_ = 0;
}

void UdpSocket::reset() {
    waiting_.clear();
    arena_.clear();
    flushed_ = 0;
    if (arena_.capacity() <= kKeptArena) return;
    arena_.shrink_to_fit();
    waiting_.shrink_to_fit();
}

}  // namespace beffroi::edge
