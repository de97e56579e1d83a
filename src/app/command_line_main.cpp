// SPDX-License-Identifier: AGPL-3.0-or-later
//
// beffroi: the administrator's command.

#include "app/command_line.hpp"
#include "app/daemon.hpp"
#include "app/daemon_schema.hpp"
#include "app/emergency_commands.hpp"
#include "app/number_commands.hpp"
#include "app/plan_commands.hpp"
#include "app/route_commands.hpp"
#include "directory/plan_reference.hpp"

#include <CLI/CLI.hpp>

#include <chrono>
#include <cstdio>

namespace {

using beffroi::app::CommandOptions;
using Command = int (*)(const beffroi::config::Settings&, const CommandOptions&);

struct Chosen {
    std::string config = "/etc/beffroi/beffroi.toml";
    CommandOptions options;
    Command command = nullptr;
    std::string (*text)(const beffroi::config::Schema&) = nullptr;  // instead of a command: needs no configuration
};

CLI::App* add(CLI::App& to, const char* name, const char* help, Chosen& chosen, Command command) {
    auto* made = to.add_subcommand(name, help);
    made->callback([&chosen, command] { chosen.command = command; });
    return made;
}

void addPlanOptions(CLI::App& to, Chosen& chosen) {
    auto& options = chosen.options;
    to.add_flag("--dry-run", options.dryRun, "Show the difference, change nothing");
    to.add_flag("--generate-passwords", options.generatePasswords, "Make a password for each device without one");
    to.add_flag("--offline", options.offline, "Write the database directly, while beffroid does not run");
}

void addPlanCommands(CLI::App& to, Chosen& chosen) {
    auto* plan = to.add_subcommand("plan", "The extension plan");
    plan->require_subcommand(1);
    auto& options = chosen.options;
    constexpr const char* kOffline = "Read the database directly, while beffroid does not run";
    auto* apply = add(*plan, "apply", "Compare a plan file with the plan in force and put it in force", chosen,
                      beffroi::app::applyPlan);
    apply->add_option("FILE", options.planFile, "The plan file")->required();
    addPlanOptions(*apply, chosen);
    auto* table = add(*plan, "import", "Merge a spreadsheet into the plan in force", chosen, beffroi::app::importPlan);
    table->add_option("FILE", options.planFile, "A CSV file whose first row names keys: extension.number, person.name")
        ->required();
    addPlanOptions(*table, chosen);
    auto* set = add(*plan, "set", "Change an entry of the plan in force, or make one", chosen, beffroi::app::setInPlan);
    set->add_option("TABLE", options.planTable, "extension, person, device …")->required();
    set->add_option("VALUES", options.planValues, "The entry's key, then name=value; an empty value takes it away");
    addPlanOptions(*set, chosen);
    auto* remove = add(*plan, "remove", "Take entries out of the plan in force", chosen, beffroi::app::removeFromPlan);
    remove->add_option("TABLE", options.planTable, "extension, person, device …")->required();
    remove->add_option("KEYS", options.planValues, "Which ones")->required();
    addPlanOptions(*remove, chosen);
    auto* save = add(*plan, "export", "Print the plan in force as a plan file", chosen, beffroi::app::exportPlan);
    save->add_flag("--offline", options.offline, kOffline);
    auto* diff = add(*plan, "diff", "What a plan file would change, or what differs between two", chosen,
                     beffroi::app::diffPlan);
    diff->add_option("FILE", options.planFile, "The plan file")->required();
    diff->add_option("OTHER", options.otherFile, "Another one, to which the first is compared");
    diff->add_flag("--offline", options.offline, kOffline);
    auto* audit = add(*plan, "audit", "Who changed what, and when", chosen, beffroi::app::auditPlan);
    audit->add_option("--recent", options.recentChanges, "The last N changes")
        ->check(CLI::Range(1, 10000))
        ->capture_default_str();
    audit->add_flag("--offline", options.offline, kOffline);
    plan->add_subcommand("reference", "Print what every key of a plan means, in Markdown")->callback([&chosen] {
        chosen.text = [](const beffroi::config::Schema&) { return beffroi::directory::writePlanReference(); };
    });
}

void addRouteCommands(CLI::App& to, Chosen& chosen) {
    auto& options = chosen.options;
    auto* explain = add(to, "explain", "Where a call would go: every rule, and the one that decides", chosen,
                        beffroi::app::explainCall);
    explain->add_option("NUMBER", options.number, "What is dialled")->required();
    explain->add_option("--from", options.from, "An extension, an account, or a number outside with '+'")->required();
    explain->add_option("--at", options.at, "As it will be then: \"2026-12-24 10:00\" or \"10:00\", local time");
    explain->add_flag("--offline", options.offline, "Read the database directly, while beffroid does not run");
    auto* test = add(*to.get_subcommand("plan"), "test", "Whether calls go where a file expects them to", chosen,
                     beffroi::app::testPlan);
    test->add_option("FILE", options.expectFile, "The expectations")->required();
    test->add_option("--plan", options.planFile, "A plan file; without it the plan in force");
    test->add_flag("--offline", options.offline, "Read the database directly, while beffroid does not run");
}

void addBansCommands(CLI::App& to, Chosen& chosen) {
    auto* bans = to.add_subcommand("bans", "Whom the exchange does not listen to");
    bans->require_subcommand(1);
    auto& options = chosen.options;
    constexpr const char* kAddress = "An address, or a network as ADDRESS/BITS";
    add(*bans, "list", "The bans in force, soonest to end first", chosen, beffroi::app::listBans);
    auto* ban = add(*bans, "add", "Ban an address or network", chosen, beffroi::app::addBan);
    ban->add_option("ADDRESS", options.address, kAddress)->required();
    ban->add_option("--for", options.banFor, "How long: 30min, 2h, 7d; without it until the ban is removed");
    ban->add_option("--reason", options.reason, "Why, for whoever reads the list");
    auto* unban = add(*bans, "remove", "End all bans of an address, or that of a network, and of accounts there",
                      chosen, beffroi::app::removeBan);
    unban->add_option("ADDRESS", options.address, kAddress)->required();
}

/// A command that does something by itself, unless it is followed by one of its own.
CLI::App* addWithOwn(CLI::App& to, const char* name, const char* help, Chosen& chosen, Command command) {
    auto* made = to.add_subcommand(name, help);
    made->require_subcommand(0, 1);
    made->callback([made, &chosen, command] {
        if (made->get_subcommands().empty()) chosen.command = command;
    });
    return made;
}

void addLineCommands(CLI::App& to, Chosen& chosen) {
    auto& options = chosen.options;
    auto* lines = addWithOwn(to, "lines", "What telephones have set: forwards, do-not-disturb, logins", chosen,
                             beffroi::app::showLines);
    lines->add_option("EXT", options.extension, "An extension; without it all for which something is set");
    auto* set = add(*lines, "set", "Set it in the telephone's place", chosen, beffroi::app::changeLine);
    set->add_option("EXT", options.extension, "The extension")->required();
    const auto change = [&](const char* name, const char* field, const char* help) {
        set->add_option_function<std::string>(
            name, [&options, field](const std::string& value) { options.lineChange[field] = value; }, help);
    };
    change("--forward-always", "forward_always", "Where all calls go; \"none\" takes it back");
    change("--forward-busy", "forward_busy", "Where calls go when the extension is busy, or none");
    change("--forward-no-answer", "forward_no_answer", "Where calls go that nobody answers, or none");
    change("--forward-unreachable", "forward_unreachable", "Where calls go when no telephone is registered, or none");
    change("--do-not-disturb", "do_not_disturb", "on or off");
    change("--call-waiting", "call_waiting", "on or off");
    auto* clear =
        add(*lines, "clear", "Forget all that an extension has set, but its logins", chosen, beffroi::app::clearLine);
    clear->add_option("EXT", options.extension, "The extension")->required();
    auto* logOut = add(*lines, "log-out", "End a login at a hot-desk device", chosen, beffroi::app::logOutLine);
    logOut->add_option("ACCOUNT", options.account, "The account of the device")->required();
}

void addHoursCommands(CLI::App& to, Chosen& chosen) {
    auto& options = chosen.options;
    constexpr const char* kAt = "As it will be then: \"2026-12-24 10:00\" or \"10:00\", local time";
    constexpr const char* kDepartment = "The department's id";
    auto* hours =
        addWithOwn(to, "hours", "Which departments are open, why, and until when", chosen, beffroi::app::showHours);
    hours->add_option("SERVICE", options.department, "A department's id; without it all that have hours");
    hours->add_option("--at", options.at, kAt);
    const auto byHand = [&](const char* name, const char* help, Command command) {
        auto* made = add(*hours, name, help, chosen, command);
        made->add_option("DEPARTMENT", options.department, kDepartment)->required();
        return made;
    };
    auto* open = byHand("open", "Open a department, whatever its hours", beffroi::app::openHours);
    auto* close = byHand("close", "Close a department, whatever its hours", beffroi::app::closeHours);
    for (auto* each : {open, close}) {
        each->add_option("--until", options.until, "\"14:00\" or \"2026-12-24 14:00\"; else until it is taken back");
    }
    close->add_option("--announcement", options.announcement, "What callers are told instead of the usual");
    byHand("reset", "Let the hours of the plan count again", beffroi::app::resetHours);
    auto* onCall =
        add(to, "oncall", "Who is on call, since and until when, and who is next", chosen, beffroi::app::showOnCall);
    onCall->add_option("ROTA", options.rota, "A rota's id; without it all");
    onCall->add_option("--at", options.at, kAt);
}

int thisYear() {
    const auto today = std::chrono::floor<std::chrono::days>(std::chrono::system_clock::now());
    return static_cast<int>(std::chrono::year_month_day{today}.year());
}

void addCountryCommands(CLI::App& to, Chosen& chosen) {
    auto& options = chosen.options;
    const auto ofCountry = [&options](CLI::App* command) {
        command->add_option("--country", options.country, "The country's data file")->default_val("france");
    };
    auto* numbers = to.add_subcommand("numbers", "Numbers outside");
    numbers->require_subcommand(1);
    auto* explain = add(*numbers, "explain", "What is known of a number, and how operators want it written", chosen,
                        beffroi::app::explainNumber);
    explain->add_option("NUMBER", options.number, "As it is dialled, or written in a plan")->required();
    explain->add_option("--outside-prefix", options.outsidePrefix, "The digits that stand before it");
    ofCountry(explain);
    auto* holidays = add(to, "holidays", "The public holidays of a year", chosen, beffroi::app::listHolidays);
    holidays->add_option("YEAR", options.year, "Without it: this year")
        ->default_val(thisYear())
        ->check(CLI::Range(1583, 9999));
    holidays->add_option("--region", options.region, "Where")->default_val("metropole");
    ofCountry(holidays);
}

void addEmergencyCommands(CLI::App& to, Chosen& chosen) {
    auto* emergency = to.add_subcommand("emergency", "Emergency calls");
    emergency->require_subcommand(1);
    add(*emergency, "audit", "What an emergency call from each telephone would do, and what is missing for it", chosen,
        beffroi::app::auditEmergency)
        ->add_flag("--offline", chosen.options.offline, "Read the database directly, while beffroid does not run");
}

void addConfigCommands(CLI::App& to, Chosen& chosen) {
    auto* config = to.add_subcommand("config", "The configuration file");
    config->require_subcommand(1);
    config->add_subcommand("sample", "Print a configuration file with every option, commented out")
        ->callback([&chosen] { chosen.text = beffroi::config::writeSample; });
    config->add_subcommand("reference", "Print what every option means, in Markdown")->callback([&chosen] {
        chosen.text = beffroi::config::writeReference;
    });
}

int run(const Chosen& chosen) {
    try {
        const auto schema = beffroi::app::daemonSchema();
        if (chosen.text != nullptr) {
            std::fputs(chosen.text(schema).c_str(), stdout);
            return 0;
        }
        return chosen.command(beffroi::config::load(chosen.config, schema), chosen.options);
    } catch (const beffroi::config::ConfigError& error) {
        std::fprintf(stderr, "%s\n", error.what());
        return beffroi::app::kExitConfig;
    } catch (const std::exception& error) {
        std::fprintf(stderr, "beffroi: %s\n", error.what());
        return beffroi::app::kExitFailure;
    }
}

}  // namespace

int main(int argc, char** argv) {
    Chosen chosen;
    CLI::App commands{"Looks after a Beffroi telephone exchange", "beffroi"};
    commands.require_subcommand(1);
    commands.set_version_flag("--version", "beffroi " BEFFROI_VERSION);
    commands.add_option("--config", chosen.config, "The daemons' configuration file")->capture_default_str();
    commands.add_flag("--json", chosen.options.json, "Print JSON");
    commands.fallthrough();
    add(commands, "status", "How the exchange is", chosen, beffroi::app::showStatus);
    add(commands, "registrations", "Which telephones are registered", chosen, beffroi::app::showRegistrations);
    auto* calls = add(commands, "calls", "Calls in progress, or the last ones", chosen, beffroi::app::showCalls);
    calls->add_option("--recent", chosen.options.recentCalls, "The last N calls instead")->check(CLI::Range(1, 10000));
    add(commands, "rooms", "Who is in which room", chosen, beffroi::app::showRooms);
    addLineCommands(commands, chosen);
    addHoursCommands(commands, chosen);
    addBansCommands(commands, chosen);
    addPlanCommands(commands, chosen);
    addRouteCommands(commands, chosen);
    addCountryCommands(commands, chosen);
    addEmergencyCommands(commands, chosen);
    addConfigCommands(commands, chosen);
    try {
        commands.parse(argc, argv);
    } catch (const CLI::ParseError& error) {
        return commands.exit(error) == 0 ? 0 : beffroi::app::kExitUsage;
    }
    return run(chosen);
}
