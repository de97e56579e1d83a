// SPDX-License-Identifier: AGPL-3.0-or-later
#include "admin/control_server.hpp"

#include "admin/unix_socket.hpp"
#include "base/log.hpp"
#include "base/mutex.hpp"
#include "base/wiping.hpp"

#include <poll.h>
#include <pwd.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <array>
#include <cctype>
#include <cerrno>
#include <string_view>
#include <system_error>
#include <utility>

namespace beffroi::admin {
namespace {

constexpr log::Area kLog{"admin"};
constexpr int kBacklog = 64;
constexpr int kDeepest = 16;              // of a request: values in values
constexpr std::size_t kLongestName = 32;  // of a user

std::string lineOf(const nlohmann::json& value) {
    return value.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace) + '\n';
}

std::string failureLine(const std::string& text) { return lineOf({{"error", text}}); }

// A socket that nobody listens on is left over from a crash; one that is answered belongs to a running daemon. Anything
// else that has the name is not ours to remove: bind() will complain.
void removeLeftOver(const std::string& path, const sockaddr_un& address) {
    struct stat status {};
    if (lstat(path.c_str(), &status) != 0 || !S_ISSOCK(status.st_mode)) return;
    const int probe = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    const bool answered = connect(probe, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0;
    const int error = errno;
    close(probe);
    if (answered || error == EAGAIN) throw std::system_error{EADDRINUSE, std::generic_category(), path};
    if (error == ECONNREFUSED) unlink(path.c_str());
}

int listenOn(const std::string& path) {
    const auto address = socketAddress(path);
    removeLeftOver(path, address);
    const int listener = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (bind(listener, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0 &&
        chmod(path.c_str(), 0660) == 0 && listen(listener, kBacklog) == 0) {
        return listener;
    }
    const int error = errno;
    close(listener);
    throw std::system_error{error, std::generic_category(), path};
}

// Whose process is at the other end, as the kernel knows: a name, or a number without one.
std::string userBehind(int socket) {
    ucred peer{};
    socklen_t size = sizeof peer;
    if (getsockopt(socket, SOL_SOCKET, SO_PEERCRED, &peer, &size) != 0) return "unknown";
    passwd entry{};
    passwd* found = nullptr;
    std::array<char, 4096> buffer;
    getpwuid_r(peer.uid, &entry, buffer.data(), buffer.size(), &found);
    return found == nullptr ? std::to_string(peer.uid) : found->pw_name;
}

bool isUserName(const std::string& name) {
    return !name.empty() && name.size() <= kLongestName && std::all_of(name.begin(), name.end(), [](unsigned char c) {
        return std::isalnum(c) != 0 || c == '.' || c == '-' || c == '_';
    });
}

// sudo makes everybody root: whom the client names stands behind the name that is known, as a claim.
std::string userOf(int socket, const nlohmann::json& request) {
    const auto known = userBehind(socket);
    const auto claim = request.find("who");
    if (claim == request.end() || !claim->is_string()) return known;
    const auto& claimed = claim->get_ref<const std::string&>();
    return claimed == known || !isUserName(claimed) ? known : known + " (says " + claimed + ')';
}

}  // namespace

// Answers on their way from any thread to the server's. Shared with every Respond, which may outlive the server.
class ControlServer::Answers {
public:
    using Line = std::pair<std::uint64_t, std::string>;  // for which client

    Answers() : event_{eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)} {
        if (event_ < 0) throw std::system_error{errno, std::generic_category(), "eventfd"};
    }
    ~Answers() { close(event_); }
    Answers(const Answers&) = delete;
    Answers& operator=(const Answers&) = delete;

    void add(std::uint64_t client, std::string line) {
        {
            const base::MutexLock lock{mutex_};
            lines_.emplace_back(client, std::move(line));
        }
        wake();
    }
    void wake() const {
        const std::uint64_t one = 1;
        [[maybe_unused]] const auto written = write(event_, &one, sizeof one);
    }
    [[nodiscard]] std::vector<Line> take() {
        std::uint64_t count = 0;
        [[maybe_unused]] const auto got = ::read(event_, &count, sizeof count);
        const base::MutexLock lock{mutex_};
        return std::exchange(lines_, {});
    }
    [[nodiscard]] int descriptor() const noexcept { return event_; }

private:
    const int event_;
    base::Mutex mutex_;
    std::vector<Line> lines_ BEFFROI_GUARDED_BY(mutex_);
};

struct ControlServer::Client {
    enum class Phase : std::uint8_t { Asking, Waiting, Reading, Gone };

    Client(int descriptor, std::uint64_t id, Time until) : socket{descriptor}, number{id}, deadline{until} {}
    ~Client() { close(socket); }
    Client(const Client&) = delete;
    Client& operator=(const Client&) = delete;

    [[nodiscard]] pollfd watched() const {
        const int events = phase == Phase::Asking ? POLLIN : phase == Phase::Reading ? POLLOUT : 0;
        return {socket, static_cast<short>(events), 0};
    }

    const int socket;
    const std::uint64_t number;
    Time deadline;  // of the phase
    Phase phase = Phase::Asking;
    std::string text;      // what has come of the request, or the answer
    std::size_t sent = 0;  // of the answer
    bool tooLong = false;
};

ControlServer::ControlServer(const std::string& path, Handler handler)
    : ControlServer{path, std::move(handler), Limits{}} {}

ControlServer::ControlServer(const std::string& path, Handler handler, const Limits& limits)
    : path_{path},
      handler_{std::move(handler)},
      limits_{limits},
      answers_{std::make_shared<Answers>()},
      listener_{listenOn(path)},
      thread_{[this] { serve(); }} {}

ControlServer::~ControlServer() {
    stopping_ = true;
    answers_->wake();
    thread_.join();
    close(listener_);
    unlink(path_.c_str());
}

void ControlServer::serve() {
    const base::Wiping wiping;  // requests and answers may have passwords in them
    std::vector<pollfd> ready;
    while (!stopping_) {
        const bool full = clients_.size() >= limits_.clients;
        ready.assign({{answers_->descriptor(), POLLIN, 0}, {full ? -1 : listener_, POLLIN, 0}});
        for (const auto& client : clients_) ready.push_back(client->watched());
        if (poll(ready.data(), ready.size(), untilNextDeadline(std::chrono::steady_clock::now())) < 0) {
            if (errno == EINTR) continue;
            return log::error(kLog, "the control socket cannot be served", {{"errno", errno}});
        }
        const auto now = std::chrono::steady_clock::now();
        if (ready[0].revents != 0) passOn(now);
        for (std::size_t i = 0; i < clients_.size(); ++i) serveClient(*clients_[i], ready[i + 2].revents, now);
        std::erase_if(clients_, [](const auto& client) { return client->phase == Client::Phase::Gone; });
        if (ready[1].revents != 0) acceptOne(now);
    }
    clients_.clear();
}

int ControlServer::untilNextDeadline(Time now) const {
    if (clients_.empty()) return -1;
    const auto earliest = std::min_element(clients_.begin(), clients_.end(),
                                           [](const auto& a, const auto& b) { return a->deadline < b->deadline; });
    const auto left = std::chrono::ceil<std::chrono::milliseconds>((*earliest)->deadline - now);
    return static_cast<int>(std::max<std::chrono::milliseconds::rep>(0, left.count()));
}

void ControlServer::acceptOne(Time now) {
    const int socket = accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC | SOCK_NONBLOCK);
    if (socket < 0) return;
    clients_.push_back(std::make_unique<Client>(socket, nextClient_++, now + limits_.request));
}

void ControlServer::serveClient(Client& client, short ready, Time now) {
    if (client.phase == Client::Phase::Asking && (ready & POLLIN) != 0) {
        read(client, now);
    } else if (client.phase == Client::Phase::Reading && (ready & POLLOUT) != 0) {
        send(client);
    } else if ((ready & (POLLHUP | POLLERR)) != 0) {
        log::debug(kLog, "a client left before its answer");
        client.phase = Client::Phase::Gone;
    }
    enforceDeadline(client, now);
}

void ControlServer::read(Client& client, Time now) {
    std::array<char, 65536> block;
    const auto got = recv(client.socket, block.data(), block.size(), 0);
    if (got < 0 && (errno == EAGAIN || errno == EINTR)) return;
    if (got <= 0) {
        client.phase = Client::Phase::Gone;
        return;
    }
    const std::string_view octets{block.data(), static_cast<std::size_t>(got)};
    const auto end = octets.find('\n');
    client.text.append(octets.substr(0, end));
    if (client.text.size() > limits_.line) client.tooLong = true;
    if (client.tooLong) client.text.clear();  // its end is still waited for, so that the answer can be read
    explicit_bzero(block.data(), octets.size());
    if (end != std::string_view::npos) handle(client, std::exchange(client.text, {}), now);
}

void ControlServer::handle(Client& client, std::string_view line, Time now) {
    if (client.tooLong) return startAnswer(client, failureLine("the request is too long"), now);
    // Whoever copies a value calls itself for each value within: depth is stack.
    bool tooDeep = false;
    const auto watchDepth = [&tooDeep](int depth, nlohmann::json::parse_event_t, const nlohmann::json&) {
        tooDeep = tooDeep || depth >= kDeepest;
        return !tooDeep;
    };
    auto request = nlohmann::json::parse(line, watchDepth, false);
    if (tooDeep) return startAnswer(client, failureLine("the request is nested too deeply"), now);
    if (!request.is_object()) return startAnswer(client, failureLine("the request is not a JSON object"), now);
    request["who"] = userOf(client.socket, request);
    client.phase = Client::Phase::Waiting;
    client.deadline = now + limits_.answer;
    handler_(request, [answers = answers_, number = client.number](const nlohmann::json& answer) {
        answers->add(number, lineOf(answer));
    });
}

void ControlServer::startAnswer(Client& client, std::string line, Time now) {
    client.phase = Client::Phase::Reading;
    client.deadline = now + limits_.reading;
    client.text = std::move(line);
    send(client);
}

void ControlServer::send(Client& client) {
    const auto left = std::string_view{client.text}.substr(client.sent);
    const auto sent = ::send(client.socket, left.data(), left.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
    if (sent < 0 && (errno == EAGAIN || errno == EINTR)) return;
    if (sent > 0) client.sent += static_cast<std::size_t>(sent);
    if (sent < 0 || client.sent == client.text.size()) client.phase = Client::Phase::Gone;
}

// An answer whose client has left, or that was given a second time, finds nobody who waits for it.
void ControlServer::passOn(Time now) {
    for (auto& [number, line] : answers_->take()) {
        const auto waits = [wanted = number](const auto& client) {
            return client->number == wanted && client->phase == Client::Phase::Waiting;
        };
        const auto client = std::find_if(clients_.begin(), clients_.end(), waits);
        if (client != clients_.end()) startAnswer(**client, std::move(line), now);
    }
}

void ControlServer::enforceDeadline(Client& client, Time now) {
    if (client.phase == Client::Phase::Gone || now < client.deadline) return;
    if (client.phase == Client::Phase::Waiting) {
        return startAnswer(client, failureLine("the daemon is too busy to answer"), now);
    }
    log::debug(kLog, "a client was too slow");
    client.phase = Client::Phase::Gone;
}

}  // namespace beffroi::admin
