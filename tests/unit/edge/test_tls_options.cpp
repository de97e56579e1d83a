// SPDX-License-Identifier: AGPL-3.0-or-later
#include "edge/tls/tls_options.hpp"

#include "base/timer_wheel.hpp"
#include "edge/edge_options.hpp"
#include "support/fake_clock.hpp"

#include <catch2/catch.hpp>

using namespace beffroi;
using namespace beffroi::edge::tls;
using Catch::Contains;

namespace {

const config::Schema& schema() {
    static const auto made = [] {
        config::Schema options;
        edge::addOptions(options);
        edge::tls::addOptions(options);
        return options;
    }();
    return made;
}

// What keeps the exchange from starting with these options; empty if nothing does.
std::string mistakeIn(const std::string& text) {
    becomeLoopThread();
    const test::FakeClock clock;
    base::TimerWheel timers{clock};
    try {
        const auto tls = openTls(config::parse(text, "beffroi.toml", schema()), timers, clock);
        CHECK_FALSE(tls->mayServe());
        return {};
    } catch (const config::ConfigError& error) {
        REQUIRE(error.mistakes().size() == 1);
        return error.what();
    }
}

}  // namespace

TEST_CASE("options of TLS that cannot be used are explained where they stand", "[edge][tls]") {
    const std::string listen = "[edge]\nlisten = [\"tls:127.0.0.1:5061\"]\n";
    const auto [text, says] = GENERATE_COPY(table<std::string, std::string>({
        {"", ""},
        {listen, "must name a certificate, since edge.listen has a listener of TLS"},
        {"[tls]\ncertificates = [\"/none.pem:/none.key\"]", "tls.certificates: /none.pem: No such file"},
        {"[tls]\ncertificates = [\"a:b:c\"]", "has more than two names of files"},
        {"[tls]\ncertificates = [\"a.pem:\"]", "lacks the name of a file"},
        {"[tls]\nminimum-version = \"1.1\"", "must be 1.2 or 1.3"},
        {"[tls]\nclient-certificates = \"maybe\"", "must be none, wanted or required"},
        {"[tls]\nclient-certificates = \"wanted\"", "tls.client-authorities: must name the authorities"},
        {"[tls]\nauthorities = \"/none.pem\"", "tls.authorities: /none.pem: No such file"},
    }));
    const auto mistake = mistakeIn(text);
    if (says.empty()) {
        CHECK(mistake.empty());
    } else {
        CHECK_THAT(mistake, Contains(says));
    }
}

TEST_CASE("a pair of files is one name or two", "[edge][tls]") {
    CHECK(filesOf("/a/full chain.pem:/b/key.pem") == CertificateFiles{"/a/full chain.pem", "/b/key.pem"});
    CHECK(filesOf("both.pem") == CertificateFiles{"both.pem", "both.pem"});
}
