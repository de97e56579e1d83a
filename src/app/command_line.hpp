// SPDX-License-Identifier: AGPL-3.0-or-later
//
// The commands of `beffroi`: each asks a daemon over its control socket, or opens the database when none runs, and
// prints what it learnt for people or as JSON.
// Thread: main; blocks.
#pragma once

#include "config/settings.hpp"

#include <map>
#include <string>
#include <vector>

namespace beffroi::app {

struct CommandOptions {
    bool json = false;
    int recentCalls = 0;
    std::string planFile;
    std::string otherFile;                // of `plan diff`; empty: the plan in force
    std::string planTable;                // "extension"
    std::vector<std::string> planValues;  // of `plan set`: the entry, then name=value; of `plan remove`: entries
    int recentChanges = 20;
    bool dryRun = false;
    bool generatePasswords = false;
    bool offline = false;
    std::string address;  // of a ban, with /BITS for a network
    std::string banFor;   // "2h"; empty: until it is removed
    std::string reason;
    std::string extension;   // empty: all
    std::string department;  // id; empty: all
    std::string rota;        // id; empty: all
    std::string account;     // of a hot-desk device
    std::string at;          // "2026-12-24 10:00"; empty: now
    std::string until;       // "14:00" or "2026-12-24 14:00"; empty: until it is taken back
    std::string announcement;
    std::map<std::string, std::string> lineChange;  // "forward_always" → "2105"; as given, not yet checked
    std::string number;                             // to be explained
    std::string from;                               // who dials it
    std::string expectFile;                         // of expectations; empty: the configuration's
    std::string outsidePrefix;                      // that stands before it
    std::string country;                            // data file of numbers and holidays
    std::string region;                             // of holidays
    int year = 0;
};

// Each returns the program's exit code. They throw std::exception with a text for the administrator.
[[nodiscard]] int showStatus(const config::Settings& settings, const CommandOptions& options);
[[nodiscard]] int showRegistrations(const config::Settings& settings, const CommandOptions& options);
[[nodiscard]] int showCalls(const config::Settings& settings, const CommandOptions& options);
[[nodiscard]] int showRooms(const config::Settings& settings, const CommandOptions& options);
[[nodiscard]] int listBans(const config::Settings& settings, const CommandOptions& options);
[[nodiscard]] int addBan(const config::Settings& settings, const CommandOptions& options);
[[nodiscard]] int removeBan(const config::Settings& settings, const CommandOptions& options);
[[nodiscard]] int showLines(const config::Settings& settings, const CommandOptions& options);
[[nodiscard]] int changeLine(const config::Settings& settings, const CommandOptions& options);
[[nodiscard]] int clearLine(const config::Settings& settings, const CommandOptions& options);
[[nodiscard]] int logOutLine(const config::Settings& settings, const CommandOptions& options);
[[nodiscard]] int showHours(const config::Settings& settings, const CommandOptions& options);
[[nodiscard]] int openHours(const config::Settings& settings, const CommandOptions& options);
[[nodiscard]] int closeHours(const config::Settings& settings, const CommandOptions& options);
[[nodiscard]] int resetHours(const config::Settings& settings, const CommandOptions& options);
[[nodiscard]] int showOnCall(const config::Settings& settings, const CommandOptions& options);

}  // namespace beffroi::app
