// SPDX-License-Identifier: AGPL-3.0-or-later
//
// The administrator's door: a Unix socket on which `beffroi` asks, one JSON object a line each way. Who may connect is
// who may open the socket's file (mode 0660).
// Thread: its own for the sockets; the handler runs there and hands work to the loop by an Executor.
#pragma once

#include <nlohmann/json_fwd.hpp>

#include <atomic>
#include <functional>
#include <memory>
#include <string>
#include <thread>

namespace beffroi::admin {

class ControlServer {
public:
    /// Gives the answer to one request, at once or later, from any thread. Called once for each request.
    using Respond = std::function<void(nlohmann::json answer)>;
    using Handler = std::function<void(const nlohmann::json& request, Respond respond)>;

    /// Listens on `path`, replacing a socket that nobody answers on any more. Throws std::system_error: no such
    /// folder, no right, or another process listens there.
    ControlServer(const std::string& path, Handler handler);
    ~ControlServer();
    ControlServer(const ControlServer&) = delete;
    ControlServer& operator=(const ControlServer&) = delete;

private:
    void serve();
    void serveClient(int client);

    std::string path_;
    Handler handler_;
    int listener_ = -1;
    int stopEvent_ = -1;
    std::thread thread_;
};

}  // namespace beffroi::admin
