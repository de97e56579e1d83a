// SPDX-License-Identifier: AGPL-3.0-or-later
#include "app/route_explanation.hpp"

#include "app/local_moment.hpp"
#include "routing/expectation.hpp"
#include "routing/opening.hpp"
#include "routing/plan_words.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <array>
#include <stdexcept>

namespace beffroi::app {
namespace {

using nlohmann::json;

constexpr std::array kEvents{routing::StageEvent::Busy, routing::StageEvent::NoAnswer,
                             routing::StageEvent::Unreachable};

std::string inQuotes(const std::string& text) { return std::string{"\""} + text + "\""; }

std::string forwardWith(const Forwards& forwards, std::string_view key) {
    if (key == "forward-always") return forwards.always;
    if (key == "forward-busy") return forwards.busy;
    if (key == "forward-no-answer") return forwards.noAnswer;
    if (key == "forward-unreachable") return forwards.unreachable;
    if (key == "forward-closed") return forwards.closed;
    return {};
}

std::string joined(const std::vector<std::string>& list) {
    std::string text;
    for (const auto& each : list) text.append(text.empty() ? "" : ", ").append(inQuotes(each));
    return '[' + text + ']';
}

// What stands behind the key in the plan, as it is written there; empty: shown without.
std::string valueOf(const DirectorySnapshot& directory, std::string_view table, std::string_view id,
                    std::string_view key) {
    std::string text;
    if (const auto* extension = directory.extension(id); table == "extension" && extension != nullptr) {
        if (key == "members") return joined(extension->members);
        text = key == "target" ? extension->target : forwardWith(extension->forwards, key);
    } else if (const auto person = directory.people.find(id); table == "person" && person != directory.people.end()) {
        if (key == "reached-by") return joined(person->second.reachedBy);
        text = key == "secretary" ? person->second.secretary : forwardWith(person->second.forwards, key);
    } else if (const auto department = directory.departments.find(id);
               table == "department" && department != directory.departments.end()) {
        text = forwardWith(department->second.forwards, key);
    } else if (const auto code = directory.shortCodes.find(id);
               table == "short-code" && code != directory.shortCodes.end()) {
        text = code->second.target;
    } else if (const auto site = directory.sites.find(id); table == "site" && site != directory.sites.end()) {
        if (key == "emergency-number") text = site->second.emergencyNumber;
    }
    return text.empty() ? text : inQuotes(text);
}

std::string_view nameKeyOf(std::string_view table) {
    if (table == "extension" || table == "short-code") return "number";
    if (table == "direct-numbers") return "first";
    return table == "code" ? "code" : "id";
}

// [[extension]] number = "2101": forward-busy = "2105"
std::string planLine(const DirectorySnapshot& directory, const RouteReason& reason) {
    const auto space = reason.entry.find(' ');
    if (space == std::string::npos) return {};
    const auto table = reason.entry.substr(0, space);
    const auto id = reason.entry.substr(space + 1);
    if (table == "settings") return "set by the telephone of " + id.substr(id.rfind(' ') + 1) + ": " + reason.key;
    auto line = "[[" + table + "]] " + std::string{nameKeyOf(table)} + " = " + inQuotes(id);
    if (reason.key.empty() || table == "code") return line;
    line += ": " + reason.key;
    const auto value = valueOf(directory, table, id, reason.key);
    return value.empty() ? line : line + " = " + value;
}

json describe(const RouteStage& stage, std::size_t index) {
    json diversions = json::array();
    for (const auto& diversion : stage.diversions) diversions.push_back(diversion.number);
    json described{{"stage", index + 1},
                   {"does", routing::describe(stage)},
                   {"seconds", stage.timeout.count()},
                   {"shared", stage.shared},
                   {"came_from", diversions}};
    constexpr std::array kNames{"if_busy", "if_no_answer", "if_unreachable"};
    for (std::size_t i = 0; i < kEvents.size(); ++i) {
        const auto next = routing::next(stage, kEvents[i]);
        described[kNames[i]] = next == RouteStage::kEnd ? json(nullptr) : json(next + 1);
    }
    return described;
}

std::string stageText(const json& stage) {
    auto text = std::to_string(stage["stage"].get<int>()) + ". " + stage["does"].get<std::string>();
    if (const auto seconds = stage["seconds"].get<long long>(); seconds > 0) {
        text += " for " + std::to_string(seconds) + " s";
    }
    for (const auto* when : {"if_busy", "if_no_answer", "if_unreachable"}) {
        if (stage[when].is_null()) continue;
        std::string words{when};
        std::replace(words.begin(), words.end(), '_', ' ');
        text += "; " + words + ": " + std::to_string(stage[when].get<int>());
    }
    return text;
}

}  // namespace

CallAttempt attemptOf(const RouteQuestion& question, const DirectorySnapshot& directory, Clock::WallTime now) {
    CallAttempt attempt;
    attempt.dialled = question.number;
    attempt.at = now;
    if (!question.at.empty()) {
        const auto moment = readMoment(question.at, routing::zoneOf(directory, ""),
                                       std::chrono::floor<std::chrono::seconds>(now), Day::Today);
        if (!moment) throw std::invalid_argument{inQuotes(question.at) + " is no moment such as \"2026-12-24 10:00\""};
        attempt.at = *moment;
    }
    if (question.from.starts_with('+')) {
        attempt.callerNumber = question.from;
        attempt.gateway = directory.town.gateway;
        if (attempt.gateway.empty()) throw std::invalid_argument{"the plan has no gateway that a call could come by"};
    } else if (const auto* device = directory.device(question.from)) {
        attempt.caller = device->extension;
        attempt.callerAccount = device->account;
    } else if (const auto* extension = directory.extension(question.from)) {
        attempt.caller = extension->number;
        attempt.callerAccount = extension->devices.empty() ? "" : extension->devices.front();
    } else {
        throw std::invalid_argument{"nobody has the number or the account " + question.from};
    }
    return attempt;
}

json explainRoute(const RouteQuestion& question, const routing::RoutingWorld& world, Clock::WallTime now) {
    const auto attempt = attemptOf(question, world.directory, now);
    const auto plan = routing::route(attempt, world);
    json stages = json::array();
    for (std::size_t i = 0; i < plan.stages.size(); ++i) stages.push_back(describe(plan.stages[i], i));
    json reasons = json::array();
    for (const auto& reason : plan.reasons) {
        reasons.push_back(
            {{"text", reason.text}, {"plan", planLine(world.directory, reason)}, {"decided", reason.decided}});
    }
    return {
        {"from", question.from},
        {"number", question.number},
        {"at", writeMoment(std::chrono::floor<std::chrono::seconds>(attempt.at), routing::zoneOf(world.directory, ""))},
        {"summary", routing::summaryOf(plan)},
        {"status", plan.refusal ? json(plan.refusal->status) : json(nullptr)},
        {"emergency", plan.emergency},
        {"notify", plan.notify},
        {"withheld", plan.withheld},
        {"stages", std::move(stages)},
        {"reasons", std::move(reasons)}};
}

std::string explanationText(const json& explanation) {
    auto text = "From " + explanation["from"].get<std::string>() + " to " + explanation["number"].get<std::string>() +
                " at " + explanation["at"].get<std::string>() + ":\n";
    for (const auto& reason : explanation["reasons"]) {
        text += (reason["decided"].get<bool>() ? "  * " : "    ") + reason["text"].get<std::string>() + '\n';
        if (const auto plan = reason["plan"].get<std::string>(); !plan.empty()) text += "        " + plan + '\n';
    }
    text += "\n";
    if (explanation["emergency"].get<bool>()) {
        const auto notify = explanation["notify"].get<std::string>();
        text += "An emergency call" + (notify.empty() ? std::string{} : ", told to " + notify) + ".\n";
    }
    for (const auto& stage : explanation["stages"]) text += stageText(stage) + '\n';
    if (explanation["stages"].empty()) text += explanation["summary"].get<std::string>() + '\n';
    return text;
}

std::vector<std::string> unmetExpectations(const std::vector<directory::Expectation>& expectations,
                                           const std::string& file, const routing::RoutingWorld& world) {
    std::vector<std::string> unmet;
    for (const auto& each : expectations) {
        const auto where = file + ':' + std::to_string(each.line) + ": from " + each.from + " to " + each.number +
                           " at " + each.at + ": ";
        try {
            const auto plan = routing::route(attemptOf({each.number, each.from, each.at}, world.directory, {}), world);
            for (const auto& result : each.results) {
                if (routing::isAsExpected(plan, result)) continue;
                unmet.push_back(where + "expected " + inQuotes(result) + ", but: " + routing::summaryOf(plan));
            }
        } catch (const std::invalid_argument& mistake) {
            unmet.push_back(where + mistake.what());
        }
    }
    return unmet;
}

}  // namespace beffroi::app
