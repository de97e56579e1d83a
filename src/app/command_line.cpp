// SPDX-License-Identifier: AGPL-3.0-or-later
#include "app/command_line.hpp"

#include "admin/admin_options.hpp"
#include "app/command_output.hpp"
#include "app/text_table.hpp"
#include "config/value.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <stdexcept>

namespace beffroi::app {
namespace {

using nlohmann::json;

std::string certificateText(const json& certificate) {
    const auto left = certificate["days_left"].get<long long>();
    std::string text = "certificate:   " + certificate["name"].get<std::string>() + ", until " +
                       clockText(certificate["not_after_ms"]) + ", ";
    if (certificate["warning"].get<bool>()) text += "WARNING: ";
    text += left < 0 ? std::string{"it has ended"} : countText(left) + " days left";
    return text + " (" + certificate["file"].get<std::string>() + ")\n";
}

std::string statusText(const json& status) {
    std::string listening;
    for (const auto& address : status["listening"]) listening += ' ' + address.get<std::string>();
    std::string text = "beffroid " + status["version"].get<std::string>() + ", up for " +
                       durationText(status["uptime_seconds"].get<long long>()) + '\n';
    text += "listening:    " + listening + '\n';
    text += "plan:          revision " + countText(status["plan"]["revision"]) + ", " +
            countText(status["plan"]["extensions"]) + " extensions, " + countText(status["plan"]["devices"]) +
            " devices\n";
    text += "registrations: " + countText(status["registrations"]) + '\n';
    text += "calls:         " + countText(status["calls"]) + '\n';
    const auto& guard = status["guard"];
    text += "self-defence:  " + countText(guard["bans"]) + " bans, " + countText(guard["known_flows"]) +
            " known flows, " + countText(guard["turned_away"]) + " messages turned away, " +
            std::to_string(guard["dropped_over_limit"].get<long long>() + guard["dropped_banned"].get<long long>() +
                           guard["dropped_scanners"].get<long long>()) +
            " dropped\n";
    const auto& store = status["store"];
    text += "database:      " +
            (store["writable"].get<bool>() ? std::string{"writable"}
                                           : "CANNOT BE WRITTEN: " + store["problem"].get<std::string>()) +
            '\n';
    const auto tls = status.value("tls", json::object());  // without a listener for TLS there are no certificates
    for (const auto& certificate : tls.value("certificates", json::array())) text += certificateText(certificate);
    return text;
}

/// The bridge may be down, or elsewhere, while the exchange is well: that is an answer too.
json bridgeStatus(const config::Settings& settings) {
    try {
        return askDaemon(settings[admin::kBridgeSocket], "beffroi-bridge", {{"command", "status"}});
    } catch (const std::exception& error) {
        return {{"problem", error.what()}};
    }
}

std::string bridgeText(const json& bridge) {
    if (const auto problem = bridge.find("problem"); problem != bridge.end()) {
        return "bridge:        DOES NOT ANSWER: " + problem->get<std::string>() + '\n';
    }
    double load = 0.0;
    for (const auto& thread : bridge["media_threads"]) load = std::max(load, thread["load_percent"].get<double>());
    return "bridge:        " + countText(bridge["rooms"]) + " rooms, " + countText(bridge["calls"]) +
           " calls, busiest media thread at " + std::to_string(std::lround(load)) + " %\n";
}

std::string callsText(const json& calls) {
    TextTable table{{"STARTED", "CALLER", "DIALLED", "ANSWERED BY", "STATUS", "CAUSE"}};
    for (const auto& call : calls) {
        table.add({clockText(call["start_ms"]), call["caller"], call["dialled"],
                   call["answered_by"].get<std::string>().empty() ? "-" : call["answered_by"].get<std::string>(),
                   countText(call["status"]), call["cause"]});
    }
    return table.toString();
}

}  // namespace

int showStatus(const config::Settings& settings, const CommandOptions& options) {
    auto answer = askExchange(settings, {{"command", "status"}});
    answer["bridge"] = bridgeStatus(settings);
    return show(answer, options, [&answer] { return statusText(answer) + bridgeText(answer["bridge"]); });
}

int showRegistrations(const config::Settings& settings, const CommandOptions& options) {
    const auto answer = askExchange(settings, {{"command", "registrations"}});
    return show(answer, options, [&answer] {
        TextTable table{{"EXTENSION", "ACCOUNT", "CONTACT", "FROM", "EXPIRES IN", "TELEPHONE"}};
        for (const auto& row : answer["registrations"]) {
            table.add({row["extension"], row["account"], row["contact"],
                       row["transport"].get<std::string>() + ' ' + row["remote"].get<std::string>(),
                       durationText(row["expires_in"].get<long long>()), row["user_agent"]});
        }
        return table.toString();
    });
}

int showCalls(const config::Settings& settings, const CommandOptions& options) {
    const auto answer = askExchange(settings, {{"command", "calls"}, {"recent", options.recentCalls}});
    return show(answer, options,
                [&answer] { return callsText(answer.contains("recent") ? answer["recent"] : answer["calls"]); });
}

int showRooms(const config::Settings& settings, const CommandOptions& options) {
    const auto answer = askDaemon(settings[admin::kBridgeSocket], "beffroi-bridge", {{"command", "rooms"}});
    return show(answer, options, [&answer] {
        TextTable table{{"ROOM", "CALLER", "CODEC", "SINCE", "ON HOLD", "KEYS"}};
        for (const auto& room : answer["rooms"]) {
            for (const auto& member : room["members"]) {
                table.add({room["extension"], member["caller"], member["codec"],
                           durationText(member["since_seconds"].get<long long>()),
                           member["on_hold"].get<bool>() ? "yes" : "no", member["digits"]});
            }
        }
        return table.toString();
    });
}

int listBans(const config::Settings& settings, const CommandOptions& options) {
    const auto answer = askExchange(settings, {{"command", "bans"}});
    return show(answer, options, [&answer] {
        TextTable table{{"ADDRESS", "ACCOUNT", "SINCE", "ENDS IN", "BY", "REASON"}};
        for (const auto& ban : answer["bans"]) {
            const auto& left = ban["seconds_left"];
            const auto account = ban["account"].get<std::string>();
            const auto by = ban["by"].get<std::string>();
            table.add({ban["address"], account.empty() ? "all" : account, clockText(ban["since_ms"]),
                       left.is_null() ? "never" : durationText(left.get<long long>()), by.empty() ? "beffroid" : by,
                       ban["reason"]});
        }
        return table.toString();
    });
}

int addBan(const config::Settings& settings, const CommandOptions& options) {
    long long seconds = 0;
    if (!options.banFor.empty()) {
        const auto time = config::parseDuration(options.banFor);
        seconds = time ? std::chrono::duration_cast<std::chrono::seconds>(*time).count() : 0;
        if (seconds == 0) throw std::runtime_error{'"' + options.banFor + "\" is no time such as 30min, 2h or 7d"};
    }
    const auto answer = askExchange(settings, {{"command", "ban"},
                                               {"address", options.address},
                                               {"seconds", seconds},
                                               {"reason", options.reason},
                                               {"who", userName()}});
    return show(answer, options, [&answer] {
        const auto& left = answer["ban"]["seconds_left"];
        return answer["ban"]["address"].get<std::string>() + " is banned " +
               (left.is_null() ? "until it is removed" : "for " + durationText(left.get<long long>())) + ".\n";
    });
}

int removeBan(const config::Settings& settings, const CommandOptions& options) {
    const auto answer = askExchange(settings, {{"command", "unban"}, {"address", options.address}});
    const bool any = answer["removed"].get<long long>() > 0;
    static_cast<void>(show(answer, options, [&answer, &options] {
        return countText(answer["removed"]) + " bans of " + options.address + " removed.\n";
    }));
    return any ? 0 : kRefused;
}

}  // namespace beffroi::app
