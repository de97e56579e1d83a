// SPDX-License-Identifier: AGPL-3.0-or-later
#include "app/route_commands.hpp"

#include "app/command_output.hpp"
#include "app/route_explanation.hpp"
#include "app/stored_lines.hpp"
#include "base/system_clock.hpp"
#include "config/text_file.hpp"
#include "country/country_options.hpp"
#include "directory/database.hpp"
#include "directory/plan_store.hpp"
#include "directory/session.hpp"
#include "directory/store_options.hpp"
#include "lines/sqlite_line_store.hpp"
#include "routing/routing_options.hpp"

#include <cstdio>
#include <stdexcept>

namespace beffroi::app {
namespace {

using nlohmann::json;

constexpr std::size_t kLargestPlan = std::size_t{8} << 20U;

json explainOffline(const config::Settings& settings, const RouteQuestion& question) {
    directory::Database database{settings[directory::kStorePath]};
    auto& session = database.session();
    const auto snapshot = directory::snapshotOf(directory::loadPlan(session), directory::planRevision(session));
    const auto country = country::Country::read(settings[country::kFolder], snapshot.town.country);
    const StoredLines lines{snapshot, lines::SqliteLineStore::load(session)};
    const routing::RoutingSettings routing{settings[routing::kRingTime]};
    return explainRoute(question, {snapshot, country, lines, routing}, base::SystemClock{}.wallNow());
}

directory::Plan readPlanFile(const config::Settings& settings, const std::string& text, const std::string& file) {
    auto read = directory::readPlan(text, file, directory::PlanKnowledge::of(settings[country::kFolder]));
    if (const auto* mistakes = std::get_if<std::vector<directory::PlanMistake>>(&read)) {
        throw std::runtime_error{mistakes->front().toString()};
    }
    return std::get<directory::Plan>(std::move(read));
}

directory::Plan planInForce(const config::Settings& settings, const CommandOptions& options) {
    if (!options.planFile.empty()) {
        return readPlanFile(settings, config::readTextFile(options.planFile, kLargestPlan), options.planFile);
    }
    if (options.offline) {
        directory::Database database{settings[directory::kStorePath]};
        return directory::loadPlan(database.session());
    }
    const auto text = askExchange(settings, {{"command", "plan-export"}})["plan"].get<std::string>();
    return readPlanFile(settings, text, "plan in force");
}

}  // namespace

int explainCall(const config::Settings& settings, const CommandOptions& options) {
    const auto answer =
        options.offline
            ? explainOffline(settings, {options.number, options.from, options.at})
            : askExchange(
                  settings,
                  {{"command", "explain"}, {"number", options.number}, {"from", options.from}, {"at", options.at}});
    return show(answer, options, [&answer] { return explanationText(answer); });
}

std::vector<std::string> unmetBy(const directory::Plan& plan, const std::string& expectFile,
                                 const config::Settings& settings) {
    const auto read = directory::readExpectations(config::readTextFile(expectFile, kLargestPlan), expectFile);
    std::vector<std::string> lines;
    if (const auto* mistakes = std::get_if<std::vector<directory::PlanMistake>>(&read)) {
        for (const auto& mistake : *mistakes) lines.push_back(mistake.toString());
        return lines;
    }
    const auto snapshot = directory::snapshotOf(plan, 0);
    const auto country = country::Country::read(settings[country::kFolder], snapshot.town.country);
    const StoredLines states{snapshot};
    const routing::RoutingSettings routing{settings[routing::kRingTime]};
    return unmetExpectations(std::get<std::vector<directory::Expectation>>(read), expectFile,
                             {snapshot, country, states, routing});
}

int testPlan(const config::Settings& settings, const CommandOptions& options) {
    const auto unmet = unmetBy(planInForce(settings, options), options.expectFile, settings);
    static_cast<void>(show({{"unmet", unmet}}, options, [&unmet] {
        return unmet.empty() ? std::string{"The plan does what is expected of it.\n"} : std::string{};
    }));
    if (!options.json) {
        for (const auto& line : unmet) std::fprintf(stderr, "%s\n", line.c_str());
    }
    return unmet.empty() ? 0 : kRefused;
}

}  // namespace beffroi::app
