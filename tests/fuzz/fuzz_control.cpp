// SPDX-License-Identifier: AGPL-3.0-or-later
//
// Any octets on the control socket, in two pieces: one line with one JSON object comes back if a whole line was sent,
// an error unless it was an object, and the handler is told who asks by the kernel's word.

#include "admin/control_server.hpp"
#include "admin/unix_socket.hpp"
#include "base/assert.hpp"
#include "support/temporary_folder.hpp"

#include <sys/socket.h>
#include <unistd.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace {

using beffroi::admin::ControlServer;
using nlohmann::json;

class Door {
public:
    [[nodiscard]] std::string ask(std::string_view octets) const {
        const int client = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
        const auto address = beffroi::admin::socketAddress(path_);
        BEFFROI_ASSERT(connect(client, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0);
        write(client, octets.substr(0, octets.size() / 3));
        write(client, octets.substr(octets.size() / 3));
        shutdown(client, SHUT_WR);
        std::string answer;
        std::array<char, 4096> block;
        for (ssize_t got = 0; (got = recv(client, block.data(), block.size(), 0)) > 0;) {
            answer.append(block.data(), static_cast<std::size_t>(got));
        }
        close(client);
        return answer;
    }

private:
    // The server may have answered and gone before the second piece.
    static void write(int client, std::string_view octets) {
        [[maybe_unused]] const auto sent = send(client, octets.data(), octets.size(), MSG_NOSIGNAL);
    }
    // By value: the exchange hands requests to its loop.
    static void answer(json request, const ControlServer::Respond& respond) {
        const auto who = request.find("who");
        BEFFROI_ASSERT(who != request.end() && who->is_string() && !who->get_ref<const std::string&>().empty());
        const auto& text = who->get_ref<const std::string&>();
        BEFFROI_ASSERT(std::none_of(text.begin(), text.end(), [](char c) { return c == '"' || c < ' '; }));
        respond({{"heard", request}});
    }

    beffroi::test::TemporaryFolder folder_;
    std::string path_ = folder_.path("control");
    ControlServer server_{path_, [](json request, const ControlServer::Respond& respond) { answer(request, respond); }};
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    static const Door door;
    const std::string_view octets{reinterpret_cast<const char*>(data), size};
    const auto answer = door.ask(octets);
    if (octets.find('\n') == std::string_view::npos) {
        BEFFROI_ASSERT(answer.empty());
        return 0;
    }
    BEFFROI_ASSERT(std::count(answer.begin(), answer.end(), '\n') == 1 && answer.back() == '\n');
    const auto object = json::parse(answer);
    BEFFROI_ASSERT(object.is_object() && object.contains("error") != object.contains("heard"));
    if (!object.contains("heard")) return 0;
    auto asked = json::parse(octets.substr(0, octets.find('\n')), nullptr, false);
    BEFFROI_ASSERT(asked.is_object());
    asked["who"] = object["heard"]["who"];
    BEFFROI_ASSERT(asked == object["heard"]);
    return 0;
}
