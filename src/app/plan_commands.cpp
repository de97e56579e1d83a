// SPDX-License-Identifier: AGPL-3.0-or-later
#include "app/plan_commands.hpp"

#include "app/command_output.hpp"
#include "app/exchange_options.hpp"
#include "app/plan_outcome.hpp"
#include "app/text_table.hpp"
#include "base/system_clock.hpp"
#include "config/text_file.hpp"
#include "country/country_options.hpp"
#include "directory/database.hpp"
#include "directory/plan_reader.hpp"
#include "directory/session.hpp"
#include "directory/store_options.hpp"

#include <algorithm>
#include <cstdio>
#include <stdexcept>

namespace beffroi::app {
namespace {

using directory::ApplyRequest;
using directory::Plan;
using directory::PlanMistake;
using nlohmann::json;
using Mistakes = std::vector<PlanMistake>;

constexpr std::size_t kLargestPlan = std::size_t{8} << 20U;  // some 50,000 devices

directory::PlanKnowledge knowledgeOf(const config::Settings& settings) {
    return directory::PlanKnowledge::of(settings[country::kFolder]);
}

ApplyRequest requestOf(const config::Settings& settings, const CommandOptions& options) {
    ApplyRequest request;
    request.knowledge = knowledgeOf(settings);
    request.who = userName();
    request.dryRun = options.dryRun;
    request.generatePasswords = options.generatePasswords;
    request.realm = settings[kRealm].empty() ? settings[kDomains].front() : settings[kRealm];
    return request;
}

ApplyRequest requestOfFile(const config::Settings& settings, const CommandOptions& options, ApplyRequest::Form form) {
    auto request = requestOf(settings, options);
    request.form = form;
    request.text = config::readTextFile(options.planFile, kLargestPlan);
    request.file = options.planFile;
    return request;
}

json applyOffline(const config::Settings& settings, const ApplyRequest& request) {
    directory::Database database{settings[directory::kStorePath]};
    const base::SystemClock clock;
    base::Random random;
    directory::ApplyOutcome outcome;
    database.session().transaction([&] {
        outcome = directory::applyPlan(database.session(), request, clock.wallNow(),
                                       [&random] { return newPassword(random); });
    });
    return describeOutcome(outcome);
}

json refusal(const Mistakes& mistakes) {
    directory::ApplyOutcome refused;
    for (const auto& mistake : mistakes) refused.mistakes.push_back(mistake.toString());
    return describeOutcome(refused);
}

// Reads what the exchange has in force; what is wrong with it is not this command's business.
Plan exported(const config::Settings& settings) {
    return directory::readExport(askExchange(settings, {{"command", "plan-export"}})["plan"].get<std::string>());
}

// PINs take long to hash: whoever has the file does it, not the exchange.
void hashPins(const config::Settings& settings, ApplyRequest& request, Plan& wanted) {
    if (!wanted.notes.pins.empty()) request.pins = directory::hashPins(exported(settings), wanted);
}

json applyOnline(const config::Settings& settings, ApplyRequest request) {
    // Read here first: JSON cannot even carry a text that is not UTF-8, and the reader knows where it is not.
    if (request.form == ApplyRequest::Form::File) {
        auto plan = directory::readPlan(request.text, request.file, request.knowledge);
        if (const auto* mistakes = std::get_if<Mistakes>(&plan)) return refusal(*mistakes);
        hashPins(settings, request, std::get<Plan>(plan));
    } else if (request.form == ApplyRequest::Form::Table) {
        auto plan = directory::wantedPlan(exported(settings), request);
        if (const auto* mistakes = std::get_if<Mistakes>(&plan)) return refusal(*mistakes);
        hashPins(settings, request, std::get<Plan>(plan));
    }
    return askExchange(settings, describeRequest(request));
}

std::string outcomeText(const json& outcome, bool dryRun) {
    std::string text;
    for (const auto& line : outcome["difference"]) text += line.get<std::string>() + '\n';
    if (outcome["difference"].empty()) text += "The plan is in force already.\n";
    if (dryRun) return text + "Nothing was changed (dry run).\n";
    if (!outcome["passwords"].empty()) {
        TextTable table{{"ACCOUNT", "EXTENSION", "PASSWORD"}};
        for (const auto& made : outcome["passwords"]) table.add({made["account"], made["extension"], made["password"]});
        text += "\nPasswords that were made now and are not kept anywhere else:\n" + table.toString();
    }
    if (outcome["applied"].get<bool>()) text += "\nApplied as revision " + countText(outcome["revision"]) + ".\n";
    return text;
}

void complain(const json& lines) {
    for (const auto& line : lines) std::fprintf(stderr, "%s\n", line.get_ref<const std::string&>().c_str());
}

int carryOut(const config::Settings& settings, const CommandOptions& options, const ApplyRequest& request) {
    const auto outcome = options.offline ? applyOffline(settings, request) : applyOnline(settings, request);
    const auto& mistakes = outcome["mistakes"];
    if (options.json) {
        print(outcome.dump(2) + '\n');
    } else if (mistakes.empty()) {
        print(outcomeText(outcome, options.dryRun));
    }
    complain(outcome.value("warnings", json::array()));
    complain(mistakes);
    return mistakes.empty() ? 0 : kRefused;
}

std::string planText(const config::Settings& settings, bool offline) {
    if (!offline) return askExchange(settings, {{"command", "plan-export"}})["plan"];
    directory::Database database{settings[directory::kStorePath]};
    return directory::writePlan(directory::loadPlan(database.session()));
}

json auditOf(const config::Settings& settings, const CommandOptions& options) {
    if (!options.offline) return askExchange(settings, {{"command", "plan-audit"}, {"recent", options.recentChanges}});
    directory::Database database{settings[directory::kStorePath]};
    return describeAudit(directory::planAudit(database.session(), options.recentChanges));
}

std::variant<Plan, Mistakes> planOfFile(const config::Settings& settings, const std::string& file) {
    return directory::readPlan(config::readTextFile(file, kLargestPlan), file, knowledgeOf(settings));
}

}  // namespace

int applyPlan(const config::Settings& settings, const CommandOptions& options) {
    return carryOut(settings, options, requestOfFile(settings, options, ApplyRequest::Form::File));
}

int importPlan(const config::Settings& settings, const CommandOptions& options) {
    return carryOut(settings, options, requestOfFile(settings, options, ApplyRequest::Form::Table));
}

int setInPlan(const config::Settings& settings, const CommandOptions& options) {
    auto request = requestOf(settings, options);
    request.form = ApplyRequest::Form::Changes;
    directory::PlanChange change;
    change.table = options.planTable;
    auto values = options.planValues;
    if (change.table != "town") {
        if (values.empty())
            throw std::runtime_error{"which " + change.table + "? Write: beffroi plan set TABLE KEY name=value …"};
        change.entry = values.front();
        values.erase(values.begin());
    }
    for (const auto& value : values) {
        const auto equals = value.find('=');
        if (equals == std::string::npos) throw std::runtime_error{'"' + value + "\" is no name=value"};
        change.values.emplace_back(value.substr(0, equals), value.substr(equals + 1));
    }
    request.changes.push_back(std::move(change));
    return carryOut(settings, options, request);
}

int removeFromPlan(const config::Settings& settings, const CommandOptions& options) {
    auto request = requestOf(settings, options);
    request.form = ApplyRequest::Form::Changes;
    for (const auto& entry : options.planValues) request.changes.push_back({options.planTable, entry, {}, true});
    return carryOut(settings, options, request);
}

int exportPlan(const config::Settings& settings, const CommandOptions& options) {
    print(planText(settings, options.offline));
    return 0;
}

int diffPlan(const config::Settings& settings, const CommandOptions& options) {
    const bool inForce = options.otherFile.empty();
    const std::variant<Plan, Mistakes> current =
        inForce ? directory::readExport(planText(settings, options.offline)) : planOfFile(settings, options.planFile);
    const auto wanted = planOfFile(settings, inForce ? options.planFile : options.otherFile);
    for (const auto* each : {&current, &wanted}) {
        if (const auto* mistakes = std::get_if<Mistakes>(each)) {
            complain(refusal(*mistakes)["mistakes"]);
            return kRefused;
        }
    }
    const auto& before = std::get<Plan>(current);
    auto after = std::get<Plan>(wanted);
    static_cast<void>(directory::completeFrom(before, after));
    directory::settlePins(before, after, {});
    const auto lines = directory::difference(before, after);
    return show({{"difference", lines}}, options, [&lines] {
        std::string text;
        for (const auto& line : lines) text += line + '\n';
        return text.empty() ? std::string{"There is no difference.\n"} : text;
    });
}

int auditPlan(const config::Settings& settings, const CommandOptions& options) {
    const auto answer = auditOf(settings, options);
    return show(answer, options, [&answer] {
        std::string text;
        for (const auto& entry : answer["audit"]) {
            text += "revision " + countText(entry["revision"]) + ", " + clockText(entry["at_ms"]) + ", by " +
                    entry["who"].get<std::string>() + '\n';
            const auto summary = entry["summary"].get<std::string>();
            for (std::size_t at = 0; at < summary.size();) {
                const auto end = std::min(summary.find('\n', at), summary.size());
                text += "    " + summary.substr(at, end - at) + '\n';
                at = end + 1;
            }
        }
        return text.empty() ? std::string{"No plan was ever applied.\n"} : text;
    });
}

}  // namespace beffroi::app
