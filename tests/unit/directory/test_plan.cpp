// SPDX-License-Identifier: AGPL-3.0-or-later

#include "directory/plan.hpp"

#include "base/hash.hpp"
#include "directory/plan_reader.hpp"
#include "directory/plan_secrets.hpp"
#include "directory/published_directory.hpp"
#include "support/plans.hpp"

#include <catch2/catch.hpp>

#include <algorithm>
#include <memory>
#include <string>
#include <vector>

using namespace beffroi;
using namespace beffroi::directory;
using Catch::Matchers::Contains;
using test::kVillage;
using test::planOf;
using Strings = std::vector<std::string>;

TEST_CASE("equal plans have no difference", "[directory][plan]") {
    CHECK(difference(planOf(kVillage), planOf(kVillage)).empty());
    CHECK(difference({}, {}).empty());
}

TEST_CASE("a difference says in words what is added, changed and removed", "[directory][plan]") {
    const auto before = planOf(kVillage);
    auto after = before;
    after.town.name = "Beffroi";
    after.sites["annexe"].name = "L'\"annexe\"";
    after.departments["accueil"].parent = "";
    after.people.erase("helene");
    after.extensions["2100"].person = "";
    after.extensions["2100"].label = "Comptoir";
    after.extensions["8000"].maximumMembers = 0;
    after.extensions.erase("8099");
    after.devices["2100-bureau"].site = "annexe";
    after.devices["2100-bureau"].ha1Sha256 = std::string(64, 'f');
    after.devices["2100-comptoir"].ha1Md5.clear();
    after.devices["2100-neuf"].extension = "2100";
    after.devices["2100-neuf"].ha1Sha256 = std::string(64, 'e');
    CHECK(difference(before, after) == Strings{
                                           "~ town: name \"Beffroi-sur-Test\" → \"Beffroi\"",
                                           "+ site annexe name=\"L'\\\"annexe\\\"\"",
                                           "~ department accueil: parent \"dgs\" → \"\"",
                                           "- person helene name=\"Hélène Castelain\" department=\"accueil\"",
                                           "- extension 8099 kind=\"echo-test\"",
                                           "~ extension 2100: label \"\" → \"Comptoir\", person \"helene\" → \"\"",
                                           "~ extension 8000: maximum-members \"30\" → \"\"",
                                           "~ device 2100-bureau: site \"\" → \"annexe\", password changed",
                                           "~ device 2100-comptoir: password changed",
                                           "+ device 2100-neuf extension=\"2100\"",
                                       });
}

TEST_CASE("a difference never shows a digest", "[directory][plan]") {
    const auto village = planOf(kVillage);
    for (const auto& lines : {difference({}, village), difference(village, {})}) {
        REQUIRE(lines.size() > village.devices.size());
        for (const auto& line : lines) {
            for (const auto& [account, device] : village.devices) {
                CHECK(line.find(device.ha1Sha256) == std::string::npos);
                CHECK((device.ha1Md5.empty() || line.find(device.ha1Md5) == std::string::npos));
            }
        }
    }
}

TEST_CASE("a plan that is written reads back to the same plan", "[directory][plan]") {
    auto plan = planOf(kVillage);
    plan.town.name = "L'Haÿ-les-\"Roses\" \\ # [town] 🔔";
    plan.sites["mairie"].name = "'''\"\"\" = ] }";
    plan.departments["dgs"].name = "";
    plan.people["helene"].name = "\\u0041 %s ${x} \\";
    const auto text = writePlan(plan);
    const auto again = planOf(text);
    CHECK(difference(plan, again).empty());
    CHECK(again.town.name == plan.town.name);
    CHECK(again.sites.at("mairie").name == plan.sites.at("mairie").name);
    CHECK(again.devices.at("2100-bureau").ha1Sha256 == plan.devices.at("2100-bureau").ha1Sha256);
    CHECK(again.devices.at("2100-bureau").ha1Md5.empty());
    CHECK(writePlan(again) == text);
    CHECK_THAT(text, !Contains("belfry-bell"));
    CHECK(planOf(writePlan(planOf("[town]\nrealm = 'r'"))).realm == "r");
}

TEST_CASE("an exported plan is read whatever is wrong with it", "[directory][plan]") {
    auto plan = planOf(kVillage);
    plan.people.at("helene").pin = "$argon2id$v=19$m=16384,t=2,p=1$c2FsdA$aGFzaA";
    plan.extensions.at("2100").department = "nowhere";
    const auto text = writePlan(plan);
    CHECK(std::holds_alternative<std::vector<PlanMistake>>(readPlan(text, "p")));
    CHECK(difference(plan, readExport(text)).empty());
    CHECK(readExport(writePlan({})).people.empty());  // a town without a realm
    CHECK(difference(readExport(writePlan(planOf(kVillage))), planOf(kVillage)).empty());
}

TEST_CASE("a device without a password keeps the digests that the database has", "[directory][plan]") {
    const auto current = planOf(kVillage);
    const std::string devices =
        "[[extension]]\nnumber = '2100'\n[[device]]\naccount = '2100-comptoir'\nextension = '2100'\n"
        "[[device]]\naccount = '2100-neuf'\nextension = '2100'\n";
    SECTION("unless it has none there") {
        auto wanted = planOf("[town]\nrealm = 'mairie.test'\n" + devices);
        CHECK(completeFrom(current, wanted) == Strings{"2100-neuf"});
        CHECK(wanted.devices.at("2100-comptoir").ha1Sha256 == current.devices.at("2100-comptoir").ha1Sha256);
        CHECK(wanted.devices.at("2100-comptoir").ha1Md5 == current.devices.at("2100-comptoir").ha1Md5);
    }
    SECTION("none being needed beside a certificate, and none kept if it is to be the only proof") {
        const auto own = [](const std::string& account) {
            return "[[device]]\naccount = '" + account + "'\nextension = '2100'\ncertificate = '" + account +
                   ".test'\n";
        };
        auto wanted = planOf("[town]\nrealm = 'mairie.test'\n[[extension]]\nnumber = '2100'\n" + own("2100-neuf") +
                             own("2100-comptoir") + own("2100-bureau") + "password = false\n");
        CHECK(completeFrom(current, wanted).empty());
        CHECK(wanted.devices.at("2100-neuf").ha1Sha256.empty());
        CHECK(wanted.devices.at("2100-comptoir").ha1Sha256 == current.devices.at("2100-comptoir").ha1Sha256);
        CHECK(wanted.devices.at("2100-bureau").ha1Sha256.empty());
        CHECK(snapshotOf(wanted, 1).deviceOfCertificate("2100-neuf.test")->account == "2100-neuf");
        CHECK(snapshotOf(wanted, 1).deviceOfCertificate("2100") == nullptr);
        CHECK(difference(current, wanted).back() ==
              "+ device 2100-neuf extension=\"2100\" certificate=\"2100-neuf.test\"");
        CHECK(planOf(writePlan(wanted)).devices.at("2100-neuf").certificate == "2100-neuf.test");
    }
    SECTION("unless the realm is another one, for which they are worth nothing") {
        auto wanted = planOf("[town]\nrealm = 'other.test'\n" + devices);
        CHECK(completeFrom(current, wanted) == Strings{"2100-comptoir", "2100-neuf"});
        CHECK(wanted.devices.at("2100-comptoir").ha1Sha256.empty());
        // Nor when they stand in the plan: an exported file, or the plan in force with another realm set.
        wanted = current;
        wanted.realm = "other.test";
        setPassword(wanted.devices.at("2100-comptoir"), wanted.realm, "a-new-password-1", true);
        CHECK(completeFrom(current, wanted) == Strings{"2100-bureau"});
        CHECK(wanted.devices.at("2100-bureau").ha1Sha256.empty());
        CHECK(wanted.devices.at("2100-bureau").ha1Md5.empty());
        CHECK_FALSE(wanted.devices.at("2100-comptoir").ha1Sha256.empty());
    }
    SECTION("without MD5's if it refuses MD5 from now on") {
        auto wanted = planOf(
            "[town]\nrealm = 'mairie.test'\n[[extension]]\nnumber = '2100'\n[[device]]\n"
            "account = '2100-comptoir'\nextension = '2100'\nmd5 = false\n");
        CHECK(completeFrom(current, wanted).empty());
        CHECK(wanted.devices.at("2100-comptoir").ha1Sha256 == current.devices.at("2100-comptoir").ha1Sha256);
        CHECK(wanted.devices.at("2100-comptoir").ha1Md5.empty());
    }
}

TEST_CASE("a generated password opens its device, by the algorithms that the device may use", "[directory][plan]") {
    auto plan = planOf(
        "[town]\nrealm = 'r'\n[[extension]]\nnumber = '21'\n[[device]]\naccount = 'a'\nextension = '21'\n"
        "[[device]]\naccount = 'b'\nextension = '21'\nmd5 = false\n");
    int count = 0;
    const auto made = generatePasswords(plan, {"a", "b"}, [&count] { return "secret-" + std::to_string(++count); });
    REQUIRE(made.size() == 2);
    CHECK(made[1].account == "b");
    CHECK(made[1].extension == "21");
    CHECK(made[1].password == "secret-2");
    CHECK(plan.devices.at("a").ha1Sha256 == base::hashHex(base::HashAlgorithm::Sha256, "a:r:secret-1"));
    CHECK(plan.devices.at("a").ha1Md5 == base::hashHex(base::HashAlgorithm::Md5, "a:r:secret-1"));
    CHECK(plan.devices.at("b").ha1Sha256 == base::hashHex(base::HashAlgorithm::Sha256, "b:r:secret-2"));
    CHECK(plan.devices.at("b").ha1Md5.empty());
}

TEST_CASE("a snapshot finds extensions with their devices, devices, and names for display", "[directory][plan]") {
    const auto snapshot = snapshotOf(planOf(kVillage), 7);
    CHECK(snapshot.revision == 7);
    CHECK(snapshot.realm == "mairie.test");
    REQUIRE(snapshot.extension("2100") != nullptr);
    auto devices = snapshot.extension("2100")->devices;
    std::sort(devices.begin(), devices.end());
    CHECK(devices == Strings{"2100-bureau", "2100-comptoir"});
    CHECK(snapshot.extension("2100")->label == "Hélène Castelain");
    CHECK(snapshot.extension("8000")->label == "Réunion");
    CHECK(snapshot.extension("8000")->devices.empty());
    CHECK(snapshot.extension("2101") == nullptr);
    CHECK(snapshot.device("2100-bureau")->extension == "2100");
    CHECK(snapshot.device("2100") == nullptr);
    CHECK(snapshot.sites.at("mairie").name == "Hôtel de ville");
    CHECK(snapshot.departments.size() == 2);
    CHECK(snapshot.people.size() == 1);
}

TEST_CASE("who holds a snapshot keeps it while the next one is published", "[directory]") {
    PublishedDirectory directory{std::make_shared<const DirectorySnapshot>(snapshotOf(planOf(kVillage), 1))};
    const auto held = directory.snapshot();
    directory.publish(std::make_shared<const DirectorySnapshot>(snapshotOf({}, 2)));
    CHECK(directory.snapshot()->revision == 2);
    CHECK(directory.snapshot()->extension("2100") == nullptr);
    CHECK(held->revision == 1);
    CHECK(held->extension("2100") != nullptr);
}
