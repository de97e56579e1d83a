// SPDX-License-Identifier: AGPL-3.0-or-later
#include "app/feature_desk.hpp"

#include "app/line_control.hpp"
#include "app/town_lines.hpp"
#include "beffroi/feature_functions.hpp"
#include "directory/published_directory.hpp"
#include "support/fake_clock.hpp"
#include "support/fake_line_store.hpp"
#include "support/posted_tasks.hpp"
#include "unit/lines/line_town.hpp"

#include <sodium.h>
#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include <vector>

using namespace beffroi;
using namespace beffroi::test;
using app::FeatureDesk;
using nlohmann::json;
using Verb = FeatureRequest::Verb;

namespace {

std::string hashOf(const std::string& pin) {
    REQUIRE(sodium_init() >= 0);
    char text[crypto_pwhash_STRBYTES];
    REQUIRE(crypto_pwhash_str(text, pin.data(), pin.size(), crypto_pwhash_OPSLIMIT_MIN, crypto_pwhash_MEMLIMIT_MIN) ==
            0);
    return text;
}

/// Mairie: open on the day of the clock (Monday 3 May 2027) from 08:30 to 12:00 UTC; etat-civil keeps its hours.
std::shared_ptr<DirectorySnapshot> town() {
    auto plan = lineTown();
    plan->people["anne"].id = "anne";
    plan->people["anne"].pin = hashOf("1234");
    plan->extensions["2101"].person = "anne";
    plan->extensions["2101"].label = "Anne Castelain";
    auto& hours = plan->hours["mairie"];
    hours.id = "mairie";
    for (auto& day : hours.times.week) day = {{510min, 720min}};
    plan->departments["accueil"].hours = "mairie";
    plan->departments["etat-civil"].parent = "accueil";
    auto& rota = plan->rotas["technique"];
    rota.id = "technique";
    rota.escalation = {"2102"};
    rota.times.cycle = {"2101", "0612345678"};
    rota.times.start = std::chrono::local_days{std::chrono::year{2027} / 5 / 1} + 12h;
    rota.times.period = std::chrono::hours{24};
    return plan;
}

struct Desk {
    Desk() {
        assertOnLoop();
        store.instant = true;
        settings.restore({}, directory.snapshot());
    }
    /// What is heard, or the number that is called on.
    std::string dial(std::string_view function, Verb verb, std::string argument = {},
                     const std::string& account = "2190-guichet", const std::string& extension = "2101") {
        assertOnLoop();
        std::string heard;
        features.carryOut({std::string{function}, verb, extension, std::move(argument), 0s}, account,
                          [&heard](FeatureDesk::Outcome outcome) {
                              const auto* said = std::get_if<FeatureDesk::Say>(&outcome);
                              heard = said != nullptr ? said->announcement : "call " + std::get<1>(outcome).number;
                          });
        if (heard.empty()) loop.runOne();
        return heard;
    }
    json ask(json request) {
        assertOnLoop();
        json answer;
        const auto command = request["command"].get<std::string>();
        REQUIRE(control.obey(command, request, [&answer](json text) { answer = std::move(text); }));
        return answer;
    }

    FakeClock clock;
    FakeLineStore store;
    PostedTasks loop;
    directory::PublishedDirectory directory{town()};
    country::Country country = country::Country::read(std::string{BEFFROI_SOURCE_DIR} + "/config/countries", "france");
    lines::LineSettingsTable settings{clock, store};
    proxy::LineUsage usage{clock};
    registrar::BindingTable bindings{clock};
    app::TownLines lines{{directory, settings, usage, bindings, clock}};
    lines::PinChecker pins{loop};
    FeatureDesk features{{clock, directory, country, lines, settings, pins}};
    app::LineControl control{{clock, directory, country, lines, settings}};
};

}  // namespace

TEST_CASE("a code changes the caller's settings and says so, or that it could not", "[app][features]") {
    Desk desk;
    assertOnLoop();
    CHECK(desk.dial(functions::kForwardAlways, Verb::Set, "2105") == "forward-always-to+say:2105");
    CHECK(desk.settings.settingsOf("2101")->forwards.always == "2105");
    CHECK(desk.dial(functions::kStatus, Verb::Query) == "your-number+say:2101+forward-always-to+say:2105");
    CHECK(desk.dial(functions::kDoNotDisturb, Verb::Toggle) == "do-not-disturb-on");
    CHECK(desk.dial(functions::kDoNotDisturb, Verb::Toggle) == "do-not-disturb-off");
    CHECK(desk.dial("no-such-thing", Verb::Set) == "unknown-code");

    desk.store.instant = false;
    std::string heard;
    desk.features.carryOut(
        {std::string{functions::kForwards}, Verb::Clear, "2101", "", 0s}, "2190-guichet",
        [&heard](const FeatureDesk::Outcome& outcome) { heard = std::get<FeatureDesk::Say>(outcome).announcement; });
    CHECK(heard.empty());  // it is not on disk yet
    desk.store.finish(false);
    CHECK(heard == "not-saved");
    CHECK(desk.settings.settingsOf("2101")->forwards.always == "2105");
}

TEST_CASE("a code closes what is open and opens what is closed, until midnight", "[app][features][hours]") {
    assertOnLoop();
    Desk desk;  // it is 9 o'clock, and open
    CHECK(desk.dial(functions::kHours, Verb::Query, "etat-civil") == "hours-planned");
    CHECK(desk.dial(functions::kHours, Verb::Toggle, "etat-civil") == "hours-closed");
    CHECK(desk.dial(functions::kHours, Verb::Query, "etat-civil") == "hours-closed");
    CHECK(desk.lines.overrideOf("etat-civil", desk.clock.wallNow() + 15h - 1s) != nullptr);
    CHECK(desk.lines.overrideOf("etat-civil", desk.clock.wallNow() + 15h) == nullptr);
    CHECK(desk.dial(functions::kHours, Verb::Toggle, "etat-civil") == "hours-planned");
    desk.clock.advance(4h);  // lunch is over for today
    CHECK(desk.dial(functions::kHours, Verb::Toggle, "etat-civil") == "hours-open");
    CHECK(desk.lines.overrideOf("etat-civil", desk.clock.wallNow())->open);
    CHECK(desk.dial(functions::kHours, Verb::Set, "accueil") == "hours-closed");
    CHECK(desk.dial(functions::kHours, Verb::Clear, "accueil") == "hours-planned");
    CHECK(desk.dial(functions::kHours, Verb::Toggle, "nowhere") == "code-not-allowed");
}

TEST_CASE("a person logs in at a hot-desk device with the right PIN, and out again", "[app][features][hot-desk]") {
    assertOnLoop();
    Desk desk;
    CHECK(desk.dial(functions::kHotDesk, Verb::Set, "2101*1234") == "logged-in+say:2101");
    CHECK(desk.lines.extensionAt("2190-guichet") == "2101");
    CHECK(desk.dial(functions::kHotDesk, Verb::Clear) == "logged-out+say:2190");
    CHECK(desk.lines.extensionAt("2190-guichet").empty());
    CHECK(desk.dial(functions::kHotDesk, Verb::Set, "2101*1234", "2101-bureau") == "code-not-allowed");
    CHECK(desk.dial(functions::kHotDesk, Verb::Set, "2101") == "code-incomplete");
}

TEST_CASE("wrong PINs lock the extension, right ones as well as wrong ones", "[app][features][hot-desk][security]") {
    assertOnLoop();
    Desk desk;
    CHECK(desk.dial(functions::kHotDesk, Verb::Set, "2102*1234") == "wrong-pin");  // has none
    CHECK(desk.dial(functions::kHotDesk, Verb::Set, "9999*1234") == "wrong-pin");  // there is none
    for (int i = 0; i < 5; ++i) CHECK(desk.dial(functions::kHotDesk, Verb::Set, "2101*0000") == "wrong-pin");
    CHECK(desk.dial(functions::kHotDesk, Verb::Set, "2101*1234") == "locked");
    CHECK(desk.dial(functions::kCallByPin, Verb::Set, "1234*0612345678") == "locked");
    CHECK(desk.lines.extensionAt("2190-guichet").empty());
    desk.clock.advance(15min);
    CHECK(desk.dial(functions::kHotDesk, Verb::Set, "2101*1234") == "logged-in+say:2101");
}

TEST_CASE("a call goes on with the right PIN of the caller", "[app][features][security]") {
    Desk desk;
    CHECK(desk.dial(functions::kCallByPin, Verb::Set, "1234*0612345678") == "call 0612345678");
    CHECK(desk.dial(functions::kCallByPin, Verb::Set, "1235*0612345678") == "wrong-pin");
    CHECK(desk.dial(functions::kCallByPin, Verb::Set, "1234*0612345678", "2190-guichet", "2102") == "wrong-pin");
    CHECK(desk.dial(functions::kCallByPin, Verb::Set, "1234") == "code-incomplete");
}

TEST_CASE("an administrator sees and sets what telephones set", "[app][lines]") {
    assertOnLoop();
    Desk desk;
    CHECK(desk.ask({{"command", "lines"}})["lines"].empty());
    const auto changed = desk.ask({{"command", "line-change"},
                                   {"extension", "2101"},
                                   {"forward_busy", "on-call:technique"},
                                   {"do_not_disturb", true}});
    REQUIRE(changed["lines"].size() == 1);
    CHECK(changed["lines"][0]["forward_busy"] == "on-call:technique");
    CHECK(changed["lines"][0]["label"] == "Anne Castelain");
    CHECK(changed["lines"][0]["do_not_disturb"] == true);
    CHECK(changed["lines"][0]["call_waiting"] == true);
    CHECK(desk.ask({{"command", "lines"}})["lines"] == changed["lines"]);
    CHECK(desk.ask({{"command", "lines"}, {"extension", "2102"}})["lines"][0]["forward_busy"] == "");

    CHECK(desk.dial(functions::kHotDesk, Verb::Set, "2101*1234") == "logged-in+say:2101");
    CHECK(desk.ask({{"command", "line-clear"}, {"extension", "2101"}})["lines"][0]["forward_busy"] == "");
    CHECK(desk.ask({{"command", "lines"}})["lines"][0]["logged_in_at"] == json{"2190-guichet"});
    CHECK(desk.ask({{"command", "line-log-out"}, {"account", "2190-guichet"}})["account"] == "2190-guichet");
    CHECK(desk.ask({{"command", "lines"}})["lines"].empty());
}

TEST_CASE("what an administrator gets wrong changes nothing, and is told", "[app][lines]") {
    Desk desk;
    const auto [request, text] = GENERATE(table<json, std::string>({
        {{{"command", "lines"}, {"extension", "2999"}}, "there is no extension 2999"},
        {{{"command", "line-change"}, {"extension", "2999"}, {"do_not_disturb", true}}, "there is no extension 2999"},
        {{{"command", "line-change"}, {"extension", "2101"}, {"forward_busy", "sip:a@b"}},
         "\"sip:a@b\" is no number, announcement:NAME or on-call:ROTA"},
        {{{"command", "line-change"}, {"extension", "2101"}, {"forward_busy", "on-call:none"}},
         "\"on-call:none\" is no number, announcement:NAME or on-call:ROTA"},
        {{{"command", "line-log-out"}, {"account", "2190-guichet"}}, "nobody is logged in at 2190-guichet"},
        {{{"command", "hours"}, {"department", "nowhere"}}, "there is no department nowhere"},
        {{{"command", "hours-change"}, {"department", "accueil"}, {"state", "ajar"}}, "no such state"},
        {{{"command", "hours-change"}, {"department", "accueil"}, {"state", "closed"}, {"until", "25:00"}},
         "\"25:00\" is no moment such as 14:00 or 2026-12-24 14:00"},
        {{{"command", "hours-change"}, {"department", "accueil"}, {"state", "closed"}, {"until", "2026-12-24 14:00"}},
         "2026-12-24 14:00 has passed"},
        {{{"command", "hours-change"}, {"department", "accueil"}, {"state", "closed"}, {"announcement", "../x"}},
         "\"../x\" is no announcement such as closed+next-opening"},
        {{{"command", "oncall"}, {"rota", "none"}}, "there is no rota none"},
    }));
    CHECK(desk.ask(request)["error"] == text);
    CHECK(desk.store.commits == 0);
}

TEST_CASE("an administrator closes and opens departments, and sees why they are so", "[app][hours]") {
    Desk desk;
    const auto state = [&desk](const std::string& at) {
        const auto each = desk.ask({{"command", "hours"}, {"department", "etat-civil"}, {"at", at}})["hours"][0];
        return std::string{each["open"].get<bool>() ? "open" : "closed"} + ", " + each["why"].get<std::string>() +
               ", until " + each["until"].get<std::string>() + ", opens " + each["next_opening"].get<std::string>();
    };
    CHECK(desk.ask({{"command", "hours"}})["hours"].size() == 2);
    CHECK(state("") == "open, hours mairie, as accueil, until 2027-05-03 12:00, opens -");
    CHECK(state("12:00") == "closed, hours mairie, as accueil, until 2027-05-04 08:30, opens 2027-05-04 08:30");
    CHECK(state("2027-07-14 10:00") ==
          "closed, holiday Fête nationale, as accueil, until 2027-07-15 08:30, opens 2027-07-15 08:30");

    const auto change = [&desk](const json& more) {
        json request{{"command", "hours-change"}, {"department", "etat-civil"}};
        request.update(more);
        return desk.ask(request)["hours"][0]["why"];
    };
    CHECK(change({{"state", "closed"}, {"until", "14:00"}}) == "by hand");
    CHECK(state("") == "closed, by hand, until 2027-05-03 14:00, opens 2027-05-04 08:30");
    CHECK(state("14:00") == "closed, hours mairie, as accueil, until 2027-05-04 08:30, opens 2027-05-04 08:30");
    CHECK(change({{"state", "closed"}, {"until", "08:00"}}) == "by hand");  // tomorrow's
    CHECK(state("") == "closed, by hand, until 2027-05-04 08:00, opens 2027-05-04 08:30");
    CHECK(change({{"state", "closed"}}) == "by hand");
    CHECK(state("") == "closed, by hand, until -, opens -");
    CHECK(change({{"state", "open"}}) == "by hand");
    CHECK(state("2027-12-25 03:00") == "open, by hand, until -, opens -");
    CHECK(change({{"state", "planned"}}) == "hours mairie, as accueil");
}

TEST_CASE("the state of a department is said in words, for a page of the town", "[app][hours]") {
    Desk desk;
    const auto said = [&desk](const std::string& at) {
        const auto each = desk.ask({{"command", "hours"}, {"department", "etat-civil"}, {"at", at}})["hours"][0];
        return each["in_french"].get<std::string>() + " | " + each["in_english"].get<std::string>();
    };
    CHECK(said("") == "ouvert jusqu'à midi | open until noon");
    CHECK(said("12:00") == "fermé jusqu'à demain 8 h 30 | closed until tomorrow 8:30 a.m.");
    CHECK(said("2027-07-14 10:00") ==
          "fermé jusqu'à demain 8 h 30 (Fête nationale) | closed until tomorrow 8:30 a.m. (National Day)");
    const auto change = [&desk](const json& more) {
        json request{{"command", "hours-change"}, {"department", "etat-civil"}};
        request.update(more);
        static_cast<void>(desk.ask(request));
    };
    change({{"state", "closed"}, {"until", "14:00"}});
    CHECK(said("") ==
          "fermé jusqu'à demain 8 h 30 (fermeture exceptionnelle) | closed until tomorrow 8:30 a.m. (exceptional "
          "closure)");
    change({{"state", "open"}});
    CHECK(said("") == "ouvert (ouverture exceptionnelle) | open (exceptional opening)");
}

TEST_CASE("an administrator sees who is on call, and who is next", "[app][on-call]") {
    Desk desk;
    const auto now = desk.ask({{"command", "oncall"}})["rotas"];
    REQUIRE(now.size() == 1);
    CHECK(now[0]["target"] == "0612345678");
    CHECK(now[0]["since"] == "2027-05-02 12:00");
    CHECK(now[0]["until"] == "2027-05-03 12:00");
    CHECK(now[0]["next"] == "2101");
    CHECK(now[0]["escalation"] == json{"2102"});
    const auto later = desk.ask({{"command", "oncall"}, {"rota", "technique"}, {"at", "12:00"}})["rotas"][0];
    CHECK(later["target"] == "2101");
    CHECK(desk.ask({{"command", "oncall"}, {"at", "2027-04-30 12:00"}})["rotas"][0]["target"] == "");
}
