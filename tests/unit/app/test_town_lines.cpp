// SPDX-License-Identifier: AGPL-3.0-or-later
#include "app/town_lines.hpp"

#include "directory/published_directory.hpp"
#include "support/fake_clock.hpp"
#include "support/fake_line_store.hpp"
#include "unit/lines/line_town.hpp"

#include <catch2/catch.hpp>

using namespace beffroi;
using namespace beffroi::test;

namespace {

struct Present {
    Present() {
        assertOnLoop();
        store.instant = true;
        settings.restore({}, directory.snapshot());
    }
    void registers(const std::string& extension, const std::string& account) {
        assertOnLoop();
        registrar::Binding binding;
        binding.account = account;
        binding.expiresAt = clock.now() + 60s;
        bindings.replace(extension, {binding});
    }
    void logIn(const std::string& account, const std::string& extension) {
        assertOnLoop();
        settings.logIn(account, extension, [](bool) {});
    }

    FakeClock clock;
    FakeLineStore store;
    directory::PublishedDirectory directory{lineTown()};
    lines::LineSettingsTable settings{clock, store};
    proxy::LineUsage usage{clock};
    registrar::BindingTable bindings{clock};
    app::TownLines lines{{directory, settings, usage, bindings, clock}};
};

}  // namespace

TEST_CASE("an extension is reached where it is registered, and where its person has logged in",
          "[app][lines][hot-desk]") {
    Present now;
    CHECK_FALSE(now.lines.isReachable("2190"));
    now.registers("2190", "2190-guichet");
    CHECK(now.lines.isReachable("2190"));
    CHECK_FALSE(now.lines.isReachable("2102"));

    SECTION("the telephone is then nobody else's") {
        now.logIn("2190-guichet", "2102");
        CHECK(now.lines.isReachable("2102"));
        CHECK_FALSE(now.lines.isReachable("2190"));
        CHECK(now.lines.extensionAt("2190-guichet") == "2102");
        now.logIn("2190-guichet", "");
        CHECK_FALSE(now.lines.isReachable("2102"));
        CHECK(now.lines.isReachable("2190"));
    }
    SECTION("as long as its registration lasts") {
        now.logIn("2190-guichet", "2102");
        now.clock.advance(60s);
        CHECK_FALSE(now.lines.isReachable("2102"));
        now.logIn("2190-guichet", "");
        CHECK_FALSE(now.lines.isReachable("2190"));
    }
    SECTION("not at a telephone that is not registered") {
        now.logIn("2191-guichet", "2102");
        CHECK_FALSE(now.lines.isReachable("2102"));
    }
}

TEST_CASE("what is set and who is busy come from those who know", "[app][lines]") {
    assertOnLoop();
    Present now;
    CHECK_FALSE(now.lines.isBusy("2101"));
    CHECK(now.lines.idleSince("2101") == Clock::WallTime{});
    {
        const auto hold = now.usage.hold("2101", "2101-bureau");
        const auto gateway = now.usage.holdGateway("operator");
        CHECK(now.lines.isBusy("2101"));
        CHECK(now.lines.callsBy("operator") == 1);
    }
    CHECK(now.lines.idleSince("2101") == now.clock.wallNow());
    now.usage.groupCalled("2200");
    CHECK(now.lines.callsOf("2200") == 1);
    now.settings.change(
        "2101", [](LineSettings& settings) { settings.doNotDisturb = true; }, [](bool) {});
    REQUIRE(now.lines.settingsOf("2101") != nullptr);
    CHECK(now.lines.settingsOf("2101")->doNotDisturb);
    now.settings.setOverride("accueil", HoursOverride{true, std::nullopt, ""}, [](bool) {});
    REQUIRE(now.lines.overrideOf("accueil", now.clock.wallNow()) != nullptr);
    CHECK(now.lines.overrideOf("accueil", now.clock.wallNow())->open);
}
