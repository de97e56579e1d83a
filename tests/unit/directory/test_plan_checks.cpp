// SPDX-License-Identifier: AGPL-3.0-or-later

#include "directory/plan_checks.hpp"

#include "directory/plan.hpp"
#include "support/plans.hpp"

#include <catch2/catch.hpp>

#include <string>
#include <vector>

using namespace beffroi;
using namespace beffroi::directory;
using Strings = std::vector<std::string>;

namespace {

// What is told of a plan: its mistakes, or if there are none its warnings.
Strings toldOf(const std::string& text) {
    auto result = readPlan(text, "p", PlanKnowledge::of(BEFFROI_SOURCE_DIR "/config/countries"));
    if (const auto* plan = std::get_if<Plan>(&result)) return plan->notes.warnings;
    Strings lines;
    for (const auto& mistake : std::get<std::vector<PlanMistake>>(result)) lines.push_back(mistake.toString());
    return lines;
}

struct Case {
    std::string text;
    Strings told;
};

void checkEach(const std::string& before, const std::vector<Case>& cases) {
    for (const auto& [text, told] : cases) {
        CAPTURE(text);
        CHECK(toldOf(before + text) == told);
    }
}

const std::string kTown = "[town]\nname = 'T'\nrealm = 'r.test'\noutside-prefix = '0'\n";  // 4 lines

// Ten lines: 2101 and 2102, with a telephone each; what follows may go on with 2102.
const std::string kMore =
    "device = [ { account = 'a', extension = '2101', certificate = 'a.test' },\n"
    "{ account = 'b', extension = '2102', certificate = 'b.test' } ]\n" +
    kTown + "[[extension]]\nnumber = '2101'\n[[extension]]\nnumber = '2102'\n";

}  // namespace

TEST_CASE("the plan with everything has no mistake where the country is known", "[directory][plan]") {
    auto text = std::string{test::kEverything};
    text.replace(text.find("france-test"), 11, "france");
    CHECK(toldOf(text) ==
          Strings{"p:32:13: warning: presents: +33327000199 is no number of a site and no direct number",
                  "p:32:42: warning: presents: +33327000300 is no number of a site and no direct number"});
}

TEST_CASE("a number has one owner, and what is dialled reaches it", "[directory][plan]") {
    const std::string code = "[[short-code]]\ntarget = '2101'\nnumber = ";
    const std::string direct = "[[direct-numbers]]\nfirst = '03 27 00 01 00'\n";
    checkEach(
        kMore,
        {
            {code + "'2102'", {"p:13:10: 2102 is an extension already"}},
            {code + "'18'", {"p:13:10: 18 is an emergency number and can be nobody's short code"}},
            {code + "'197'", {"p:13:10: 197 is an emergency number and can be nobody's short code"}},
            {code + "'918'", {"p:13:10: 918 calls the emergency number 18 and can be nobody's short code"}},
            {"[[extension]]\nnumber = '918'\nforward-unreachable = '2101'",
             {"p:12:10: warning: 918 rings here, and not the emergency number 18 for who dials 9 before a number "
              "outside "
              "by habit"}},
            {code + "'060'", {"p:13:10: 060 begins with the outside prefix 0 and can be nobody's short code"}},
            {"[[short-code]]\nnumber = '60'\ntarget = '17'", {}},
            {"[[extension]]\nnumber = '2190'\nkind = 'alias'\ntarget = '17'", {}},
            {direct + "target = '17'", {"p:13:10: 17 is an emergency number, to which no call is forwarded"}},
            {"forward-unreachable = '17'", {"p:11:23: 17 is an emergency number, to which no call is forwarded"}},
            {code + "'6'", {"p:13:10: \"6\" is no short code: 2 to 15 digits are expected"}},
            {"[[extension]]\nnumber = '0210'",
             {"p:12:10: 0210 begins with the outside prefix 0 and can be nobody's extension"}},
            {direct + "target = '2101'", {}},
            {direct, {"p:12:9: direct numbers lead to a target or, one by one, to extensions from first-extension on"}},
            {direct + "target = '2101'\nfirst-extension = '2101'",
             {"p:12:9: direct numbers lead to a target or, one by one, to extensions from first-extension on"}},
            {direct + "last = '03 27 00 00 99'\ntarget = '2101'",
             {"p:13:8: last: a number of the same length is expected, up to 9999 behind the first"}},
            {direct + "last = '+33327000199'\nfirst-extension = '2100'", {}},
            {direct + "last = '+33327000199'\nfirst-extension = '2150'",
             {"p:14:19: first-extension: none of 2150 to 2249 is an extension"}},
            {direct + "last = '+33327000199'\nfirst-extension = '9950'",
             {"p:14:19: first-extension: from 9950 on there are no 100 numbers of 4 digits"}},
            {direct + "last = '+33327000199'\ntarget = '2101'\n[[direct-numbers]]\nfirst = '+33327000150'\n"
                      "target = '2102'",
             {"p:16:9: the direct numbers overlap with those that begin with +33327000100"}},
            {"[[direct-numbers]]\nfirst = '+33327000150'\ntarget = '2102'\n" + direct +
                 "last = '+33327000199'\ntarget = '2101'",
             {"p:15:9: the direct numbers overlap with those that begin with +33327000150"}},
            {"[[direct-numbers]]\nfirst = '03 27'\ntarget = '2101'", {"p:12:9: first: \"03 27\" is too short"}},
            {"[[contact]]\nnumber = '3949'\nname = 'x'",
             {"p:12:10: number: \"3949\" is a short number, by which nobody can be called from outside"}},
        });
    checkEach(
        "", {{"extension = [ { number = '3101' }, { number = '3102' }, { number = '210' } ]\n"
              "device = [ { account = 'a', extension = '3101' }, { account = 'b', extension = '3102' },\n"
              "{ account = 'c', extension = '210' } ]\n[town]\nrealm = 'r'",
              {"p:1:26: warning: 3101 and 1 more are also numbers outside, which nobody can dial while the town has no "
               "outside-prefix"}}});
}

TEST_CASE("what is named exists, and is told where it is named", "[directory][plan]") {
    const std::string forward = "forward-busy = ";  // of 2102
    checkEach(
        kMore,
        {
            {forward + "'2103'",
             {"p:11:16: \"2103\" is neither an extension nor a short code, and as a number outside it begins like "
              "nobody's number"}},
            {forward + "'2101'", {}},
            {forward + "'06 12 34 56 78'", {}},
            {forward + "'0033612345678'", {}},
            {forward + "'03949'", {}},
            {forward + "'on-call:nobody'", {"p:11:16: there is no rota \"nobody\""}},
            {forward + "'announcement:closed'", {}},
            {forward + "'announcement:closed+kermesse'",
             {"p:11:16: warning: Beffroi brings no announcement \"kermesse\": bridge.prompts must have it"}},
            {forward + "'announcement:../x'",
             {"p:11:16: forward-busy: announcement: is followed by a name, or by several with '+' between them"}},
            {"forward-busy = 'announcement:Closed'",
             {"p:11:16: forward-busy: announcement: is followed by a name, or by several with '+' between them"}},
            {"forward-busy = 'announcement:closed++opens'",
             {"p:11:16: forward-busy: announcement: is followed by a name, or by several with '+' between them"}},
            {"forward-busy = 'announcement:closed+opens+time:08:30'", {}},
            {forward + "'reception'",
             {"p:11:16: forward-busy: \"reception\" is nothing to call: a number, announcement:NAME or "
              "on-call:ROTA is expected"}},
            {forward + "5", {"p:11:16: forward-busy: a text in quotes is expected"}},
            {"[[extension]]\nnumber = '2199'\nkind = 'group'\nmembers = ['2101', '2109']",
             {"p:14:20: there is no extension \"2109\""}},
            {"[[extension]]\nnumber = '2199'\nkind = 'group'\nmembers = '2101'",
             {"p:14:11: members: a list of texts is expected, such as [\"…\", \"…\"]"}},
            {"[[extension]]\nnumber = '2199'\nkind = 'group'\nmembers = ['2101', 2102]",
             {"p:14:20: members: a text in quotes is expected"}},
            {"[[person]]\nid = 'x'\nclass-of-service = 'c'\nsecretary = '9'\nreached-by = ['2101', '8']",
             {"p:13:20: there is no class of service \"c\"", "p:14:13: there is no extension \"9\"",
              "p:15:23: there is no extension \"8\""}},
            {"[[department]]\nid = 'd'\nhead = 'p'\nsite = 's'\nhours = 'h'",
             {"p:13:8: there is no person \"p\"", "p:14:8: there is no site \"s\"", "p:15:9: there is no hours \"h\""}},
            {"[[site]]\nid = 's'\ngateway = 'g'\nholidays = 'mars'\ntime-zone = 'Europe/Lille'",
             {"p:13:11: there is no gateway \"g\"",
              "p:14:12: there are no holidays of \"mars\"; the country has alsace-moselle, alsace-moselle-temple, "
              "guadeloupe, guyane, martinique, "
              "mayotte, metropole, reunion, saint-barthelemy, saint-martin, saint-pierre-et-miquelon",
              "p:15:13: there is no time zone \"Europe/Lille\""}},
            {"[[code]]\ncode = '*21*'\nfunction = 'forward-allways'",
             {"p:13:12: there is no function \"forward-allways\"; did you mean \"forward-always\"?"}},
        });
    checkEach("",
              {{"[town]\nrealm = 'r'\ncountry = 'atlantis'", {"p:3:11: nothing is known of a country \"atlantis\""}}});
}

TEST_CASE("no way leads back to where it began", "[directory][plan]") {
    const std::string always =
        "forward-always = '2101'\n[[extension]]\nnumber = '2109'\nkind = 'alias'\ntarget = '2102'\n";
    checkEach(
        kMore,
        {
            {always, {}},
            {"forward-always = '2102'", {"p:11:18: calls to 2102 go round in a circle: 2102, 2102"}},
            {"forward-always = '2109'\n[[extension]]\nnumber = '2109'\nkind = 'alias'\ntarget = '2102'",
             {"p:11:18: calls to 2102 go round in a circle: 2102, 2109, 2102"}},
            {"forward-always = '60'\n[[short-code]]\nnumber = '60'\ntarget = '2102'",
             {"p:11:18: calls to 2102 go round in a circle: 2102, 60, 2102"}},
            {"forward-busy = '2103'\n[[extension]]\nnumber = '2103'\nforward-busy = '2102'\nforward-unreachable = "
             "'2101'",
             {"p:11:16: warning: calls to 2102 go round in a circle: 2102, 2103, 2102; where it closes they end"}},
        });
    std::string chain;
    for (int i = 0; i < 6; ++i) {
        chain += "[[extension]]\nnumber = '220" + std::to_string(i) + "'\nforward-busy = '220" + std::to_string(i + 1) +
                 "'\nforward-unreachable = '2101'\n";
    }
    checkEach(kMore + chain + "[[extension]]\nnumber = '2206'\nforward-unreachable = '2101'\n",
              {{"", {"p:13:16: more than 5 forwards follow one another: 2200, 2201, 2202, 2203, 2204, 2205, 2206"}}});
}

TEST_CASE("a group rings others than itself, each once", "[directory][plan]") {
    const std::string group = "[[extension]]\nnumber = '2199'\nkind = 'group'\n";
    checkEach(
        kMore,
        {
            {group + "members = ['2101', '2102']", {}},
            {group, {"p:12:10: group 2199 rings nobody: it needs members, forward-always or forward-unreachable"}},
            {group + "forward-unreachable = '2101'", {}},
            {group + "members = ['2101', '2199']", {"p:14:20: group 2199 is within itself: 2199 rings it again"}},
            {group + "members = ['2190']\n[[extension]]\nnumber = '2190'\nkind = 'alias'\ntarget = '2199'",
             {"p:14:12: group 2199 is within itself: 2190 rings it again"}},
            {group + "members = ['2190']\n[[extension]]\nnumber = '2190'\nkind = 'group'\nmembers = ['2191', '2192']\n"
                     "[[extension]]\nnumber = '2191'\nkind = 'group'\nmembers = ['2190', '2192']\n"
                     "[[extension]]\nnumber = '2192'\nkind = 'group'\nmembers = ['2190', '2191', '2101']",
             {"p:18:12: group 2190 is within itself: 2191 rings it again",
              "p:18:20: group 2190 is within itself: 2192 rings it again",
              "p:22:12: group 2191 is within itself: 2190 rings it again",
              "p:22:20: group 2191 is within itself: 2192 rings it again",
              "p:26:12: group 2192 is within itself: 2190 rings it again",
              "p:26:20: group 2192 is within itself: 2191 rings it again"}},
            {group + "members = ['2101', '2102', '2101']", {"p:14:28: 2101 is a member twice"}},
            {group + "members = ['8000']\n[[extension]]\nnumber = '8000'\nkind = 'room'",
             {"p:14:12: 8000 is a room and no member of a group"}},
            {"members = ['2101']", {"p:11:11: members: only a group or a department has members"}},
            {"strategy = 'in-order'", {"p:11:12: strategy: only a group or a department rings several"}},
            {"target = '2101'", {"p:11:10: target: only an alias stands for something else"}},
            {"kind = 'alias'",
             {"p:2:13: device \"b\" cannot register for 2102, which is an alias",
              "p:10:10: alias 2102 needs a target"}},
            {"[[extension]]\nnumber = '80'\nkind = 'room'\nforward-busy = '2101'",
             {"p:14:16: forward-busy: only a phone, a group or a department forwards its calls"}},
            {"[[extension]]\nnumber = '80'\nkind = 'alias'", {"p:12:10: alias 80 needs a target"}},
        });
}

TEST_CASE("a department has one number, and somebody who takes its calls when it is closed", "[directory][plan]") {
    const std::string department =
        kMore + "[[department]]\nid = 'd'\nhours = 'h'\n[[hours]]\nid = 'h'\nweekly = ['mon 08:00-12:00']\n";
    const std::string number = "[[extension]]\nnumber = '2199'\nkind = 'department'\nmembers = ['2101']\n";
    checkEach(
        department,
        {
            {number, {"p:18:10: extension 2199 is a department's number: it needs a department"}},
            {number + "department = 'd'",
             {"p:18:10: warning: department \"d\" closes, and no forward-closed says where its calls go then: callers "
              "are told that it is closed"}},
            {number + "department = 'd'\nforward-closed = 'announcement:closed'", {}},
            {number + "department = 'd'\nforward-closed = '2102'\n[[extension]]\nnumber = '2198'\nkind = 'department'\n"
                      "members = ['2101']\ndepartment = 'd'\nforward-closed = '2102'",
             {"p:24:10: department \"d\" is called by 2199 already"}},
            {"[[hours]]\nid = 'never'", {"p:18:6: warning: hours \"never\" are never open"}},
            {"[[hours]]\nid = 'x'\nweekly = ['mon 08:00-12:00', 'tue 09:00-25:00']",
             {"p:19:41: weekly: 25:00 is no time of day"}},
            {"[[hours]]\nid = 'x'\nweekly = ['mon 08:00-12:00']\nexceptions = ['2026-02-30 closed']",
             {"p:20:16: exceptions: 2026-02-30 is no day of the calendar"}},
        });
}

TEST_CASE("a rota says who is on call", "[directory][plan]") {
    const std::string rota = "[[rota]]\nid = 'r'\n";
    checkEach(
        kMore,
        {
            {rota + "turns = ['2026-11-27 12:00 2101']", {}},
            {rota, {"p:12:6: nobody is ever on call: rota \"r\" needs turns or a cycle"}},
            {rota + "cycle = ['2101', '2102']\nstart = '2026-01-02 12:00'", {}},
            {rota + "cycle = ['2101', '2102']", {"p:13:9: a cycle and the start of its first turn go together"}},
            {rota + "turns = ['2026-11-27 12:00 2101']\nstart = '2026-01-02 12:00'",
             {"p:14:9: a cycle and the start of its first turn go together"}},
            {rota + "turns = ['2026-11-27 12:00 2107']",
             {"p:13:28: \"2107\" is neither an extension nor a short code, and as a number outside it begins like "
              "nobody's number"}},
            {rota + "turns = ['2026-11-31 12:00 2101']", {"p:13:11: turns: 2026-11-31 is no day of the calendar"}},
            {rota + "cycle = ['2101']\nstart = 'friday'", {"p:14:10: start: a date is expected, such as 2026-12-24"}},
            {rota + "turns = ['2026-11-27 12:00 2101']\nperiod = '30min'",
             {"p:14:10: period: a time from 1h to 366d is expected, such as \"1h\""}},
            {rota + "turns = ['2026-11-27 12:00 2101']\nring-time = '20 s'",
             {"p:14:13: ring-time: a time from 5s to 10min is expected, such as \"20s\""}},
        });
}

TEST_CASE("whoever has a number can be reached", "[directory][plan]") {
    const std::string lone = "[[extension]]\nnumber = '2103'\n";
    const std::string nobody = "p:12:10: warning: nobody can be reached at 2103: it has no device and no forward";
    checkEach(kMore, {
                         {lone, {nobody}},
                         {lone + "forward-busy = '2101'", {nobody}},
                         {lone + "forward-unreachable = '2101'", {}},
                         {lone + "person = 'x'\n[[person]]\nid = 'x'", {nobody}},
                         {lone + "person = 'x'\n[[person]]\nid = 'x'\nforward-always = '2101'", {}},
                         {lone + "person = 'x'\n[[person]]\nid = 'x'\nsecretary = '2101'", {}},
                         {lone + "department = 'd'\n[[department]]\nid = 'd'\nforward-unreachable = '2101'", {}},
                     });
    checkEach(
        kTown + "[[device]]\naccount = 'a'\nextension = '2101'\nhot-desk = true\n[[extension]]\nnumber = '2101'\n",
        {{"[[extension]]\nnumber = '2103'\nperson = 'x'\n[[person]]\nid = 'x'", {}}});
}

TEST_CASE("a person's secretary and PIN are good ones", "[directory][plan]") {
    const std::string person = "person = 'x'\n[[person]]\nid = 'x'\n";  // of 2102
    checkEach(kMore,
              {
                  {person + "secretary = '2101'", {}},
                  {person + "secretary = '2102'", {"p:14:13: extension 2102 is the person's own, not a secretary's"}},
                  {person + "pin = '4821'", {}},
                  {person + "pin = '482'", {"p:14:7: pin: 4 to 12 digits are expected"}},
                  {person + "pin = '1234567890123'", {"p:14:7: pin: 4 to 12 digits are expected"}},
                  {person + "pin = '48a1'", {"p:14:7: pin: 4 to 12 digits are expected"}},
                  {person + "pin = 4821", {"p:14:7: pin: a text in quotes is expected"}},
                  {person + "pin = '1234'", {"p:14:7: the PIN is too easy to guess"}},
                  {person + "pin = '9876'", {"p:14:7: the PIN is too easy to guess"}},
                  {person + "pin = '777777'", {"p:14:7: the PIN is too easy to guess"}},
                  {person + "pin = '2102'", {"p:14:7: the PIN is too easy to guess: it is the person's extension"}},
                  {person + "pin = '4821'\npin-hash = '$argon2id$v=19$m=1,t=1,p=1$a$b'",
                   {"p:14:7: a person has a pin or its pin-hash, not both"}},
                  {person + "pin-hash = 'x'",
                   {"p:14:12: pin-hash: what `beffroi plan export` writes is expected: $argon2id$…"}},
              });
}

TEST_CASE("what leaves the town is its own, and an emergency call says where it comes from", "[directory][plan]") {
    const std::string gateway = "[[gateway]]\nid = 'g'\nuri = 'sip:192.0.2.1'\n";
    const std::string before = kTown + "gateway = 'g'\n" + gateway;  // 8 lines
    const std::string site = "[[site]]\nid = 's'\n";
    const std::string phone = "[[extension]]\nnumber = '2101'\n[[device]]\naccount = 'a'\nextension = '2101'\n";
    checkEach(
        before,
        {
            {"presents = ['03 27 00 01 00 - 03 27 00 01 99', '+33327000300']\n[[direct-numbers]]\nfirst = "
             "'+33327000100'\n"
             "last = '+33327000199'\ntarget = '0612345678'\n[[site]]\nid = 's'\nnumber = '+33327000300'",
             {}},
            {"presents = ['+33327000100-+33327000199']",
             {"p:9:13: warning: presents: +33327000100 is no number of a site and no direct number"}},
            {"presents = ['+33327000199-+33327000100']",
             {"p:9:13: presents: \"+33327000199-+33327000100\" is no range: the last number is not behind the first"}},
            {"number = '0327000100'",
             {"p:9:10: warning: number: +33327000100 is no number of a site and no direct number"}},
            {"sources = ['192.0.2.0/24', '192.0.2.300']", {"p:9:28: sources: ADDRESS or ADDRESS/BITS is expected"}},
            {"sources = ['0.0.0.0/0']",
             {"p:9:12: sources: every address there is may call as the operator by \"0.0.0.0/0\""}},
            {"sources = ['192.0.2.0/24']\n[[gateway]]\nid = 'h'\nuri = 'sip:192.0.2.2'\n"
             "sources = ['198.51.100.1', '192.0.2.7']",
             {"p:13:28: sources: calls from there are those of gateway \"g\" already"}},
            {"called-format = 'e146'",
             {"p:9:17: called-format is e164, national, international-00 or plain, not \"e146\""}},
            {"maximum-calls = 0", {"p:9:17: maximum-calls: a whole number from 1 to 10000 is expected"}},
            {"presents-caller = 'yes'", {"p:9:19: presents-caller: true or false is expected"}},
            {phone, {"p:12:11: warning: device \"a\" has no site: an emergency call from it does not say where it is"}},
            {phone + "site = 's'\n" + site,
             {"p:16:6: warning: site \"s\" has telephones and no emergency-number: the emergency services do not "
              "see where they are"}},
            {phone + "site = 's'\n" + site + "emergency-number = '0327000101'", {}},
        });
    checkEach(
        kTown + gateway + site + "emergency-number = '0327000101'\n" + phone + "site = 's'",
        {{"",
          {"p:9:6: warning: site \"s\" has telephones and no gateway, and the town has none either: no emergency call "
           "leaves from here"}}});
    checkEach(kTown + gateway + phone, {{"",
                                         {"p:11:11: warning: device \"a\" has no site, and the town no gateway: no "
                                          "emergency call leaves from it"}}});
    for (const std::string uri :
         {"sip:", "sip:;transport=tcp", "sip:a:99999", "sip:a:0", "sip:a:", "sip:[192.0.2.1]", "sip:[2001:db8::1",
          "sip:2001:db8::1", "sip:a;transport=xyz", "sip:a;transport", "sip:a_b", "sip:u@a"}) {
        CAPTURE(uri);
        CHECK(
            toldOf(kTown + "[[gateway]]\nid = 'g'\nuri = '" + uri + "'") ==
            Strings{"p:7:7: uri: a SIP URI without a user is expected, such as \"sip:sbc.example.net;transport=tcp\""});
    }
    for (const std::string uri : {"sip:sbc.example.net", "sips:a:5061", "sip:[2001:db8::1]:5070;transport=TLS;lr"}) {
        CAPTURE(uri);
        CHECK(toldOf(kTown + "[[gateway]]\nid = 'g'\nuri = '" + uri + "'").empty());
    }
    checkEach(kTown,
              {{"[[gateway]]\nid = 'g'", {"p:6:6: gateway \"g\" needs a uri"}},
               {"[[gateway]]\nid = 'g'\nuri = 'http://x'",
                {"p:7:7: uri: a SIP URI without a user is expected, such as \"sip:sbc.example.net;transport=tcp\""}}});
}

TEST_CASE("a class of service names classes of numbers", "[directory][plan]") {
    checkEach(
        kTown + "[[class-of-service]]\nid = 'c'\n",
        {{"allowed = ['internal', 'mobile']", {}},
         {"allowed = ['internal', 'mobil']",
          {"p:7:24: allowed: \"mobil\" is none of internal, emergency, free, national, mobile, overseas, shared-cost, "
           "premium, directory, international or unknown; did you mean \"mobile\"?"}},
         {"allowed = ['']", {"p:7:12: allowed: an element is empty"}},
         {"alowed = []", {"p:7:1: unknown key \"alowed\" in a class of service; did you mean \"allowed\"?"}}});
}
