// SPDX-License-Identifier: AGPL-3.0-or-later
#include "lines/line_settings_table.hpp"

#include "support/fake_clock.hpp"
#include "support/fake_line_store.hpp"
#include "unit/lines/line_town.hpp"

#include <catch2/catch.hpp>

using namespace beffroi;
using namespace beffroi::lines;
using namespace beffroi::test;

namespace {

struct Office {
    Office() {
        assertOnLoop();
        table.restore({}, lineTown());
    }
    auto noting(const std::string& name) {
        return [this, name](bool saved) { answers.push_back(name + (saved ? " saved" : " not saved")); };
    }
    void forward(const std::string& extension, const std::string& to) {
        assertOnLoop();
        table.change(
            extension, [to](LineSettings& settings) { settings.forwards.always = to; }, noting(extension + ">" + to));
    }
    void logIn(const std::string& account, const std::string& extension) {
        assertOnLoop();
        table.logIn(account, extension, noting(account + "=" + extension));
    }
    [[nodiscard]] std::string forwardOf(const std::string& extension) const {
        assertOnLoop();
        const auto* settings = table.settingsOf(extension);
        return settings == nullptr ? "nothing set" : settings->forwards.always;
    }
    [[nodiscard]] std::vector<std::string> devicesOf(const std::string& extension) const {
        assertOnLoop();
        const auto* settings = table.settingsOf(extension);
        return settings == nullptr ? std::vector<std::string>{} : settings->loggedInAt;
    }
    [[nodiscard]] std::vector<std::string> heard() { return std::exchange(answers, {}); }

    FakeClock clock;
    FakeLineStore store;
    LineSettingsTable table{clock, store};
    std::vector<std::string> answers;
};

using Names = std::vector<std::string>;

}  // namespace

TEST_CASE("a setting is in force, and confirmed, once it is on disk", "[lines][durability]") {
    Office office;
    office.forward("2101", "2102");
    CHECK(office.heard().empty());
    CHECK(office.forwardOf("2101") == "nothing set");
    office.store.finish();
    CHECK(office.heard() == Names{"2101>2102 saved"});
    CHECK(office.forwardOf("2101") == "2102");
    CHECK(office.store.lines.at("2101").forwards.always == "2102");

    SECTION("what is taken back leaves nothing behind, in memory or on disk") {
        office.forward("2101", "");
        office.store.finish();
        CHECK(office.forwardOf("2101") == "nothing set");
        CHECK(office.store.lines.empty());
    }
    SECTION("a disk that refuses leaves all as it was, and says so") {
        office.forward("2101", "2190");
        office.store.finish(false);
        CHECK(office.heard() == Names{"2101>2190 not saved"});
        CHECK(office.forwardOf("2101") == "2102");
        office.forward("2101", "2191");
        office.store.finish();
        CHECK(office.forwardOf("2101") == "2191");
    }
    SECTION("it is there after a restart") {
        assertOnLoop();
        LineSettingsTable next{office.clock, office.store};
        next.restore(office.store.kept(), lineTown());
        REQUIRE(next.settingsOf("2101") != nullptr);
        CHECK(*next.settingsOf("2101") == *office.table.settingsOf("2101"));
    }
}

TEST_CASE("changes that come while one is written are written together, each on top of the others", "[lines]") {
    assertOnLoop();
    Office office;
    office.forward("2101", "2102");
    office.table.change(
        "2101", [](LineSettings& settings) { settings.doNotDisturb = !settings.doNotDisturb; }, office.noting("dnd"));
    office.table.change(
        "2101", [](LineSettings& settings) { settings.doNotDisturb = !settings.doNotDisturb; }, office.noting("dnd"));
    office.table.change(
        "2101", [](LineSettings& settings) { settings.leftGroups.insert("2200"); }, office.noting("group"));
    office.forward("2999", "2101");
    office.logIn("2190-guichet", "2102");
    REQUIRE(office.store.waiting() == 1);
    office.store.finish();
    CHECK(office.heard() == Names{"2101>2102 saved", "2999>2101 not saved"});
    REQUIRE(office.store.waiting() == 1);
    office.store.finish();
    CHECK(office.heard() == Names{"dnd saved", "dnd saved", "group saved", "2190-guichet=2102 saved"});
    CHECK(office.store.waiting() == 0);
    const auto* settings = office.table.settingsOf("2101");
    REQUIRE(settings != nullptr);
    CHECK(settings->forwards.always == "2102");
    CHECK_FALSE(settings->doNotDisturb);
    CHECK(settings->leftGroups == std::set<std::string>{"2200"});
}

TEST_CASE("what is too large is refused, and what waits is bounded", "[lines][security]") {
    assertOnLoop();
    Office office;
    office.forward("2101", std::string(kLongestTarget + 1, '1'));
    office.table.change(
        "2101",
        [](LineSettings& settings) {
            for (std::size_t i = 0; i <= kMostLeftGroups; ++i) settings.leftGroups.insert(std::to_string(i));
        },
        office.noting("groups"));
    CHECK(office.answers.size() == 2);
    CHECK(office.store.commits == 0);
    CHECK(office.forwardOf("2101") == "nothing set");

    office.answers.clear();
    for (std::size_t i = 0; i < kMostWaiting + 2; ++i) office.forward("2101", "2102");
    CHECK(office.heard() == Names{"2101>2102 not saved"});  // one is being written, the others wait
    office.store.finish();
    office.store.finish();
    CHECK(office.heard().size() == kMostWaiting + 1);
}

TEST_CASE("a hot-desk device is one extension's at a time, an extension may be at several", "[lines][hot-desk]") {
    assertOnLoop();
    Office office;
    office.store.instant = true;
    office.logIn("2190-guichet", "2101");
    office.logIn("2191-guichet", "2101");
    CHECK(office.table.extensionAt("2190-guichet") == "2101");
    CHECK(office.devicesOf("2101") == Names{"2190-guichet", "2191-guichet"});

    SECTION("who logs in sends whoever was there out") {
        office.logIn("2190-guichet", "2102");
        CHECK(office.table.extensionAt("2190-guichet") == "2102");
        CHECK(office.devicesOf("2101") == Names{"2191-guichet"});
        CHECK(office.devicesOf("2102") == Names{"2190-guichet"});
        CHECK(office.store.logins.size() == 2);
    }
    SECTION("who logs out leaves the device to its own extension") {
        office.logIn("2190-guichet", "");
        CHECK(office.table.extensionAt("2190-guichet").empty());
        CHECK(office.devicesOf("2101") == Names{"2191-guichet"});
        office.logIn("2191-guichet", "");
        CHECK(office.table.settingsOf("2101") == nullptr);
        CHECK(office.store.logins.empty());
    }
    SECTION("other settings stay, whoever comes and goes") {
        office.forward("2101", "2102");
        office.logIn("2190-guichet", "");
        CHECK(office.forwardOf("2101") == "2102");
        CHECK(office.devicesOf("2101") == Names{"2191-guichet"});
    }
    SECTION("a device that is none, or an extension that there is not, is refused") {
        office.answers.clear();
        office.logIn("2101-bureau", "2102");
        office.logIn("nobody", "2102");
        office.logIn("2190-guichet", "2999");
        CHECK(office.heard() ==
              Names{"2101-bureau=2102 not saved", "nobody=2102 not saved", "2190-guichet=2999 not saved"});
        CHECK(office.table.extensionAt("2190-guichet") == "2101");
    }
}

TEST_CASE("hours are overridden until their time has come", "[lines][hours]") {
    assertOnLoop();
    Office office;
    office.store.instant = true;
    const auto now = office.clock.wallNow();
    office.table.setOverride("etat-civil", HoursOverride{false, now + 2h, "greve"}, office.noting("close"));
    office.table.setOverride("accueil", HoursOverride{true, std::nullopt, ""}, office.noting("open"));
    office.table.setOverride("nowhere", HoursOverride{}, office.noting("nowhere"));
    CHECK(office.heard() == Names{"close saved", "open saved", "nowhere not saved"});
    REQUIRE(office.table.overrideOf("etat-civil", now + 2h - 1ms) != nullptr);
    CHECK(office.table.overrideOf("etat-civil", now)->announcement == "greve");
    CHECK(office.table.overrideOf("etat-civil", now + 2h) == nullptr);
    CHECK(office.table.overrideOf("accueil", now + 9000h) != nullptr);
    CHECK(office.table.overrideOf("nowhere", now) == nullptr);

    office.clock.advance(2h);
    CHECK(office.table.all().overrides.size() == 1);
    office.table.setOverride("accueil", std::nullopt, office.noting("reset"));
    CHECK(office.table.overrideOf("accueil", office.clock.wallNow()) == nullptr);
    office.table.keepOnly(lineTown());
    CHECK(office.store.overrides.empty());
}

TEST_CASE("what a new plan has no more goes, on disk as well", "[lines][durability]") {
    assertOnLoop();
    Office office;
    office.store.instant = true;
    office.forward("2101", "2102");
    office.forward("2102", "2101");
    office.table.change(
        "2102", [](LineSettings& settings) { settings.leftGroups = {"2200"}; }, office.noting("group"));
    office.logIn("2190-guichet", "2101");
    office.logIn("2191-guichet", "2102");
    office.table.setOverride("etat-civil", HoursOverride{}, office.noting("close"));
    auto smaller = lineTown();
    smaller->extensions.erase("2101");
    smaller->extensions.erase("2200");
    smaller->devices["2191-guichet"].hotDesk = false;
    smaller->departments.erase("etat-civil");

    SECTION("when it is put in force") { office.table.keepOnly(smaller); }
    SECTION("at the start") { office.table.restore(office.store.kept(), smaller); }
    SECTION("while a change of it is being written") {
        office.store.instant = false;
        office.table.change(
            "2101", [](LineSettings& settings) { settings.doNotDisturb = true; }, office.noting("dnd"));
        office.table.keepOnly(smaller);
        office.store.finish();
    }
    CHECK(office.table.settingsOf("2101") == nullptr);
    CHECK(office.forwardOf("2102") == "2101");
    CHECK(office.table.settingsOf("2102")->leftGroups.empty());
    CHECK(office.devicesOf("2102").empty());
    CHECK(office.table.extensionAt("2190-guichet").empty());
    CHECK(office.table.overrideOf("etat-civil", office.clock.wallNow()) == nullptr);
    CHECK(office.store.lines.size() == 1);
    CHECK(office.store.logins.empty());
    CHECK(office.store.overrides.empty());
}

TEST_CASE("a plan that comes while a setting is written undoes nothing of it", "[lines][durability]") {
    assertOnLoop();
    Office office;
    office.store.instant = true;
    office.table.change(
        "2102", [](LineSettings& settings) { settings.leftGroups = {"2200"}; }, office.noting("group"));
    office.table.setOverride("accueil", HoursOverride{false, office.clock.wallNow() + 1h, ""}, office.noting("close"));
    office.clock.advance(1h);
    auto smaller = lineTown();
    smaller->extensions.erase("2200");
    office.store.instant = false;
    office.forward("2101", "2190");  // while it is written, the next two wait and are then written together
    const auto setTwo = [](LineSettings& settings) {
        settings.leftGroups.clear();
        settings.forwards.always = "2101";
    };
    office.table.change("2102", setTwo, office.noting("two"));
    office.table.setOverride("accueil", HoursOverride{true, std::nullopt, ""}, office.noting("open"));
    office.store.finish();
    office.table.keepOnly(smaller);
    office.store.finish();
    CHECK(office.forwardOf("2102") == "2101");
    REQUIRE(office.store.lines.contains("2102"));
    CHECK(office.store.lines.at("2102").forwards.always == "2101");
    REQUIRE(office.store.overrides.contains("accueil"));
    CHECK(office.store.overrides.at("accueil").open);
}

TEST_CASE("a number that is another person's has nothing of the former one's", "[lines][security]") {
    assertOnLoop();
    Office office;
    office.store.instant = true;
    office.forward("2101", "0612345678");
    office.forward("2102", "2101");
    office.logIn("2190-guichet", "2101");
    office.logIn("2191-guichet", "2102");
    auto other = lineTown();
    other->extensions["2101"].person = "anne";

    SECTION("from when the plan is put in force") { office.table.keepOnly(other); }
    SECTION("with a change of the former one's that is being written") {
        office.store.instant = false;
        office.forward("2101", "0698765432");
        office.table.keepOnly(other);
        office.store.finish();
    }
    CHECK(office.forwardOf("2101") == "nothing set");
    CHECK(office.table.extensionAt("2190-guichet").empty());
    CHECK(office.forwardOf("2102") == "2101");
    CHECK(office.table.extensionAt("2191-guichet") == "2102");
    CHECK(office.store.lines.size() == 1);
    CHECK(office.store.logins.size() == 1);
    office.store.instant = true;
    office.forward("2101", "2102");
    office.table.keepOnly(other);
    CHECK(office.forwardOf("2101") == "2102");  // the new one's own
}
