// SPDX-License-Identifier: AGPL-3.0-or-later
#include "admin/control_server.hpp"

#include "admin/unix_socket.hpp"
#include "base/log.hpp"

#include <poll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>
#include <nlohmann/json.hpp>

#include <array>
#include <cerrno>
#include <future>
#include <system_error>

namespace beffroi::admin {
namespace {

constexpr log::Area kLog{"admin"};
constexpr std::chrono::milliseconds kRequestLimit{2000};
constexpr std::chrono::seconds kAnswerLimit{25};
constexpr int kBacklog = 16;

nlohmann::json failure(const std::string& text) { return {{"error", text}}; }

// A file that nobody listens on is left over from a crash; one that is answered belongs to a running daemon.
void removeLeftOver(const std::string& path, const sockaddr_un& address) {
    const int probe = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    const bool answered = connect(probe, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0;
    const int error = errno;
    close(probe);
    if (answered) throw std::system_error{EADDRINUSE, std::generic_category(), path};
    if (error == ECONNREFUSED) unlink(path.c_str());
}

}  // namespace

ControlServer::ControlServer(const std::string& path, Handler handler) : path_{path}, handler_{std::move(handler)} {
    const auto address = socketAddress(path);
    removeLeftOver(path, address);
    listener_ = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    stopEvent_ = eventfd(0, EFD_CLOEXEC);
    const bool bound = bind(listener_, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0 &&
                       chmod(path.c_str(), 0660) == 0 && listen(listener_, kBacklog) == 0;
    if (!bound) {
        const int error = errno;
        close(listener_);
        close(stopEvent_);
        throw std::system_error{error, std::generic_category(), path};
    }
    thread_ = std::thread{[this] { serve(); }};
}

ControlServer::~ControlServer() {
    const std::uint64_t one = 1;
    [[maybe_unused]] const auto written = write(stopEvent_, &one, sizeof one);
    thread_.join();
    close(listener_);
    close(stopEvent_);
    unlink(path_.c_str());
}

void ControlServer::serve() {
    for (;;) {
        std::array<pollfd, 2> ready{pollfd{listener_, POLLIN, 0}, pollfd{stopEvent_, POLLIN, 0}};
        if (poll(ready.data(), ready.size(), -1) < 0 && errno != EINTR) return;
        if (ready[1].revents != 0) return;
        if (ready[0].revents == 0) continue;
        const int client = accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC);
        if (client < 0) continue;
        serveClient(client);
        close(client);
    }
}

// One request at a time: administrators are few, and an answer takes milliseconds.
void ControlServer::serveClient(int client) {
    const auto line = readLine(client, kRequestLimit);
    if (!line) return;
    const auto answer = std::make_shared<std::promise<nlohmann::json>>();
    auto future = answer->get_future();
    const auto request = nlohmann::json::parse(*line, nullptr, false);
    if (request.is_discarded() || !request.is_object()) {
        writeAll(client, failure("the request is not a JSON object").dump() + '\n');
        return;
    }
    handler_(request, [answer](nlohmann::json value) { answer->set_value(std::move(value)); });
    auto result = failure("the daemon is too busy to answer");
    if (future.wait_for(kAnswerLimit) == std::future_status::ready) result = future.get();
    if (!writeAll(client, result.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace) + '\n')) {
        log::debug(kLog, "a client left before its answer");
    }
}

}  // namespace beffroi::admin
