// SPDX-License-Identifier: AGPL-3.0-or-later
//
// The commands as functions, against a daemon of the test's own or a real database. The program is for system tests.

#include "app/command_line.hpp"

#include "admin/control_server.hpp"
#include "app/daemon_schema.hpp"
#include "app/plan_commands.hpp"
#include "support/captured_output.hpp"
#include "support/plans.hpp"
#include "support/temporary_folder.hpp"

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include <map>
#include <mutex>
#include <optional>
#include <string>

using namespace beffroi;
using namespace beffroi::app;
using Catch::Matchers::Contains;
using Catch::Matchers::StartsWith;
using nlohmann::json;
using test::CapturedOutput;
using test::TemporaryFolder;

namespace {

struct Printed {
    int code = -1;
    std::string out;
    std::string err;
};

// A town whose daemons give the answers that the test wants.
class Office {
public:
    void startDaemons() {
        exchange_.emplace(folder.path("control.sock"), handler(""));
        bridge_.emplace(folder.path("bridge.sock"), handler("bridge "));
    }
    void answer(const std::string& command, const json& with) {
        const std::lock_guard lock{mutex_};
        answers_[command] = with;
    }
    json lastRequest() {
        const std::lock_guard lock{mutex_};
        return lastRequest_;
    }
    Printed run(int (*command)(const config::Settings&, const CommandOptions&), const CommandOptions& options = {}) {
        const CapturedOutput out{stdout};
        const CapturedOutput err{stderr};
        Printed printed;
        printed.code = command(settings_, options);
        printed.out = out.text();
        printed.err = err.text();
        return printed;
    }

    TemporaryFolder folder;

private:
    admin::ControlServer::Handler handler(const std::string& name) {
        return [this, name](const json& request, const auto& respond) {
            const std::lock_guard lock{mutex_};
            lastRequest_ = request;
            respond(answers_.at(name + request.at("command").get<std::string>()));
        };
    }

    config::Settings settings_ = config::parse(
        "[admin]\nsocket = '" + folder.path("control.sock") + "'\nbridge-socket = '" + folder.path("bridge.sock") +
            "'\n[directory]\ncountries = '" BEFFROI_SOURCE_DIR "/config/countries'\n[store]\npath = '" +
            folder.path("town.db") + "'\n[sip]\ndomains = ['mairie.test']\n",
        "beffroi.toml", daemonSchema());
    std::mutex mutex_;
    std::map<std::string, json> answers_;  // by command; the bridge's begin with its name
    json lastRequest_;
    std::optional<admin::ControlServer> exchange_;
    std::optional<admin::ControlServer> bridge_;
};

const json kStatus = json::parse(R"({"version": "0.1.0", "uptime_seconds": 3725, "listening": ["udp:192.0.2.1:5060",
    "tcp:192.0.2.1:5060"], "plan": {"revision": 3, "extensions": 77, "devices": 75}, "registrations": 60, "calls": 2,
    "guard": {"bans": 3, "known_flows": 58, "turned_away": 7, "dropped_over_limit": 100, "dropped_banned": 20,
    "dropped_scanners": 3}, "store": {"writable": true, "problem": ""}})");
const json kBridgeStatus =
    json::parse(R"({"rooms": 3, "calls": 14, "media_threads": [{"load_percent": 1.5}, {"load_percent": 6.6}]})");

}  // namespace

TEST_CASE("the status is told in words", "[app]") {
    Office office;
    office.startDaemons();
    office.answer("status", kStatus);
    office.answer("bridge status", kBridgeStatus);
    const auto printed = office.run(showStatus);
    CHECK(printed.code == 0);
    CHECK(printed.out ==
          "beffroid 0.1.0, up for 1 h 02 min\n"
          "listening:     udp:192.0.2.1:5060 tcp:192.0.2.1:5060\n"
          "plan:          revision 3, 77 extensions, 75 devices\n"
          "registrations: 60\n"
          "calls:         2\n"
          "self-defence:  3 bans, 58 known flows, 7 messages turned away, 123 dropped\n"
          "database:      writable\n"
          "bridge:        3 rooms, 14 calls, busiest media thread at 7 %\n");
    auto full = kStatus;
    full["store"] = {{"writable", false}, {"problem", "there is no space left"}};
    office.answer("status", full);
    office.answer("bridge status", {{"error", "it is too busy"}});
    CHECK_THAT(office.run(showStatus).out, Contains("database:      CANNOT BE WRITTEN: there is no space left\n"
                                                    "bridge:        DOES NOT ANSWER: it is too busy\n"));
    CommandOptions options;
    options.json = true;
    full["bridge"] = {{"problem", "it is too busy"}};
    CHECK(json::parse(office.run(showStatus, options).out) == full);
}

TEST_CASE("registrations and calls are tables", "[app]") {
    Office office;
    office.startDaemons();
    office.answer("registrations", {{"registrations",
                                     {{{"extension", "2100"},
                                       {"account", "2100-a"},
                                       {"contact", "sip:2100@192.0.2.10"},
                                       {"transport", "udp"},
                                       {"remote", "192.0.2.10:5060"},
                                       {"expires_in", 3000},
                                       {"user_agent", "Téléphone\x1b[2J"}}}}});
    CHECK(office.run(showRegistrations).out ==
          "EXTENSION  ACCOUNT  CONTACT              FROM                 EXPIRES IN   TELEPHONE\n"
          "2100       2100-a   sip:2100@192.0.2.10  udp 192.0.2.10:5060  50 min 00 s  Téléphone?[2J\n");
    const json call{{"start_ms", nullptr}, {"caller", "2101"}, {"dialled", "2100"},
                    {"answered_by", ""},   {"status", 486},    {"cause", "refused"}};
    office.answer("calls", {{"calls", json::array()}, {"recent", {call}}});
    CommandOptions options;
    options.recentCalls = 5;
    CHECK(office.run(showCalls, options).out ==
          "STARTED  CALLER  DIALLED  ANSWERED BY  STATUS  CAUSE\n"
          "-        2101    2100     -            486     refused\n");
    auto request = office.lastRequest();
    request.erase("who");  // the kernel's word
    CHECK(request == json{{"command", "calls"}, {"recent", 5}});
}

TEST_CASE("bans are a table, and are added and removed", "[app][guard]") {
    Office office;
    office.startDaemons();
    CommandOptions options;
    options.address = "203.0.113.0/24";
    SECTION("list") {
        const json own{{"address", "203.0.113.66"}, {"account", "2101"},          {"since_ms", nullptr}, {"by", ""},
                       {"seconds_left", 200},       {"reason", "wrong passwords"}};
        const json forever{{"address", "203.0.113.0/24"}, {"account", ""},      {"since_ms", nullptr}, {"by", "root"},
                           {"seconds_left", nullptr},     {"reason", "scanner"}};
        office.answer("bans", {{"bans", {own, forever}}});
        CHECK(office.run(listBans).out ==
              "ADDRESS         ACCOUNT  SINCE  ENDS IN     BY        REASON\n"
              "203.0.113.66    2101     -      3 min 20 s  beffroid  wrong passwords\n"
              "203.0.113.0/24  all      -      never       root      scanner\n");
    }
    SECTION("add, for a time") {
        office.answer("ban", {{"ban", {{"address", "203.0.113.0/24"}, {"seconds_left", 7200}}}});
        options.banFor = "2h";
        options.reason = "scanner";
        CHECK(office.run(addBan, options).out == "203.0.113.0/24 is banned for 2 h 00 min.\n");
        const auto request = office.lastRequest();
        CHECK(request.at("address") == "203.0.113.0/24");
        CHECK(request.at("seconds") == 7200);
        CHECK(request.at("reason") == "scanner");
    }
    SECTION("add, for good") {
        office.answer("ban", {{"ban", {{"address", "203.0.113.0/24"}, {"seconds_left", nullptr}}}});
        CHECK(office.run(addBan, options).out == "203.0.113.0/24 is banned until it is removed.\n");
        CHECK(office.lastRequest().at("seconds") == 0);
    }
    SECTION("a time that is none is not sent") {
        for (const auto* time : {"x", "0s", "-1h", "10"}) {
            options.banFor = time;
            CHECK_THROWS_WITH(office.run(addBan, options), Contains("is no time"));
        }
    }
    SECTION("what beffroid refuses is told") {
        office.answer("ban", {{"error", "is within guard.trusted-networks"}});
        CHECK_THROWS_WITH(office.run(addBan, options), Contains("trusted-networks"));
    }
    SECTION("remove") {
        office.answer("unban", {{"removed", 2}});
        CHECK(office.run(removeBan, options).out == "2 bans of 203.0.113.0/24 removed.\n");
        CHECK(office.run(removeBan, options).code == 0);
        office.answer("unban", {{"removed", 0}});
        CHECK(office.run(removeBan, options).code == 1);
    }
}

TEST_CASE("members of rooms are a table", "[app]") {
    Office office;
    office.startDaemons();
    const json member{
        {"caller", "2101"}, {"codec", "G722"}, {"since_seconds", 61}, {"on_hold", true}, {"digits", "42"}};
    office.answer("bridge rooms", {{"rooms", {{{"extension", "8000"}, {"members", {member}}}}}});
    CHECK(office.run(showRooms).out ==
          "ROOM  CALLER  CODEC  SINCE       ON HOLD  KEYS\n"
          "8000  2101    G722   1 min 01 s  yes      42\n");
}

TEST_CASE("a command says which daemon does not answer, or what it complained about", "[app]") {
    Office office;
    CHECK_THROWS_WITH(office.run(showStatus),
                      StartsWith("beffroid does not answer on " + office.folder.path("control.sock") + ": "));
    CHECK_THROWS_WITH(office.run(showRooms), StartsWith("beffroi-bridge does not answer on "));
    office.startDaemons();
    office.answer("status", {{"error", "the daemon is too busy to answer"}});
    CHECK_THROWS_WITH(office.run(showStatus), Catch::Matchers::Equals("the daemon is too busy to answer"));
}

TEST_CASE("a plan is applied to the database while no daemon runs", "[app][plan]") {
    Office office;
    CommandOptions options;
    options.offline = true;
    options.planFile = office.folder.write("plan.toml", test::kVillage);
    options.dryRun = true;
    const auto dry = office.run(applyPlan, options);
    CHECK(dry.code == 0);
    CHECK_THAT(dry.out, Contains("+ device 2100-comptoir extension=\"2100\" site=\"mairie\" "
                                 "certificate=\"comptoir.mairie.test\"\nNothing was changed (dry run).\n"));

    options.dryRun = false;
    CHECK_THAT(office.run(applyPlan, options).out, Contains("\nApplied as revision 1.\n"));
    CHECK(office.run(applyPlan, options).out == "The plan is in force already.\n");
    const auto exported = office.run(exportPlan, options);
    CHECK(directory::difference(test::planOf(exported.out), test::planOf(test::kVillage)).empty());

    const auto village = std::string{test::kVillage};
    options.planFile = office.folder.write("plan.toml", village + "[[device]]\naccount = 'new'\nextension = '2100'\n");
    const auto refused = office.run(applyPlan, options);
    CHECK(refused.code == 1);
    CHECK(refused.out.empty());
    CHECK_THAT(refused.err, StartsWith(options.planFile + ":47:11: device \"new\" has no password"));

    options.generatePasswords = true;
    CHECK_THAT(office.run(applyPlan, options).out,
               Contains("\nPasswords that were made now and are not kept anywhere else:\n"
                        "ACCOUNT  EXTENSION  PASSWORD\nnew      2100       ") &&
                   Contains("\nApplied as revision 2.\n"));

    options.planFile = office.folder.write("plan.toml", "[town]\nrealm = 'other.test'\n");
    CHECK_THAT(office.run(applyPlan, options).err, Contains("the server's is \"mairie.test\" (sip.realm)"));
    options.planFile = office.folder.path("absent.toml");
    CHECK_THROWS_WITH(office.run(applyPlan, options), Contains("absent.toml: cannot be read"));
}

TEST_CASE("a plan with a mistake is refused before a daemon is asked, whatever its octets", "[app][plan]") {
    Office office;
    office.startDaemons();
    office.answer(
        "plan-apply",
        json::parse(
            R"({"mistakes": [], "difference": ["+ site a"], "passwords": [], "revision": 4, "applied": true})"));
    CommandOptions options;
    options.planFile = office.folder.write("plan.toml", "[town]\nrealm = 'r'\n[[site]]\nid = 'a'\nname = 'H\xf4tel'\n");
    const auto refused = office.run(applyPlan, options);
    CHECK(refused.code == 1);
    CHECK_THAT(refused.err, StartsWith(options.planFile + ":5:"));
    CHECK(office.lastRequest().is_null());

    options.planFile = office.folder.write("plan.toml", "[town]\nrealm = 'r'\n");
    options.dryRun = true;
    CHECK(office.run(applyPlan, options).code == 0);
    CHECK(office.lastRequest()["text"] == "[town]\nrealm = 'r'\n");
    CHECK(office.lastRequest()["file"] == options.planFile);
    CHECK(office.lastRequest()["dry_run"] == true);
    CHECK(office.lastRequest()["generate_passwords"] == false);
    CHECK_FALSE(office.lastRequest()["who"].get<std::string>().empty());
}

TEST_CASE("what telephones have set, opening hours and rotas are tables", "[app][lines]") {
    Office office;
    office.startDaemons();
    const json line{{"extension", "2101"},
                    {"label", "Anne Castelain"},
                    {"forward_always", ""},
                    {"forward_busy", "2105"},
                    {"forward_no_answer", "0612345678"},
                    {"forward_unreachable", ""},
                    {"no_answer_seconds", 20},
                    {"do_not_disturb", false},
                    {"call_waiting", true},
                    {"left_groups", {"2200", "2201"}},
                    {"logged_in_at", json::array()}};
    office.answer("lines", {{"lines", {line}}});
    CHECK(office.run(showLines).out ==
          "EXTENSION  NAME            FORWARDS" + std::string(51, ' ') +
              "DO NOT DISTURB  CALL WAITING  LEFT GROUPS  LOGGED IN AT\n"
              "2101       Anne Castelain  when busy: 2105, without an answer: 0612345678 after 20 s"
              "  no              yes           2200 2201    -\n");

    office.answer("hours", {{"hours",
                             {{{"department", "accueil"},
                               {"open", false},
                               {"why", "by hand"},
                               {"until", "2026-12-24 14:00"},
                               {"next_opening", "-"}}}}});
    CommandOptions options;
    options.department = "accueil";
    options.at = "2026-12-24 10:00";
    CHECK(office.run(showHours, options).out ==
          "DEPARTMENT  STATE   WHY      UNTIL             NEXT OPENING\n"
          "accueil     closed  by hand  2026-12-24 14:00  -\n");
    CHECK(office.lastRequest()["at"] == "2026-12-24 10:00");
    CHECK(office.lastRequest()["department"] == "accueil");

    office.answer("oncall", {{"rotas",
                              {{{"rota", "technique"},
                                {"target", ""},
                                {"since", "-"},
                                {"until", "2026-11-27 12:00"},
                                {"next", "2101"},
                                {"escalation", {"2102"}}}}}});
    CHECK(office.run(showOnCall).out ==
          "ROTA       ON CALL  SINCE  UNTIL             THEN  ESCALATION\n"
          "technique  NOBODY   -      2026-11-27 12:00  2101  2102\n");
    options.json = true;
    CHECK(json::parse(office.run(showOnCall, options).out)["rotas"][0]["until"] == "2026-11-27 12:00");
}

TEST_CASE("what an administrator sets is asked of the exchange, and said", "[app][lines]") {
    Office office;
    office.startDaemons();
    const auto asked = [&office] {
        auto request = office.lastRequest();
        CHECK(request.erase("who") == 1);  // the control socket knows who asks
        return request;
    };
    CommandOptions options;
    options.extension = "2101";
    CHECK_THROWS_WITH(office.run(changeLine, options), StartsWith("nothing is to be changed"));
    options.lineChange = {{"forward_always", "none"}, {"do_not_disturb", "on"}};
    office.answer("line-change", {{"error", "there is no extension 2101"}});
    CHECK_THROWS_WITH(office.run(changeLine, options), "there is no extension 2101");
    CHECK(asked() ==
          json{{"command", "line-change"}, {"extension", "2101"}, {"forward_always", ""}, {"do_not_disturb", true}});
    options.lineChange["call_waiting"] = "maybe";
    CHECK_THROWS_WITH(office.run(changeLine, options), "--call-waiting is \"on\" or \"off\", not \"maybe\"");

    office.answer("line-clear", json::object());
    CHECK(office.run(clearLine, options).out == "Nothing is set for 2101 any more.\n");
    office.answer("line-log-out", json::object());
    options.account = "2190-guichet";
    CHECK(office.run(logOutLine, options).out == "Nobody is logged in at 2190-guichet any more.\n");

    office.answer("hours-change", {{"hours", json::array()}});
    options.department = "accueil";
    options.until = "14:00";
    options.announcement = "greve";
    for (const auto& [command, state] : std::map<std::string, int (*)(const config::Settings&, const CommandOptions&)>{
             {"open", openHours}, {"closed", closeHours}, {"planned", resetHours}}) {
        CHECK(office.run(state, options).code == 0);
        CHECK(asked() == json{{"command", "hours-change"},
                              {"department", "accueil"},
                              {"state", command},
                              {"until", "14:00"},
                              {"announcement", "greve"}});
    }
}

TEST_CASE("the plan in force is changed entry by entry, and every change is audited", "[app][plan]") {
    Office office;
    CommandOptions options;
    options.offline = true;
    options.planFile = office.folder.write("plan.toml", test::kVillage);
    REQUIRE(office.run(applyPlan, options).code == 0);

    options.planTable = "extension";
    options.planValues = {"2100", "label=Accueil", "forward-busy=announcement:busy"};
    CHECK(office.run(setInPlan, options).out ==
          "~ extension 2100: label \"\" → \"Accueil\", forward-busy \"\" → \"announcement:busy\"\n\n"
          "Applied as revision 2.\n");
    options.planValues = {"2100", "label"};
    CHECK_THROWS_WITH(office.run(setInPlan, options), Contains("\"label\" is no name=value"));
    options.planValues = {"2100", "forward-busy=2107"};
    const auto refused = office.run(setInPlan, options);
    CHECK(refused.code == 1);
    CHECK_THAT(refused.err, StartsWith("extension 2100, forward-busy: \"2107\" is neither an extension"));

    options.planTable = "device";
    options.planValues = {"2100-bureau"};
    CHECK_THAT(office.run(removeFromPlan, options).out, StartsWith("- device 2100-bureau extension=\"2100\"\n"));
    options.planFile = office.folder.write("t.csv", "extension.number;device.account\n2130;2130\n");
    options.generatePasswords = true;
    CHECK_THAT(office.run(importPlan, options).out,
               StartsWith("+ extension 2130\n+ device 2130 extension=\"2130\"\n") && Contains("2130     2130       "));

    options.planFile = office.folder.path("plan.toml");
    const auto diff = office.run(diffPlan, options);
    CHECK_THAT(diff.out, Contains("+ device 2100-bureau extension=\"2100\"\n") && Contains("- extension 2130\n"));
    options.otherFile = options.planFile;
    CHECK(office.run(diffPlan, options).out == "There is no difference.\n");

    options.recentChanges = 2;
    const auto audit = office.run(auditPlan, options).out;
    CHECK_THAT(audit, StartsWith("revision 4, ") && Contains("\n    + extension 2130\n") &&
                          Contains("\nrevision 3, ") && Contains("    - device 2100-bureau"));
    CHECK_THAT(audit, !Contains("revision 2"));
}

TEST_CASE("PINs of a file are hashed by the command, not by the exchange", "[app][plan]") {
    Office office;
    office.startDaemons();
    office.answer("plan-export", {{"plan", directory::writePlan(test::planOf(test::kVillage))}});
    office.answer("plan-apply", json::parse(R"({"mistakes": [], "warnings": ["plan.toml:1:1: warning: odd"],
                                                "difference": [], "passwords": [], "revision": 1, "applied": false})"));
    std::string text{test::kVillage};
    text.insert(text.find("name = \"Hélène"), "pin = '4821'\n");
    CommandOptions options;
    options.planFile = office.folder.write("plan.toml", text);
    const auto printed = office.run(applyPlan, options);
    CHECK(printed.code == 0);
    CHECK(printed.err == "plan.toml:1:1: warning: odd\n");
    CHECK_THAT(office.lastRequest()["pins"]["helene"].get<std::string>(), StartsWith("$argon2id$"));
}
