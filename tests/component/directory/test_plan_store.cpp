// SPDX-License-Identifier: AGPL-3.0-or-later

#include "directory/plan_store.hpp"

#include "base/hash.hpp"
#include "directory/database.hpp"
#include "directory/session.hpp"
#include "support/fake_clock.hpp"
#include "support/plans.hpp"
#include "support/temporary_folder.hpp"

#include <catch2/catch.hpp>

#include <stdexcept>
#include <string>
#include <vector>

using namespace beffroi;
using namespace beffroi::directory;
using test::FakeClock;
using test::kEverything;
using test::kVillage;
using test::planOf;
using test::TemporaryFolder;
using Strings = std::vector<std::string>;

namespace {

const std::string kTwoPhones =
    "[town]\nrealm = 'mairie.test'\n[[extension]]\nnumber = '21'\n[[device]]\naccount = 'a'\nextension = '21'\n"
    "[[device]]\naccount = 'b'\nextension = '21'\nmd5 = false\n";

ApplyRequest requestFor(std::string_view text) {
    ApplyRequest request;
    request.text = text;
    request.file = "p";
    request.who = "helene";
    return request;
}

// A database with the plan that stands in force.
class Registry {
public:
    ApplyOutcome apply(const ApplyRequest& request) {
        ApplyOutcome outcome;
        session().transaction([&] {
            outcome = applyPlan(session(), request, clock.wallNow(),
                                [this] { return "random-secret-" + std::to_string(++passwords_); });
        });
        return outcome;
    }
    ApplyOutcome apply(std::string_view text) { return apply(requestFor(text)); }
    Session& session() { return database_.session(); }
    Plan inForce() { return loadPlan(session()); }
    long long count(const std::string& table) {
        long long rows = 0;
        session().sql() << "SELECT COUNT(*) FROM " + table, soci::into(rows);
        return rows;
    }

    TemporaryFolder folder;
    FakeClock clock;

private:
    int passwords_ = 0;
    Database database_{folder.path("town.db")};
};

}  // namespace

TEST_CASE("a plan that was applied is loaded as it was, and was audited", "[directory][plan]") {
    Registry town;
    const auto outcome = town.apply(kVillage);
    CHECK(outcome.applied);
    CHECK(outcome.revision == 1);
    CHECK(outcome.mistakes.empty());
    CHECK(outcome.difference == difference({}, planOf(kVillage)));
    CHECK(difference(town.inForce(), planOf(kVillage)).empty());
    CHECK(planRevision(town.session()) == 1);

    town.clock.advance(1h);
    auto changed = planOf(kVillage);
    changed.people.at("helene").name = "Hélène O'Castelain";
    changed.devices.erase("2100-bureau");
    CHECK(town.apply(writePlan(changed)).revision == 2);
    CHECK(difference(town.inForce(), changed).empty());

    Strings audit;
    std::string who;
    std::string summary;
    long long revision = 0;
    long long at = 0;
    soci::statement query =
        (town.session().sql().prepare << "SELECT revision, made_at, who, summary FROM plan_audit ORDER BY revision",
         soci::into(revision), soci::into(at), soci::into(who), soci::into(summary));
    query.execute();
    REQUIRE(query.fetch());
    CHECK(revision == 1);
    REQUIRE(query.fetch());
    CHECK(revision == 2);
    CHECK(who == "helene");
    CHECK(std::chrono::milliseconds{at} ==
          std::chrono::duration_cast<std::chrono::milliseconds>(town.clock.wallNow().time_since_epoch()));
    CHECK(summary ==
          "~ person helene: name \"Hélène Castelain\" → \"Hélène O'Castelain\"\n"
          "- device 2100-bureau extension=\"2100\"\n");
    CHECK_FALSE(query.fetch());
}

TEST_CASE("whatever a plan can say is in the database, in columns that are named like its keys", "[directory][plan]") {
    Registry town;
    REQUIRE(town.apply(kEverything).applied);
    CHECK(difference(town.inForce(), planOf(kEverything)).empty());
    CHECK(writePlan(town.inForce()) == writePlan(planOf(kEverything)));

    const auto ask = [&town](const std::string& query) {
        std::string value;
        town.session().sql() << query, soci::into(value);
        return value;
    };
    CHECK(ask("SELECT forward_no_answer FROM people WHERE id = 'helene'") == "on-call:technique");
    CHECK(ask("SELECT group_concat(value, '+') FROM extensions, json_each(members) WHERE number = '2199'") ==
          "2101+2102");
    CHECK(ask("SELECT ring_time FROM extensions WHERE number = '2199'") == "60");
    CHECK(ask("SELECT hot_desk FROM devices WHERE account = '2100'") == "1");

    SECTION("an entry that is changed is one row that is written") {
        auto plan = town.inForce();
        plan.extensions.at("2199").members = {"2102", "2101"};
        const auto before = ask("SELECT total_changes()");
        const auto outcome = town.apply(writePlan(plan));
        CHECK(outcome.difference == Strings{"~ extension 2199: members \"2101, 2102\" → \"2102, 2101\""});
        // the row, the revision, the audit
        CHECK(std::stoi(ask("SELECT total_changes()")) - std::stoi(before) == 3);
        CHECK(town.inForce().extensions.at("2199").members == Strings{"2102", "2101"});
    }
    SECTION("a row that no plan can have is told") {
        const auto broken = GENERATE(as<std::string>{}, "UPDATE extensions SET kind = 'fax' WHERE number = '2100'",
                                     "UPDATE extensions SET members = '[\"2101' WHERE number = '2199'",
                                     "UPDATE hours SET weekly = 'mon'");
        town.session().sql() << broken;
        try {
            static_cast<void>(town.inForce());
            FAIL("it was read");
        } catch (const DatabaseError& error) {
            CHECK(error.fault() == Fault::Corrupt);
        }
    }
    SECTION("and all of it can go") {
        REQUIRE(town.apply("[town]\nrealm = 'mairie.test'").applied);
        CHECK(writePlan(town.inForce()) == writePlan(planOf("[town]\nrealm = 'mairie.test'")));
    }
}

TEST_CASE("a plan of the tables before it is read as it was", "[directory][plan]") {
    const TemporaryFolder folder;
    const auto path = folder.path("town.db");
    {
        Database old{path, schemaSteps().first(4)};
        for (const char* row :
             {"INSERT INTO meta VALUES ('town', 'Beffroi'), ('realm', 'mairie.test'), ('revision', '7')",
              "INSERT INTO sites VALUES ('mairie', 'Mairie')", "INSERT INTO departments VALUES ('dgs', 'DGS', '')",
              "INSERT INTO people VALUES ('helene', 'Hélène', 'dgs')",
              "INSERT INTO extensions VALUES ('2100', 'phone', '', 'helene', '', 0), ('80', 'room', 'R', '', '', 9)",
              "INSERT INTO devices VALUES ('a', '2100', 'mairie', '', '', 'a.test')"}) {
            old.session().sql() << row;
        }
    }
    Database database{path};
    CHECK(planRevision(database.session()) == 7);
    CHECK(writePlan(loadPlan(database.session())) ==
          writePlan(planOf("[town]\nname = 'Beffroi'\nrealm = 'mairie.test'\n[[site]]\nid = 'mairie'\nname = 'Mairie'\n"
                           "[[department]]\nid = 'dgs'\nname = 'DGS'\n[[person]]\nid = 'helene'\nname = 'Hélène'\n"
                           "department = 'dgs'\n[[extension]]\nnumber = '2100'\nperson = 'helene'\n[[extension]]\n"
                           "number = '80'\nkind = 'room'\nlabel = 'R'\nmaximum-members = 9\n[[device]]\naccount = 'a'\n"
                           "extension = '2100'\nsite = 'mairie'\ncertificate = 'a.test'\n")));
}

TEST_CASE("a plan that is in force already changes nothing and is not audited", "[directory][plan]") {
    Registry town;
    REQUIRE(town.apply(kVillage).applied);
    const auto again = town.apply(writePlan(town.inForce()));
    CHECK_FALSE(again.applied);
    CHECK(again.difference.empty());
    CHECK(again.revision == 1);
    CHECK(town.count("plan_audit") == 1);
}

TEST_CASE("a plan with a mistake changes nothing", "[directory][plan]") {
    Registry town;
    REQUIRE(town.apply(kVillage).applied);
    const auto before = writePlan(town.inForce());
    auto request = requestFor("");
    request.file = "new.toml";
    Strings mistakes;
    SECTION("in the file") {
        request.text = "[town]\nrealm = 'mairie.test'\n[[extension]]\nnumber = '15'\n[[extension]]\nnumber = '1'\n";
        mistakes = {"new.toml:4:10: 15 is an emergency number and can be nobody's extension",
                    "new.toml:6:10: \"1\" is no extension: 2 to 15 digits are expected"};
    }
    SECTION("for another realm than the server's") {
        request.text = kTwoPhones;
        request.realm = "other.test";
        mistakes = {"new.toml:2:9: the plan is for realm \"mairie.test\", the server's is \"other.test\" (sip.realm)"};
    }
    SECTION("with devices that have no password") {
        request.text = kTwoPhones;
        request.realm = "mairie.test";
        const std::string ends = " has no password: write one, or apply with --generate-passwords";
        mistakes = {"new.toml:6:11: device \"a\"" + ends, "new.toml:9:11: device \"b\"" + ends};
    }
    const auto outcome = town.apply(request);
    CHECK(outcome.mistakes == mistakes);
    CHECK_FALSE(outcome.applied);
    CHECK(outcome.revision == 1);
    CHECK(writePlan(town.inForce()) == before);
    CHECK(town.count("plan_audit") == 1);
}

TEST_CASE("a dry run tells the difference and changes nothing", "[directory][plan]") {
    Registry town;
    REQUIRE(town.apply(kVillage).applied);
    const auto before = writePlan(town.inForce());
    auto request = requestFor(kTwoPhones);
    request.dryRun = true;
    request.generatePasswords = true;
    const auto outcome = town.apply(request);
    CHECK(outcome.mistakes.empty());
    CHECK_FALSE(outcome.difference.empty());
    CHECK(outcome.passwords.empty());  // none would open anything
    CHECK_FALSE(outcome.applied);
    CHECK(writePlan(town.inForce()) == before);
    CHECK(planRevision(town.session()) == 1);
}

TEST_CASE("generated passwords are told once and kept as digests only", "[directory][plan]") {
    Registry town;
    auto request = requestFor(kTwoPhones);
    request.generatePasswords = true;
    const auto outcome = town.apply(request);
    REQUIRE(outcome.passwords.size() == 2);
    CHECK(outcome.passwords[0].password == "random-secret-1");
    const auto plan = town.inForce();
    CHECK(plan.devices.at("a").ha1Sha256 ==
          base::hashHex(base::HashAlgorithm::Sha256, "a:mairie.test:random-secret-1"));
    CHECK(plan.devices.at("a").ha1Md5 == base::hashHex(base::HashAlgorithm::Md5, "a:mairie.test:random-secret-1"));
    CHECK(plan.devices.at("b").ha1Sha256 ==
          base::hashHex(base::HashAlgorithm::Sha256, "b:mairie.test:random-secret-2"));
    CHECK(plan.devices.at("b").ha1Md5.empty());
    CHECK(town.apply(request).passwords.empty());  // they have some now
}

TEST_CASE("no password reaches the disk", "[directory][plan]") {
    const TemporaryFolder folder;
    const auto path = folder.path("town.db");
    {
        Database database{path};
        database.session().transaction([&database] {
            const auto outcome = applyPlan(database.session(), requestFor(kVillage), {}, {});
            REQUIRE(outcome.applied);
        });
        CHECK(test::textOf(path + "-wal").find("belfry-bell") == std::string::npos);
    }
    const auto written = test::textOf(path);
    CHECK(written.find("2100-comptoir") != std::string::npos);
    CHECK(written.find("belfry-bell") == std::string::npos);
}

TEST_CASE("registrations of devices that left the plan, or moved, are forgotten", "[directory][plan]") {
    Registry town;
    REQUIRE(town.apply(kVillage).applied);
    for (const std::string account : {"2100-comptoir", "2100-bureau"}) {
        town.session().sql() << "INSERT INTO bindings (extension, domain, contact, parameters, instance, path, call_id,"
                                " cseq, q, account, user_agent, transport, local, remote, expires_at)"
                                " VALUES ('2100', '', '', '', '', '', '', 1, 1000, :account, '', 0, '', '', 0)",
            soci::use(account);
    }
    auto changed = planOf(kVillage);
    changed.extensions["2101"].number = "2101";
    changed.devices.at("2100-bureau").extension = "2101";
    REQUIRE(town.apply(writePlan(changed)).applied);
    std::string left;
    town.session().sql() << "SELECT account FROM bindings", soci::into(left);
    CHECK(town.count("bindings") == 1);
    CHECK(left == "2100-comptoir");
}

TEST_CASE("a transaction that fails after a plan was replaced leaves the plan before", "[directory][plan]") {
    Registry town;
    REQUIRE(town.apply(kVillage).applied);
    const auto before = writePlan(town.inForce());
    CHECK_THROWS_AS(town.session().transaction([&town] {
        const auto outcome = applyPlan(town.session(), requestFor("[town]\nrealm = 'mairie.test'"), {}, {});
        REQUIRE(outcome.applied);
        throw std::runtime_error{"power cut"};
    }),
                    std::runtime_error);
    CHECK(writePlan(town.inForce()) == before);
    CHECK(planRevision(town.session()) == 1);
}
