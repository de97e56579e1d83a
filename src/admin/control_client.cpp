// SPDX-License-Identifier: AGPL-3.0-or-later
#include "admin/control_client.hpp"

#include "admin/unix_socket.hpp"

#include <sys/socket.h>
#include <unistd.h>
#include <nlohmann/json.hpp>

#include <cerrno>
#include <stdexcept>
#include <system_error>

namespace beffroi::admin {

nlohmann::json ask(const std::string& path, const nlohmann::json& request, std::chrono::seconds limit) {
    const auto address = socketAddress(path);
    struct Socket {
        int descriptor = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
        ~Socket() {
            if (descriptor >= 0) close(descriptor);
        }
    } const connection;
    if (connection.descriptor < 0 ||
        connect(connection.descriptor, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0) {
        throw std::system_error{errno, std::generic_category(), path};
    }
    if (!writeAll(connection.descriptor, request.dump() + '\n')) {
        throw std::system_error{errno, std::generic_category(), path};
    }
    const auto line = readLine(connection.descriptor, limit);
    if (!line) throw std::runtime_error{path + ": the daemon gave no answer"};
    return nlohmann::json::parse(*line);
}

}  // namespace beffroi::admin
