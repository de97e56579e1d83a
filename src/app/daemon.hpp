// SPDX-License-Identifier: AGPL-3.0-or-later
//
// What both daemons do alike around their work: command line, configuration, log, signals, readiness and watchdog.
// Thread: main, which is the loop thread.
#pragma once

#include "base/event_loop.hpp"
#include "config/schema.hpp"
#include "config/settings.hpp"

#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <string>

namespace beffroi::app {

/// Exit codes, from sysexits.h where it has one.
inline constexpr int kExitFailure = 1;
inline constexpr int kExitUsage = 64;
inline constexpr int kExitConfig = 78;

struct DaemonIdentity {
    std::string name;         // "beffroid"
    std::string description;  // one line for --help
};

/// What --check finds beyond the options themselves.
using Check = std::function<config::Findings(const config::Settings&)>;

/// Handles --config, --check, --version and --help, reads the configuration, starts the log and calls `serve`, which
/// returns when the daemon is to end. Every exception ends in one line on standard error and in the log.
[[nodiscard]] int runDaemon(int argc, char** argv, const DaemonIdentity& identity, const config::Schema& schema,
                            const std::function<void(const config::Settings&)>& serve, const Check& check = {});

/// SIGTERM and SIGINT, and SIGHUP for a reload, as calls on the loop. Blocks them for the thread and all that it starts
/// later: make it first.
class ProcessSignals {
public:
    ProcessSignals(base::EventLoop& loop, std::function<void()> onTermination, std::function<void()> onReload);
    ~ProcessSignals();
    ProcessSignals(const ProcessSignals&) = delete;
    ProcessSignals& operator=(const ProcessSignals&) = delete;

private:
    int descriptor_ = -1;
    std::unique_ptr<base::EventLoop::Watch> watch_;
};

/// Tells the service manager that we are ready, alive and stopping. The watchdog is fed by a timer of the loop, so that
/// a loop that hangs is noticed. Without a service manager it does nothing.
class ServiceManager {
public:
    explicit ServiceManager(base::EventLoop& loop);

    void ready(const std::string& status);
    void stopping();

private:
    void feed();

    std::optional<Clock::Duration> interval_;
    Timer watchdog_;
};

}  // namespace beffroi::app
