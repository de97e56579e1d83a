// SPDX-License-Identifier: AGPL-3.0-or-later
#include "admin/unix_socket.hpp"

#include <poll.h>
#include <sys/socket.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <system_error>

namespace beffroi::admin {
namespace {

constexpr std::size_t kLongestLine = 16 * 1024 * 1024;

}  // namespace

sockaddr_un socketAddress(const std::string& path) {
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    if (path.empty() || path.size() >= sizeof address.sun_path) {
        throw std::system_error{ENAMETOOLONG, std::generic_category(), path};
    }
    std::memcpy(address.sun_path, path.c_str(), path.size() + 1);
    return address;
}

std::optional<std::string> readLine(int socket, std::chrono::milliseconds limit) {
    std::string line;
    std::array<char, 16384> bytes;
    while (line.size() < kLongestLine) {
        pollfd ready{socket, POLLIN, 0};
        const int count = poll(&ready, 1, static_cast<int>(limit.count()));
        if (count < 0 && errno == EINTR) continue;
        if (count <= 0) return std::nullopt;
        const auto got = recv(socket, bytes.data(), bytes.size(), 0);
        if (got <= 0) return std::nullopt;
        line.append(bytes.data(), static_cast<std::size_t>(got));
        if (line.back() == '\n') {
            line.pop_back();
            return line;
        }
    }
    return std::nullopt;
}

bool writeAll(int socket, std::string_view bytes) {
    while (!bytes.empty()) {
        const auto sent = send(socket, bytes.data(), bytes.size(), MSG_NOSIGNAL);
        if (sent < 0 && errno == EINTR) continue;
        if (sent <= 0) return false;
        bytes.remove_prefix(static_cast<std::size_t>(sent));
    }
    return true;
}

}  // namespace beffroi::admin
