// SPDX-License-Identifier: AGPL-3.0-or-later
//
// Socket buffers of 128 kB: hundreds of calls with oRTP's 2 MB would pin memory for packets that are useless when late.

#include "bridge/datagram_socket.hpp"

#include <netinet/in.h>
#include <netinet/ip.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cerrno>

namespace beffroi::bridge {
namespace {

constexpr int kSocketBuffer = 128 << 10;
constexpr int kExpeditedForwarding = 46 << 2;

}  // namespace

int openDatagramSocket(const SocketAddress& local) noexcept {
    const int socket = ::socket(local.isV6() ? AF_INET6 : AF_INET, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (socket < 0) return -1;
    setsockopt(socket, SOL_SOCKET, SO_RCVBUF, &kSocketBuffer, sizeof kSocketBuffer);
    setsockopt(socket, SOL_SOCKET, SO_SNDBUF, &kSocketBuffer, sizeof kSocketBuffer);
    if (local.isV6()) {
        setsockopt(socket, IPPROTO_IPV6, IPV6_TCLASS, &kExpeditedForwarding, sizeof kExpeditedForwarding);
    } else {
        setsockopt(socket, IPPROTO_IP, IP_TOS, &kExpeditedForwarding, sizeof kExpeditedForwarding);
    }
    sockaddr_storage address{};
    const auto length = local.toSockaddr(address);
    if (bind(socket, reinterpret_cast<const sockaddr*>(&address), length) == 0) return socket;
    const int error = errno;
    close(socket);
    errno = error;
    return -1;
}

void closeSocket(int socket) noexcept { close(socket); }

std::optional<std::size_t> receiveDatagram(int socket, std::span<std::uint8_t> into, SocketAddress& from) noexcept {
    sockaddr_storage address{};
    socklen_t length = sizeof address;
    const auto size =
        recvfrom(socket, into.data(), into.size(), MSG_DONTWAIT, reinterpret_cast<sockaddr*>(&address), &length);
    if (size < 0) return std::nullopt;
    from = SocketAddress::from(reinterpret_cast<const sockaddr&>(address));
    return static_cast<std::size_t>(size);
}

int sendDatagram(int socket, const mblk_t* message, const SocketAddress& to) noexcept {
    std::array<iovec, 4> fragments{};
    std::size_t count = 0;
    std::size_t size = 0;
    for (const auto* part = message; part != nullptr && count < fragments.size(); part = part->b_cont) {
        const auto length = static_cast<std::size_t>(part->b_wptr - part->b_rptr);
        fragments[count++] = {part->b_rptr, length};
        size += length;
    }
    if (!to.isSet() || to.port() == 0) return static_cast<int>(size);
    sockaddr_storage address{};
    msghdr header{};
    header.msg_namelen = to.toSockaddr(address);
    header.msg_name = &address;
    header.msg_iov = fragments.data();
    header.msg_iovlen = count;
    static_cast<void>(sendmsg(socket, &header, MSG_DONTWAIT | MSG_NOSIGNAL));
    return static_cast<int>(size);
}

}  // namespace beffroi::bridge
