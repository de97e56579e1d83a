// SPDX-License-Identifier: AGPL-3.0-or-later
//
// beffroi-bridge: the rooms.

#include "app/bridge.hpp"
#include "app/daemon.hpp"
#include "app/daemon_schema.hpp"
#include "base/log.hpp"
#include "base/system_clock.hpp"
#include "bridge/library_log.hpp"

namespace {

constexpr beffroi::log::Area kLog{"bridge"};

void serve(const beffroi::config::Settings& settings) {
    using namespace beffroi;
    bridge::routeLibraryLogs();
    base::SystemClock clock;
    base::EventLoop loop{clock};
    std::function<void()> onTermination;
    const app::ProcessSignals signals{loop, [&onTermination] { onTermination(); }, [] {}};
    app::ServiceManager manager{loop};
    app::Bridge bridge{loop, clock, settings};
    onTermination = [&] {
        assertOnLoop();
        log::info(kLog, "stopping");
        manager.stopping();
        bridge.drain([&loop] { loop.stop(); });
    };
    manager.ready("taking calls");
    log::info(kLog, "ready");
    loop.run();
}

}  // namespace

int main(int argc, char** argv) {
    return beffroi::app::runDaemon(argc, argv, {"beffroi-bridge", "The conference bridge of the telephone exchange"},
                                   beffroi::app::daemonSchema(), serve);
}
