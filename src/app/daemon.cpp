// SPDX-License-Identifier: AGPL-3.0-or-later
#include "app/daemon.hpp"

#include "base/log.hpp"
#include "config/log_options.hpp"

#include <sys/signalfd.h>
#include <systemd/sd-daemon.h>
#include <unistd.h>
#include <CLI/CLI.hpp>

#include <cerrno>
#include <csignal>
#include <cstdio>
#include <system_error>

namespace beffroi::app {
namespace {

constexpr log::Area kLog{"daemon"};

log::Level levelOf(const std::string& name) {
    if (name == "debug") return log::Level::Debug;
    if (name == "warning") return log::Level::Warning;
    if (name == "error") return log::Level::Error;
    return log::Level::Info;
}

void startLog(const config::Settings& settings) {
    const auto target = settings[config::kLogTarget] == "journal" ? log::Target::Journal : log::Target::StandardError;
    log::configure(levelOf(settings[config::kLogLevel]), target);
}

int serveLogged(const DaemonIdentity& identity, const config::Settings& settings,
                const std::function<void(const config::Settings&)>& serve) {
    startLog(settings);
    try {
        log::info(kLog, "starting", {{"program", identity.name}, {"version", BEFFROI_VERSION}});
        serve(settings);
        log::info(kLog, "stopped", {{"program", identity.name}});
        return 0;
    } catch (const config::ConfigError& error) {
        std::fprintf(stderr, "%s\n", error.what());
        return kExitConfig;
    } catch (const std::exception& error) {
        log::error(kLog, "cannot go on", {{"program", identity.name}, {"reason", error.what()}});
        return kExitFailure;
    }
}

int checkFurther(const std::string& path, const config::Settings& settings, const Check& check) {
    const auto findings = check ? check(settings) : config::Findings{};
    for (const auto& warning : findings.warnings) {
        auto said = warning;
        said.text.insert(0, "warning: ");
        std::fprintf(stderr, "%s\n", said.toString().c_str());
    }
    if (!findings.mistakes.empty()) throw config::ConfigError{findings.mistakes};
    std::printf("%s: no mistake found\n", path.c_str());
    return 0;
}

}  // namespace

int runDaemon(int argc, char** argv, const DaemonIdentity& identity, const config::Schema& schema,
              const std::function<void(const config::Settings&)>& serve, const Check& check) {
    CLI::App commands{identity.description, identity.name};
    std::string path = "/etc/beffroi/beffroi.toml";
    bool checking = false;
    commands.add_option("--config", path, "The configuration file")->capture_default_str();
    commands.add_flag("--check", checking, "Check the configuration, say what is wrong with it, and end");
    commands.set_version_flag("--version", identity.name + " " BEFFROI_VERSION);
    try {
        commands.parse(argc, argv);
        const auto settings = config::load(path, schema);
        return checking ? checkFurther(path, settings, check) : serveLogged(identity, settings, serve);
    } catch (const CLI::ParseError& error) {
        return commands.exit(error) == 0 ? 0 : kExitUsage;
    } catch (const config::ConfigError& error) {
        std::fprintf(stderr, "%s\n", error.what());
        return kExitConfig;
    }
}

ProcessSignals::ProcessSignals(base::EventLoop& loop, std::function<void()> onTermination,
                               std::function<void()> onReload) {
    sigset_t signals;
    sigemptyset(&signals);
    sigaddset(&signals, SIGTERM);
    sigaddset(&signals, SIGINT);
    sigaddset(&signals, SIGHUP);
    pthread_sigmask(SIG_BLOCK, &signals, nullptr);
    std::signal(SIGPIPE, SIG_IGN);
    descriptor_ = signalfd(-1, &signals, SFD_NONBLOCK | SFD_CLOEXEC);
    if (descriptor_ < 0) throw std::system_error{errno, std::system_category(), "signals"};
    watch_ = loop.watch(descriptor_, base::Ready::Read,
                        [this, end = std::move(onTermination), reload = std::move(onReload)](base::Ready) {
                            signalfd_siginfo signal{};
                            while (read(descriptor_, &signal, sizeof signal) == sizeof signal) {
                                signal.ssi_signo == SIGHUP ? reload() : end();
                            }
                        });
}

ProcessSignals::~ProcessSignals() {
    watch_.reset();
    close(descriptor_);
}

ServiceManager::ServiceManager(base::EventLoop& loop) : watchdog_{loop.scheduler(), [this] { feed(); }} {
    std::uint64_t microseconds = 0;
    if (sd_watchdog_enabled(0, &microseconds) > 0) interval_ = std::chrono::microseconds{microseconds / 2};
}

void ServiceManager::ready(const std::string& status) {
    sd_notify(0, ("READY=1\nSTATUS=" + status).c_str());
    if (interval_) feed();
}

void ServiceManager::stopping() { sd_notify(0, "STOPPING=1"); }

void ServiceManager::feed() {
    sd_notify(0, "WATCHDOG=1");
    watchdog_.start(*interval_);
}

}  // namespace beffroi::app
