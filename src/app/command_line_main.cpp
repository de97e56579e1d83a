// SPDX-License-Identifier: AGPL-3.0-or-later
//
// beffroi: the administrator's command.

#include "app/command_line.hpp"
#include "app/daemon.hpp"
#include "app/daemon_schema.hpp"

#include <CLI/CLI.hpp>

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

void addPlanCommands(CLI::App& to, Chosen& chosen) {
    auto* plan = to.add_subcommand("plan", "The extension plan");
    plan->require_subcommand(1);
    auto& options = chosen.options;
    auto* apply = add(*plan, "apply", "Compare a plan file with the plan in force and put it in force", chosen,
                      beffroi::app::applyPlan);
    apply->add_option("FILE", options.planFile, "The plan file")->required();
    apply->add_flag("--dry-run", options.dryRun, "Show the difference, change nothing");
    apply->add_flag("--generate-passwords", options.generatePasswords, "Make a password for each device without one");
    apply->add_flag("--offline", options.offline, "Write the database directly, while beffroid does not run");
    auto* save = add(*plan, "export", "Print the plan in force as a plan file", chosen, beffroi::app::exportPlan);
    save->add_flag("--offline", options.offline, "Read the database directly, while beffroid does not run");
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
    addBansCommands(commands, chosen);
    addPlanCommands(commands, chosen);
    addConfigCommands(commands, chosen);
    try {
        commands.parse(argc, argv);
    } catch (const CLI::ParseError& error) {
        return commands.exit(error) == 0 ? 0 : beffroi::app::kExitUsage;
    }
    return run(chosen);
}
