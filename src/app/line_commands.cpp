// SPDX-License-Identifier: AGPL-3.0-or-later
//
// The commands about what telephones have set, opening hours and who is on call.

#include "app/command_output.hpp"
#include "app/text_table.hpp"

#include <algorithm>
#include <stdexcept>
#include <string_view>

namespace beffroi::app {
namespace {

using nlohmann::json;

struct ForwardColumn {
    const char* field;
    const char* title;
};
constexpr ForwardColumn kForwards[] = {{"forward_always", "all calls"},
                                       {"forward_busy", "when busy"},
                                       {"forward_no_answer", "without an answer"},
                                       {"forward_unreachable", "when unreachable"}};

std::string joined(const json& list, const char* separator) {
    std::string text;
    for (const auto& each : list) text.append(text.empty() ? "" : separator).append(each.get<std::string>());
    return text.empty() ? "-" : text;
}

std::string forwardsText(const json& line) {
    json list = json::array();
    for (const auto& [field, title] : kForwards) {
        const auto target = line[field].get<std::string>();
        if (target.empty()) continue;
        auto text = std::string{title} + ": " + target;
        const auto seconds = line["no_answer_seconds"].get<long long>();
        if (std::string_view{field} == "forward_no_answer" && seconds > 0) text += " after " + durationText(seconds);
        list.push_back(std::move(text));
    }
    return joined(list, ", ");
}

std::string linesText(const json& lines) {
    TextTable table{{"EXTENSION", "NAME", "FORWARDS", "DO NOT DISTURB", "CALL WAITING", "LEFT GROUPS", "LOGGED IN AT"}};
    for (const auto& line : lines) {
        table.add({line["extension"], line["label"], forwardsText(line),
                   line["do_not_disturb"].get<bool>() ? "yes" : "no", line["call_waiting"].get<bool>() ? "yes" : "no",
                   joined(line["left_groups"], " "), joined(line["logged_in_at"], " ")});
    }
    return table.toString();
}

std::string hoursText(const json& departments) {
    TextTable table{{"DEPARTMENT", "STATE", "WHY", "UNTIL", "NEXT OPENING"}};
    for (const auto& each : departments) {
        table.add({each["department"], each["open"].get<bool>() ? "open" : "closed", each["why"], each["until"],
                   each["next_opening"]});
    }
    return table.toString();
}

std::string rotasText(const json& rotas) {
    TextTable table{{"ROTA", "ON CALL", "SINCE", "UNTIL", "THEN", "ESCALATION"}};
    for (const auto& rota : rotas) {
        const auto target = rota["target"].get<std::string>();
        const auto next = rota["next"].get<std::string>();
        table.add({rota["rota"], target.empty() ? "NOBODY" : target, rota["since"], rota["until"],
                   next.empty() ? "-" : next, joined(rota["escalation"], " ")});
    }
    return table.toString();
}

bool isOn(std::string name, const std::string& value) {
    if (value == "on" || value == "off") return value == "on";
    std::replace(name.begin(), name.end(), '_', '-');
    throw std::runtime_error{"--" + name + " is \"on\" or \"off\", not \"" + value + '"'};
}

/// The options as the exchange takes them.
json changeOf(const CommandOptions& options) {
    json request{{"command", "line-change"}, {"extension", options.extension}};
    for (const auto& [name, value] : options.lineChange) {
        if (name == "do_not_disturb" || name == "call_waiting") {
            request[name] = isOn(name, value);
        } else {
            request[name] = value == "none" ? "" : value;
        }
    }
    return request;
}

int setHours(const config::Settings& settings, const CommandOptions& options, const char* state) {
    const auto answer = askExchange(settings, {{"command", "hours-change"},
                                               {"department", options.department},
                                               {"state", state},
                                               {"until", options.until},
                                               {"announcement", options.announcement}});
    return show(answer, options, [&answer] { return hoursText(answer["hours"]); });
}

}  // namespace

int showLines(const config::Settings& settings, const CommandOptions& options) {
    const auto answer = askExchange(settings, {{"command", "lines"}, {"extension", options.extension}});
    return show(answer, options, [&answer] { return linesText(answer["lines"]); });
}

int changeLine(const config::Settings& settings, const CommandOptions& options) {
    if (options.lineChange.empty()) throw std::runtime_error{"nothing is to be changed: see beffroi lines set --help"};
    const auto answer = askExchange(settings, changeOf(options));
    return show(answer, options, [&answer] { return linesText(answer["lines"]); });
}

int clearLine(const config::Settings& settings, const CommandOptions& options) {
    const auto answer = askExchange(settings, {{"command", "line-clear"}, {"extension", options.extension}});
    return show(answer, options, [&options] { return "Nothing is set for " + options.extension + " any more.\n"; });
}

int logOutLine(const config::Settings& settings, const CommandOptions& options) {
    const auto answer = askExchange(settings, {{"command", "line-log-out"}, {"account", options.account}});
    return show(answer, options, [&options] { return "Nobody is logged in at " + options.account + " any more.\n"; });
}

int showHours(const config::Settings& settings, const CommandOptions& options) {
    const auto answer =
        askExchange(settings, {{"command", "hours"}, {"department", options.department}, {"at", options.at}});
    return show(answer, options, [&answer] { return hoursText(answer["hours"]); });
}

int openHours(const config::Settings& settings, const CommandOptions& options) {
    return setHours(settings, options, "open");
}

int closeHours(const config::Settings& settings, const CommandOptions& options) {
    return setHours(settings, options, "closed");
}

int resetHours(const config::Settings& settings, const CommandOptions& options) {
    return setHours(settings, options, "planned");
}

int showOnCall(const config::Settings& settings, const CommandOptions& options) {
    const auto answer = askExchange(settings, {{"command", "oncall"}, {"rota", options.rota}, {"at", options.at}});
    return show(answer, options, [&answer] { return rotasText(answer["rotas"]); });
}

}  // namespace beffroi::app
