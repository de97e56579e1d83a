// SPDX-License-Identifier: AGPL-3.0-or-later

#include "admin/control_server.hpp"

#include "admin/control_client.hpp"
#include "admin/unix_socket.hpp"
#include "support/temporary_folder.hpp"

#include <pwd.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>
#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include <array>
#include <future>
#include <memory>
#include <string>
#include <system_error>
#include <thread>
#include <vector>

using namespace beffroi::admin;
using namespace std::chrono_literals;
using beffroi::test::TemporaryFolder;
using nlohmann::json;

namespace {

constexpr ControlServer::Limits kPatient{.request = 1h, .answer = 1h, .reading = 1h, .line = 16U << 20U, .clients = 64};

// A client that does as it likes.
class RawClient {
public:
    explicit RawClient(const std::string& path) : socket_{::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0)} {
        const auto address = socketAddress(path);
        REQUIRE(connect(socket_, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0);
    }
    ~RawClient() { close(socket_); }
    RawClient(const RawClient&) = delete;
    RawClient& operator=(const RawClient&) = delete;

    void send(std::string_view octets) const { REQUIRE(writeAll(socket_, octets)); }
    void sayNoMore() const { REQUIRE(shutdown(socket_, SHUT_WR) == 0); }

    /// All that comes until the server closes the connection.
    [[nodiscard]] std::string receive() const {
        std::string text;
        std::array<char, 65536> block;
        for (ssize_t got = 0; (got = recv(socket_, block.data(), block.size(), 0)) > 0;) {
            text.append(block.data(), static_cast<std::size_t>(got));
        }
        return text;
    }

private:
    int socket_;
};

std::string currentUser() {
    const auto* entry = getpwuid(geteuid());
    return entry == nullptr ? std::to_string(geteuid()) : entry->pw_name;
}

void echo(json request, const ControlServer::Respond& respond) {
    request.erase("who");  // which the server adds
    respond({{"echo", request}});
}

std::string errorLine(const std::string& text) { return json{{"error", text}}.dump() + '\n'; }

const std::string kNotAnObject = errorLine("the request is not a JSON object");

int errorOf(const std::function<void()>& action) {
    try {
        action();
    } catch (const std::system_error& error) {
        return error.code().value();
    }
    return 0;
}

}  // namespace

TEST_CASE("a request and its answer are one JSON object a line", "[admin]") {
    const TemporaryFolder folder;
    const auto path = folder.path("s");
    const ControlServer server{path, echo};
    const json request{{"command", "é\n\"🔔"}, {"list", {1, 2.5, nullptr}}, {"long", std::string(1'000'000, 'x')}};
    CHECK(ask(path, request) == json{{"echo", request}});
    CHECK(ask(path, json::object()) == json{{"echo", json::object()}});

    const RawClient client{path};
    client.send("{\"a\"");
    client.send(":1}\nwhat follows is not looked at\n");
    client.sayNoMore();
    CHECK(client.receive() == "{\"echo\":{\"a\":1}}\n");
}

TEST_CASE("who asks is what the kernel says, and a claim is a claim", "[admin]") {
    const TemporaryFolder folder;
    const auto path = folder.path("s");
    const ControlServer server{path, [](const json& request, const ControlServer::Respond& respond) {
                                   respond({{"who", request["who"]}});
                               }};
    const auto user = currentUser();
    CHECK(ask(path, json::object())["who"] == user);
    CHECK(ask(path, {{"who", user}})["who"] == user);
    CHECK(ask(path, {{"who", "marie.d-2"}})["who"] == user + " (says marie.d-2)");
    for (const auto& claim : {json{"a b"}, json{"x)\n"}, json{""}, json{7}, json{std::string(33, 'a')}}) {
        CHECK(ask(path, {{"who", claim}})["who"] == user);
    }
}

TEST_CASE("an answer may be given later, by another thread, and once", "[admin]") {
    const TemporaryFolder folder;
    const auto path = folder.path("s");
    std::vector<std::thread> threads;
    {
        const ControlServer server{path, [&threads](const json& request, const ControlServer::Respond& respond) {
                                       threads.emplace_back([request, respond] {
                                           respond(request);
                                           respond({{"again", true}});
                                       });
                                   }};
        for (int i = 0; i < 20; ++i) CHECK(ask(path, {{"number", i}}) == json{{"number", i}, {"who", currentUser()}});
    }
    for (auto& thread : threads) thread.join();
}

TEST_CASE("what is not a JSON object is answered with an error", "[admin]") {
    const TemporaryFolder folder;
    const auto path = folder.path("s");
    const ControlServer server{path, echo};
    const std::vector<std::string> garbage{
        "",         "x",        "5",       "[{}]", "{\"a\":1}{\"b\":2}", "{\"a\":",
        "\"text\"", "\xff\xfe", "{'a':1}", "null", "{\"a\":\"\xe9\"}",   std::string(1, '\0')};
    for (const auto& line : garbage) {
        CAPTURE(line.substr(0, 40));
        const RawClient client{path};
        client.send(line + '\n');
        CHECK(client.receive() == kNotAnObject);
    }
    CHECK(ask(path, {{"still", "there"}}) == json{{"echo", {{"still", "there"}}}});
}

TEST_CASE("a request that is nested deeply is answered with an error", "[admin]") {
    const TemporaryFolder folder;
    const auto path = folder.path("control");
    // Asked for by value, as by who hands it to another thread.
    ControlServer server{path, [](json request, const ControlServer::Respond& respond) { echo(request, respond); }};
    const auto nested = [](std::size_t depth, char open, char close) {
        const bool list = open == '[';
        std::string text{R"({"a":)"};
        for (std::size_t i = 0; i < depth; ++i) text.append(1, open).append(list || i + 1 == depth ? "" : R"("a":)");
        return text + std::string(depth, close) + "}";
    };
    for (const auto& [open, close] : {std::pair{'[', ']'}, std::pair{'{', '}'}}) {
        const auto answered = nested(15, open, close);
        RawClient modest{path};
        modest.send(answered + '\n');
        CHECK(modest.receive() == json{{"echo", json::parse(answered)}}.dump() + '\n');
        for (const auto depth : {std::size_t{16}, std::size_t{200'000}}) {
            CAPTURE(open, depth);
            RawClient hostile{path};
            hostile.send(nested(depth, open, close) + '\n');
            CHECK(hostile.receive() == errorLine("the request is nested too deeply"));
        }
    }
}

TEST_CASE("octets of an answer that are no text do not keep it back", "[admin]") {
    const TemporaryFolder folder;
    const auto path = folder.path("s");
    const ControlServer server{path, [](const json&, const ControlServer::Respond& respond) {
                                   respond({{"agent", "caf\xe9"}});
                               }};
    CHECK(ask(path, json::object()) == json{{"agent", "caf\xef\xbf\xbd"}});
}

TEST_CASE("a line that is too long is answered with an error once it is over", "[admin]") {
    const TemporaryFolder folder;
    const auto path = folder.path("s");
    auto limits = kPatient;
    limits.line = 100'000;
    const ControlServer server{path, echo, limits};
    const auto lineOf = [](std::size_t size) { return "{\"a\":\"" + std::string(size - 8, 'x') + "\"}\n"; };
    for (const std::size_t size : {limits.line + 1, std::size_t{3'000'000}}) {
        const RawClient client{path};
        client.send(lineOf(size));
        CHECK(client.receive() == errorLine("the request is too long"));
    }
    const RawClient client{path};
    client.send(lineOf(limits.line));
    CHECK(client.receive().size() == limits.line + 10);  // {"echo":…}, and the line's end
}

TEST_CASE("a slow client holds up nobody", "[admin]") {
    const TemporaryFolder folder;
    const auto path = folder.path("s");
    const auto check = [&path] { CHECK(ask(path, {{"a", 1}}) == json{{"echo", {{"a", 1}}}}); };
    SECTION("that takes its time to ask") {
        const ControlServer server{path, echo, kPatient};
        const RawClient slow{path};
        slow.send("{\"a\"");
        check();
        slow.send(":2}\n");
        CHECK(slow.receive() == "{\"echo\":{\"a\":2}}\n");
    }
    SECTION("that does not read its answer, nor the end of the server") {
        const ControlServer server{path, echo, kPatient};
        const RawClient slow{path};
        slow.send("{\"a\":\"" + std::string(8'000'000, 'x') + "\"}\n");
        check();
    }
    SECTION("that waits for an answer which does not come, nor the end of the server") {
        std::vector<ControlServer::Respond> open;
        std::promise<void> asked;
        {
            const ControlServer server{path,
                                       [&](const json& request, const ControlServer::Respond& respond) {
                                           if (request.contains("a")) return echo(request, respond);
                                           open.push_back(respond);
                                           asked.set_value();
                                       },
                                       kPatient};
            const RawClient slow{path};
            slow.send("{}\n");
            asked.get_future().wait();
            check();
        }
        open.at(0)({{"too", "late"}});  // nobody is there any more
    }
    SECTION("that does not go on: it is left") {
        auto limits = kPatient;
        limits.request = 20ms;
        const ControlServer server{path, echo, limits};
        const RawClient silent{path};
        const RawClient slow{path};
        slow.send("{\"a\"");
        CHECK(silent.receive().empty());
        CHECK(slow.receive().empty());
        check();
    }
}

TEST_CASE("a request that is not answered in time is told so", "[admin]") {
    const TemporaryFolder folder;
    const auto path = folder.path("s");
    auto limits = kPatient;
    limits.answer = 20ms;
    const ControlServer server{path, [](const json&, const ControlServer::Respond&) {}, limits};
    CHECK(ask(path, json::object()) == json{{"error", "the daemon is too busy to answer"}});
}

TEST_CASE("a client that leaves before its answer disturbs nobody", "[admin]") {
    const TemporaryFolder folder;
    const auto path = folder.path("s");
    std::promise<ControlServer::Respond> asked;
    const ControlServer server{path,
                               [&asked](const json& request, const ControlServer::Respond& respond) {
                                   if (request.contains("a")) return echo(request, respond);
                                   asked.set_value(respond);
                               },
                               kPatient};
    auto client = std::make_unique<RawClient>(path);
    client->send("{}\n");
    const auto respond = asked.get_future().get();
    client.reset();
    respond({{"for", std::string(1'000'000, 'x')}});
    CHECK(ask(path, {{"a", 1}}) == json{{"echo", {{"a", 1}}}});
}

TEST_CASE("many clients are served at a time, more of them in turn", "[admin]") {
    const TemporaryFolder folder;
    const auto path = folder.path("s");
    auto limits = kPatient;
    limits.clients = 8;
    const ControlServer server{path, echo, limits};
    std::vector<std::unique_ptr<RawClient>> clients;
    for (int i = 0; i < 40; ++i) clients.push_back(std::make_unique<RawClient>(path));
    for (const auto& client : clients) client->send("{\"a\":");
    for (std::size_t i = 0; i < clients.size(); ++i) clients[i]->send(std::to_string(i) + "}\n");
    for (std::size_t i = 0; i < clients.size(); ++i) {
        CHECK(clients[i]->receive() == "{\"echo\":{\"a\":" + std::to_string(i) + "}}\n");
    }
}

TEST_CASE("the socket is for its group, replaces a dead one and is gone with the server", "[admin]") {
    const TemporaryFolder folder;
    const auto path = folder.path("s");
    const int dead = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    const auto address = socketAddress(path);
    REQUIRE(bind(dead, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0);
    close(dead);
    {
        const ControlServer server{path, echo};
        struct stat status {};
        REQUIRE(stat(path.c_str(), &status) == 0);
        CHECK((status.st_mode & 07777U) == 0660);
        CHECK(ask(path, json::object()).contains("echo"));
    }
    CHECK(access(path.c_str(), F_OK) != 0);
    CHECK(errorOf([&path] { static_cast<void>(ask(path, json::object())); }) == ENOENT);
}

TEST_CASE("a server does not take a name that is another's", "[admin]") {
    const TemporaryFolder folder;
    const auto path = folder.path("s");
    const auto start = [](const std::string& at) { return errorOf([&at] { const ControlServer server{at, echo}; }); };
    SECTION("a running server's") {
        const ControlServer server{path, echo};
        CHECK(start(path) == EADDRINUSE);
        CHECK(ask(path, json::object()).contains("echo"));
    }
    SECTION("a file's") {
        folder.write("s", "precious");
        CHECK(start(path) == EADDRINUSE);
        CHECK(beffroi::test::textOf(path) == "precious");
    }
    SECTION("a name in no folder") { CHECK(start(folder.path("absent/s")) == ENOENT); }
    SECTION("a name that no socket can have") {
        CHECK(start(folder.path(std::string(108, 's'))) == ENAMETOOLONG);
        CHECK(start("") == ENAMETOOLONG);
    }
}

TEST_CASE("a client is told when nobody answers", "[admin]") {
    const TemporaryFolder folder;
    const auto path = folder.path("s");
    auto limits = kPatient;
    SECTION("in time") {
        const ControlServer server{path, [](const json&, const ControlServer::Respond&) {}, limits};
        CHECK_THROWS_AS(ask(path, json::object(), 0s), std::runtime_error);
    }
    SECTION("because the server ends") {
        std::promise<void> asked;
        auto server = std::make_unique<ControlServer>(
            path, [&asked](const json&, const ControlServer::Respond&) { asked.set_value(); }, limits);
        auto answer = std::async(std::launch::async, [&path] { return ask(path, json::object()); });
        asked.get_future().wait();
        server.reset();
        CHECK_THROWS_AS(answer.get(), std::runtime_error);
    }
}
