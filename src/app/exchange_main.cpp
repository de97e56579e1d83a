// SPDX-License-Identifier: AGPL-3.0-or-later
//
// beffroid: the exchange.

#include "app/daemon.hpp"
#include "app/daemon_schema.hpp"
#include "app/exchange.hpp"
#include "app/exchange_options.hpp"
#include "base/log.hpp"
#include "base/system_clock.hpp"
#include "country/country_check.hpp"
#include "country/country_options.hpp"
#include "edge/tls/certificate_check.hpp"
#include "sip/belle_sip.hpp"

namespace {

constexpr beffroi::log::Area kLog{"exchange"};

void serve(const beffroi::config::Settings& settings) {
    using namespace beffroi;
    sip::silenceLibrary();
    base::SystemClock clock;
    base::EventLoop loop{clock};
    std::function<void()> onTermination;
    std::function<void()> onReload;
    const app::ProcessSignals signals{loop, [&onTermination] { onTermination(); }, [&onReload] { onReload(); }};
    app::ServiceManager manager{loop};
    app::Exchange exchange{loop, clock, settings};
    onTermination = [&] {
        assertOnLoop();
        log::info(kLog, "stopping");
        manager.stopping();
        exchange.drain([&loop] { loop.stop(); });
    };
    onReload = [&] {
        assertOnLoop();
        exchange.reload();
    };
    manager.ready("answering on " + exchange.listening().front().toString());
    log::info(kLog, "ready");
    loop.run();
}

beffroi::config::Findings check(const beffroi::config::Settings& settings) {
    using namespace beffroi;
    auto findings = edge::tls::checkFiles(settings, settings[app::kDomains], base::SystemClock{}.wallNow());
    const auto ofCountries = country::checkFolder(settings[country::kFolder]);
    findings.mistakes.insert(findings.mistakes.end(), ofCountries.begin(), ofCountries.end());
    return findings;
}

}  // namespace

int main(int argc, char** argv) {
    return beffroi::app::runDaemon(argc, argv, {"beffroid", "The telephone exchange"}, beffroi::app::daemonSchema(),
                                   serve, check);
}
