// SPDX-License-Identifier: AGPL-3.0-or-later
//
// beffroi-test-phone: many headless telephones in one process, for the system tests. Commands come in on standard
// input, replies and events go out on standard output; the process ends with its standard input.

#include "command_line.hpp"

#include <linphone/core.h>
#include <poll.h>
#include <unistd.h>

#include <cstdlib>
#include <iostream>
#include <string>
#include <string_view>

namespace {

constexpr int kIterateEveryMs = 10;

/// Takes what standard input has; false at its end.
bool readLines(std::string& unread, beffroi::test::CommandLine& commands) {
    char buffer[8192];
    const auto count = read(STDIN_FILENO, buffer, sizeof buffer);
    if (count <= 0) return false;
    unread.append(buffer, static_cast<std::size_t>(count));
    for (auto end = unread.find('\n'); end != std::string::npos; end = unread.find('\n')) {
        const std::string line = unread.substr(0, end);
        unread.erase(0, end + 1);
        if (!line.empty()) commands.carryOut(line);
    }
    return true;
}

}  // namespace

int main() {
    const bool verbose = std::getenv("BEFFROI_PHONE_LOG") != nullptr;  // liblinphone's log goes to standard output, too
    linphone_logging_service_set_log_level(linphone_logging_service_get(),
                                           verbose ? LinphoneLogLevelMessage : LinphoneLogLevelFatal);
    beffroi::test::CommandLine commands{[](const nlohmann::json& line) { std::cout << line.dump() << std::endl; }};
    std::string unread;
    pollfd input{STDIN_FILENO, POLLIN, 0};
    while (!commands.quit()) {
        if (poll(&input, 1, kIterateEveryMs) > 0 && !readLines(unread, commands)) break;
        commands.iterate();
    }
}
