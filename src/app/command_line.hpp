// SPDX-License-Identifier: AGPL-3.0-or-later
//
// The commands of `beffroi`: each asks a daemon over its control socket, or opens the database when none runs, and
// prints what it learnt for people or as JSON.
// Thread: main; blocks.
#pragma once

#include "config/settings.hpp"

#include <string>

namespace beffroi::app {

struct CommandOptions {
    bool json = false;
    int recentCalls = 0;
    std::string planFile;
    bool dryRun = false;
    bool generatePasswords = false;
    bool offline = false;
    std::string address;  // of a ban, with /BITS for a network
    std::string banFor;   // "2h"; empty: until it is removed
    std::string reason;
};

// Each returns the program's exit code. They throw std::exception with a text for the administrator.
[[nodiscard]] int showStatus(const config::Settings& settings, const CommandOptions& options);
[[nodiscard]] int showRegistrations(const config::Settings& settings, const CommandOptions& options);
[[nodiscard]] int showCalls(const config::Settings& settings, const CommandOptions& options);
[[nodiscard]] int showRooms(const config::Settings& settings, const CommandOptions& options);
[[nodiscard]] int listBans(const config::Settings& settings, const CommandOptions& options);
[[nodiscard]] int addBan(const config::Settings& settings, const CommandOptions& options);
[[nodiscard]] int removeBan(const config::Settings& settings, const CommandOptions& options);
[[nodiscard]] int applyPlan(const config::Settings& settings, const CommandOptions& options);
[[nodiscard]] int exportPlan(const config::Settings& settings, const CommandOptions& options);

}  // namespace beffroi::app
