// SPDX-License-Identifier: AGPL-3.0-or-later
#include "app/command_output.hpp"

#include "admin/admin_options.hpp"
#include "admin/control_client.hpp"

#include <pwd.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <stdexcept>

namespace beffroi::app {

using nlohmann::json;

void print(const std::string& text) { std::fwrite(text.data(), 1, text.size(), stdout); }

json askDaemon(const std::string& socket, const char* program, const json& request) {
    json answer;
    try {
        answer = admin::ask(socket, request);
    } catch (const std::exception& error) {
        throw std::runtime_error{std::string{program} + " does not answer on " + socket + ": " + error.what()};
    }
    if (const auto error = answer.find("error"); error != answer.end())
        throw std::runtime_error{error->get<std::string>()};
    return answer;
}

json askExchange(const config::Settings& settings, const json& request) {
    return askDaemon(settings[admin::kSocket], "beffroid", request);
}

int show(const json& answer, const CommandOptions& options, const std::function<std::string()>& text) {
    print(options.json ? answer.dump(2, ' ', false, json::error_handler_t::replace) + '\n' : text());
    return 0;
}

std::string countText(const json& number) { return std::to_string(number.get<long long>()); }

std::string clockText(const json& milliseconds) {
    if (!milliseconds.is_number()) return "-";
    const std::time_t seconds = milliseconds.get<long long>() / 1000;
    std::tm local{};
    localtime_r(&seconds, &local);
    char text[32];
    return {text, std::strftime(text, sizeof text, "%Y-%m-%d %H:%M:%S", &local)};
}

std::string userName() {
    if (const char* behind = std::getenv("SUDO_USER"); behind != nullptr && getuid() == 0) return behind;
    const auto* user = getpwuid(getuid());
    return user == nullptr ? std::to_string(getuid()) : user->pw_name;
}

}  // namespace beffroi::app
