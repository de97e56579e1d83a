// SPDX-License-Identifier: AGPL-3.0-or-later
//
// The administrator's door: a Unix socket on which `beffroi` asks, one JSON object a line each way and one request a
// connection. Who may connect is who may open the socket's file (mode 0660). No client can hold up another one, nor the
// end of the daemon.
// Thread: its own for the sockets; the handler runs there and hands work to the loop by an Executor. Time: real, as
// peers are waited for in poll(2).
#pragma once

#include <nlohmann/json_fwd.hpp>

#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

namespace beffroi::admin {

class ControlServer {
public:
    /// Gives the answer to one request, at once or later, from any thread, also after the server's end.
    using Respond = std::function<void(nlohmann::json answer)>;
    /// `who` of a request is the user at the other end as the kernel knows it, whatever the client wrote there; a
    /// different name of the client's stands behind it as "root (says marie)".
    using Handler = std::function<void(const nlohmann::json& request, Respond respond)>;

    struct Limits {
        std::chrono::milliseconds request{5'000};  // for a client to send its request
        std::chrono::milliseconds answer{25'000};  // for the handler to answer
        std::chrono::milliseconds reading{5'000};  // for a client to read the answer
        std::size_t line = 16U << 20U;             // octets of a request
        std::size_t clients = 64;                  // more of them wait for their turn
    };

    /// Listens on `path`, replacing a socket that nobody answers on any more. Throws std::system_error: no such
    /// folder, no right, something else has the name, or another process listens there.
    ControlServer(const std::string& path, Handler handler);
    ControlServer(const std::string& path, Handler handler, const Limits& limits);
    ~ControlServer();
    ControlServer(const ControlServer&) = delete;
    ControlServer& operator=(const ControlServer&) = delete;

private:
    using Time = std::chrono::steady_clock::time_point;
    class Answers;
    struct Client;

    void serve();
    [[nodiscard]] int untilNextDeadline(Time now) const;
    void acceptOne(Time now);
    void serveClient(Client& client, short ready, Time now);
    void read(Client& client, Time now);
    void handle(Client& client, std::string_view line, Time now);
    void startAnswer(Client& client, std::string line, Time now);
    static void send(Client& client);
    void passOn(Time now);
    void enforceDeadline(Client& client, Time now);

    const std::string path_;
    const Handler handler_;
    const Limits limits_;
    const std::shared_ptr<Answers> answers_;
    int listener_ = -1;
    std::atomic<bool> stopping_{false};
    std::uint64_t nextClient_ = 1;
    std::vector<std::unique_ptr<Client>> clients_;  // touched by the thread only
    std::thread thread_;
};

}  // namespace beffroi::admin
