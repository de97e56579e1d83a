// SPDX-License-Identifier: AGPL-3.0-or-later

#include "base/hash.hpp"
#include "support/plans.hpp"

#include <catch2/catch.hpp>

#include <string>
#include <utility>
#include <vector>

using namespace beffroi;
using namespace beffroi::directory;
using test::kVillage;
using test::planOf;
using Strings = std::vector<std::string>;

namespace {

const std::string kTown = "[town]\nname = 'T'\nrealm = 'r.test'\n";  // what follows it begins on line 4

Strings mistakesOf(const std::string& text) {
    const auto result = readPlan(text, "p");
    Strings lines;
    if (const auto* mistakes = std::get_if<std::vector<PlanMistake>>(&result)) {
        for (const auto& mistake : *mistakes) lines.push_back(mistake.toString());
    }
    return lines;
}

struct Wrong {
    std::string text;
    Strings mistakes;
};

void checkEach(const std::string& before, const std::vector<Wrong>& cases) {
    for (const auto& [text, mistakes] : cases) {
        CAPTURE(text);
        CHECK(mistakesOf(before + text) == mistakes);
    }
}

}  // namespace

TEST_CASE("a plan file is read whole", "[directory][plan]") {
    const auto plan = planOf(kVillage);
    CHECK(plan.town.name == "Beffroi-sur-Test");
    CHECK(plan.realm == "mairie.test");
    CHECK(plan.sites.at("mairie").name == "Hôtel de ville");
    CHECK(plan.departments.at("accueil").parent == "dgs");
    CHECK(plan.people.at("helene").department == "accueil");
    CHECK(plan.extensions.at("2100").kind == ExtensionKind::Phone);
    CHECK(plan.extensions.at("2100").person == "helene");
    CHECK(plan.extensions.at("8000").kind == ExtensionKind::Room);
    CHECK(plan.extensions.at("8000").maximumMembers == 30);
    CHECK(plan.extensions.at("8099").kind == ExtensionKind::EchoTest);
    CHECK(plan.devices.at("2100-comptoir").site == "mairie");
    CHECK(plan.devices.at("2100-bureau").extension == "2100");
}

TEST_CASE("a password becomes its digests, without MD5's if the device refuses it",
          "[directory][plan][rfc7616-3.4.2]") {
    const auto plan = planOf(kVillage);
    const auto& both = plan.devices.at("2100-comptoir");
    CHECK(both.ha1Sha256 == base::hashHex(base::HashAlgorithm::Sha256, "2100-comptoir:mairie.test:belfry-bell-1"));
    CHECK(both.ha1Md5 == base::hashHex(base::HashAlgorithm::Md5, "2100-comptoir:mairie.test:belfry-bell-1"));
    const auto& strict = plan.devices.at("2100-bureau");
    CHECK(strict.ha1Sha256 == base::hashHex(base::HashAlgorithm::Sha256, "2100-bureau:mairie.test:belfry-bell-2"));
    CHECK(strict.ha1Md5.empty());
}

TEST_CASE("a mistake in the file's form is told with its place", "[directory][plan]") {
    checkEach(
        "", {
                {"", {"p:1:1: a plan starts with [town], its name and its realm"}},
                {"town = 'T'", {"p:1:1: a plan starts with [town], its name and its realm"}},
                {"[town]\nname = 'T'",
                 {"p:1:1: the town needs a realm without quotation marks, such as "
                  "\"mairie.example\""}},
                {"[town]\nrealm = 'a\"b'",
                 {"p:2:9: the town needs a realm without quotation marks, such as "
                  "\"mairie.example\""}},
                {"[town]\nrealm = 'a\\b'",
                 {"p:2:9: the town needs a realm without quotation marks, such as "
                  "\"mairie.example\""}},
                {"[town]\nrealm = 5", {"p:2:9: realm: a text in quotes is expected"}},
                {"[town]\nreal = 'x'\nrealm = 'r'", {"p:2:1: unknown key \"real\" in [town]; did you mean \"realm\"?"}},
            });
    checkEach(kTown, {
                         {"[[sites]]", {"p:4:3: unknown key \"sites\" in the plan; did you mean \"site\"?"}},
                         {"[wholly-other]", {"p:4:2: unknown key \"wholly-other\" in the plan"}},
                         {"[site]\nid = 'a'", {"p:4:1: write [[site]] with two brackets, once for each"}},
                     });
    const std::vector<std::pair<std::string, std::string>> broken{{"[[site]\n", "p:4:"},
                                                                  {"[[site]]\nid = 'a'\nid = 'b'", "p:6:"},
                                                                  {"[[site]]\nid = '\xe9'", "p:5:"},
                                                                  {"x = \"open", "p:4:"}};
    for (const auto& [text, place] : broken) {
        CAPTURE(text);
        const auto mistakes = mistakesOf(kTown + text);
        REQUIRE(mistakes.size() == 1);
        CHECK(mistakes[0].rfind(place, 0) == 0);
    }
}

TEST_CASE("a mistake in an entry is told with its place", "[directory][plan]") {
    const std::string number = ": 2 to 15 digits are expected";
    const std::string letters = " may only have letters, digits, '.', '-' and '_', 64 at most";
    checkEach(
        kTown,
        {
            {"[[site]]\nname = 'x'", {"p:4:1: this site has no id"}},
            {"[[site]]\nid = ''", {"p:5:6: this site has no id"}},
            {"[[site]]\nid = 5", {"p:5:6: id: a text in quotes is expected"}},
            {"[[site]]\nid = 'a b'", {"p:5:6: \"a b\"" + letters}},
            {"[[site]]\nid = '" + std::string(65, 'a') + '\'', {"p:5:6: \"" + std::string(65, 'a') + '"' + letters}},
            {"[[site]]\nid = 'a'\n[[site]]\nid = 'a'", {"p:7:6: site \"a\" stands twice"}},
            {"[[site]]\nid = 'a'\nname = \"b\\nc\"",
             {"p:6:8: name: one line of at most 200 printable characters is expected"}},
            {"[[site]]\nid = 'a'\nname = \"\\u001b[31m\"",
             {"p:6:8: name: one line of at most 200 printable characters is expected"}},
            {"[[site]]\nid = 'a'\nnam = 'x'", {"p:6:1: unknown key \"nam\" in a site; did you mean \"name\"?"}},
            {"[[department]]\nid = 'a'\nparent = 'b'", {"p:6:10: there is no department \"b\""}},
            {"[[person]]\nid = 'a'\ndepartment = 'b'", {"p:6:14: there is no department \"b\""}},
            {"[[extension]]\nnumber = 2101", {"p:5:10: number: a text in quotes is expected"}},
            {"[[extension]]\nlabel = 'x'", {"p:4:1: this extension has no number"}},
            {"[[extension]]\nnumber = '2'", {"p:5:10: \"2\" is no extension" + number}},
            {"[[extension]]\nnumber = '1234567890123456'", {"p:5:10: \"1234567890123456\" is no extension" + number}},
            {"[[extension]]\nnumber = '+33'", {"p:5:10: \"+33\" is no extension" + number}},
            {"[[extension]]\nnumber = '21'\n[[extension]]\nnumber = '21'", {"p:7:10: extension \"21\" stands twice"}},
            {"[[extension]]\nnumber = '21'\nkind = 'fax'",
             {"p:6:8: kind is phone, group, department, room, echo-test or alias, not \"fax\""}},
            {"[[extension]]\nnumber = '21'\nperson = 'x'\ndepartment = 'y'",
             {"p:6:10: there is no person \"x\"", "p:7:14: there is no department \"y\""}},
            {"[[extension]]\nnumber = '21'\nmaximum-members = 5", {"p:6:19: maximum-members: only a room has members"}},
            {"[[device]]\naccount = 'a'", {"p:5:11: device \"a\" needs an extension"}},
            {"[[device]]\naccount = 'a'\nextension = '21'\nsite = 's'",
             {"p:6:13: there is no extension \"21\"", "p:7:8: there is no site \"s\""}},
        });
    for (const char* value : {"0", "1001", "5.0", "'5'", "-1"}) {
        const auto text = "[[extension]]\nnumber = '21'\nkind = 'room'\nmaximum-members = " + std::string{value};
        checkEach(kTown, {{text, {"p:7:19: maximum-members: a whole number from 1 to 1000 is expected"}}});
    }
    for (const std::string urgent : {"15", "17", "18", "112", "114", "115", "116000", "116117", "119", "191", "196"}) {
        checkEach(kTown, {{"[[extension]]\nnumber = '" + urgent + '\'',
                           {"p:5:10: " + urgent + " is an emergency number and can be nobody's extension"}}});
    }
}

TEST_CASE("a name may have 200 characters, however many octets they take", "[directory][plan]") {
    std::string name;
    for (int i = 0; i < 200; ++i) name += "é";
    CHECK(planOf(kTown + "[[site]]\nid = 'a'\nname = '" + name + '\'').sites.at("a").name == name);
    CHECK(mistakesOf(kTown + "[[site]]\nid = 'a'\nname = '" + name + "x'").size() == 1);
}

TEST_CASE("a mistake in what a device authenticates with is told with its place", "[directory][plan]") {
    const auto before = kTown +
                        "[[extension]]\nnumber = '2101000001234'\n[[device]]\naccount = 'comptoir-mairie'\n"
                        "extension = '2101000001234'\n";  // what follows begins on line 9
    const std::string sha256(64, 'a');
    const std::string md5(32, 'b');
    const std::string name = "a name as it stands in the certificate is expected, without spaces";
    const std::string expects = "hexadecimal digits in lower case are expected";
    checkEach(before, {
                          {"password = 'elevenchars'", {"p:9:12: the password has fewer than 12 characters"}},
                          {"password = ''", {"p:9:12: the password has fewer than 12 characters"}},
                          {"password = 'abababababab'", {"p:9:12: the password is too easy to guess"}},
                          {"password = 'comptoir-mairie'", {"p:9:12: the password is too easy to guess"}},
                          {"password = '2101000001234'", {"p:9:12: the password is too easy to guess"}},
                          {"password = 123456789012", {"p:9:12: password: a text in quotes is expected"}},
                          {"md5 = 'no'", {"p:9:7: md5: true or false is expected"}},
                          {"ha1-sha256 = '" + sha256.substr(1) + '\'', {"p:9:14: ha1-sha256: 64 " + expects}},
                          {"ha1-sha256 = '" + sha256 + "a'", {"p:9:14: ha1-sha256: 64 " + expects}},
                          {"ha1-sha256 = '" + std::string(64, 'A') + '\'', {"p:9:14: ha1-sha256: 64 " + expects}},
                          {"ha1-sha256 = ''", {"p:9:14: ha1-sha256: 64 " + expects}},
                          {"ha1-md5 = '" + md5 + '\'', {"p:9:11: ha1-md5: 32 " + expects + ", beside a ha1-sha256"}},
                          {"ha1-sha256 = '" + sha256 + "'\nha1-md5 = '" + sha256 + '\'',
                           {"p:10:11: ha1-md5: 32 " + expects + ", beside a ha1-sha256"}},
                          {"md5 = false\nha1-sha256 = '" + sha256 + "'\nha1-md5 = '" + md5 + '\'',
                           {"p:11:11: ha1-md5: the device says md5 = false"}},
                          {"password = false", {"p:9:12: password: a device has a password or a certificate"}},
                          {"certificate = 7", {"p:9:15: certificate: a text in quotes is expected"}},
                          {"certificate = ''", {"p:9:15: certificate: " + name}},
                          {"certificate = 'CN = phone'", {"p:9:15: certificate: " + name}},
                          {"certificate = 'SEP1.mairie.test'\n[[device]]\naccount = 'b'\n"
                           "extension = '2101000001234'\ncertificate = 'sep1.MAIRIE.test'",
                           {"p:13:15: the certificate \"sep1.mairie.test\" is device \"comptoir-mairie\"'s already"}},
                          {"password = 'belfry-bell-1'\nha1-sha256 = '" + sha256 + '\'',
                           {"p:9:12: a device has a password or digests, not both"}},
                      });
    CHECK(mistakesOf(before + "ha1-sha256 = '" + sha256 + "'\nha1-md5 = '" + md5 + '\'').empty());
    CHECK(mistakesOf(before + "ha1-sha256 = '" + sha256 + "'\nmd5 = false").empty());
    CHECK(mistakesOf(before + "password = 'twelve-chars'").empty());
    CHECK(mistakesOf(before + "certificate = 'sip:a@mairie.test'\npassword = false").empty());
}

TEST_CASE("what contradicts another entry is told at the entry that must change", "[directory][plan]") {
    const auto rooms = kTown + "[[extension]]\nnumber = '80'\nkind = 'room'\n[[extension]]\nnumber = '81'\n";
    checkEach(rooms, {
                         {"[[device]]\naccount = 'a'\nextension = '80'",
                          {"p:10:11: device \"a\" cannot register for 80, which is a room"}},
                         {"[[device]]\nextension = '81'\naccount = '80'",
                          {"p:11:11: account \"80\" is another extension's number"}},
                         {"[[device]]\naccount = '81'\nextension = '81'", {}},
                     });
    checkEach(kTown, {
                         {"[[department]]\nid = 'a'\nparent = 'a'", {"p:6:10: department \"a\" is above itself"}},
                         {"[[department]]\nid = 'a'\nparent = 'b'\n[[department]]\nid = 'b'\nparent = 'c'\n"
                          "[[department]]\nid = 'c'\nparent = 'b'\n[[department]]\nid = 'd'",
                          {"p:9:10: department \"b\" is above itself", "p:12:10: department \"c\" is above itself"}},
                         {"[[department]]\nid = 'a'\nparent = 'b'\n[[department]]\nid = 'b'", {}},
                     });
}

TEST_CASE("all mistakes are reported together, in their order, also on one line", "[directory][plan]") {
    CHECK(mistakesOf("device = [ { account = 'a', extension = '2100' }, { account = 'a b', extension = 5 } ]\n"
                     "extension = [ { number = '9' } ]\nunknown = 1\n[town]\nname = 'T'\nrealm = 'r'\n") ==
          Strings{"p:1:41: there is no extension \"2100\"",
                  "p:1:63: \"a b\" may only have letters, digits, '.', '-' and '_', 64 at most",
                  "p:2:26: \"9\" is no extension: 2 to 15 digits are expected",
                  "p:3:1: unknown key \"unknown\" in the plan"});
}
