// SPDX-License-Identifier: AGPL-3.0-or-later
#include "app/spoken_answers.hpp"

#include "support/posted_tasks.hpp"
#include "unit/app/town.hpp"

#include <catch2/catch.hpp>

using namespace beffroi;
using namespace beffroi::test;

namespace {

/// The small town with codes that are obeyed and refusals that are said.
struct SpeakingTown : SmallTown {
    SpeakingTown() {
        assertOnLoop();
        lineStore.instant = true;
        auto plan = std::make_shared<DirectorySnapshot>(*SmallTown::plan());
        plan->devices["2103-ecole"].hotDesk = true;
        directory.publish(plan);
        lineSettings.restore({}, directory.snapshot());
        transactions.setUser(speaking);
        registerPhone(anne);
        registerPhone(school);
    }
    ~SpeakingTown() { transactions.setUser(chain); }

    Lines dial(const Phone& phone, const std::string& keys, const std::string& method = "INVITE") {
        return send(phone, phone.request(method, "sip:" + keys + "@town.example"));
    }
    /// What the bridge was last asked to say, and how.
    [[nodiscard]] std::string said() {
        if (ear.heard(bridge.flow) != Lines{"INVITE"}) return "nothing";
        const auto text = ear.text(bridge.flow, "INVITE");
        const auto line = text.substr(0, text.find(" SIP/2.0"));
        return line.substr(line.find(';'));
    }
    [[nodiscard]] int recordedStatus() const { return records.last().status; }

    PostedTasks executor;
    lines::PinChecker pins{executor};
    app::FeatureDesk features{{clock, directory, france(), lines, lineSettings, pins}};
    app::RoutingChain speaking{
        {clock, wire, directory, authenticator, registrar, proxy, calls, guard, log, lines, france(), &features},
        {{"town.example"}, [](const SocketAddress&) { return false; }, bridge.flow.remote, {60s}, true}};
};

}  // namespace

TEST_CASE("who calls a number that is nobody's hears so, and gets the true status", "[app][announcements]") {
    SpeakingTown town;
    CHECK(town.dial(town.anne, "2999") == Lines{"100 INVITE"});
    CHECK(town.said() == ";service=announcement;say=unknown-number;early");
    town.answer(town.bridge, "INVITE", 183);
    CHECK(town.ear.heard(town.anne.flow) == Lines{"183 INVITE"});
    town.receive(town.bridge.flow, answerTo(town.ear.text(town.bridge.flow, "INVITE"), 480, ""));
    CHECK(town.ear.heard(town.anne.flow) == Lines{"404 INVITE"});
    CHECK(town.recordedStatus() == 404);
}

TEST_CASE("the bare status is sent while the bridge is down, and where nobody listens", "[app][announcements]") {
    assertOnLoop();
    SpeakingTown town;
    CHECK(town.dial(town.anne, "2999", "MESSAGE") == Lines{"404 MESSAGE"});
    CHECK(town.dial(town.anne, "2999") == Lines{"100 INVITE"});
    town.watch.onFlowFailed(town.bridge.flow);  // as ICMP says that nobody is there
    CHECK(town.ear.heard(town.anne.flow) == Lines{"404 INVITE"});
    CHECK(town.recordedStatus() == 404);
}

TEST_CASE("a code is obeyed, and confirmed after it is on disk", "[app][features][announcements]") {
    SpeakingTown town;
    assertOnLoop();
    CHECK(town.dial(town.anne, "*25", "MESSAGE") == Lines{"501 MESSAGE"});
    town.lineStore.instant = false;
    CHECK(town.dial(town.anne, "*25") == Lines{"100 INVITE"});
    CHECK(town.said() == "nothing");

    SECTION("when it is") {
        town.lineStore.finish();
        CHECK(town.said() == ";service=announcement;say=do-not-disturb-on");
        CHECK(town.lineSettings.settingsOf("2101")->doNotDisturb);
        town.answer(town.bridge, "INVITE", 200);
        CHECK(town.ear.heard(town.anne.flow) == Lines{"200 INVITE"});
    }
    SECTION("when it cannot be") {
        town.lineStore.finish(false);
        CHECK(town.said() == ";service=announcement;say=not-saved");
    }
    SECTION("when the caller has hung up meanwhile") {
        auto cancel = town.anne.request("CANCEL", "sip:*25@town.example");
        const auto invite = town.ear.last(town.anne.flow, "100 INVITE");
        cancel.via = std::string{invite.header("Via").value()};
        cancel.callId = invite.callId();
        cancel.cseq = 2;
        town.receive(town.anne.flow, cancel.text());
        CHECK(town.ear.heard(town.anne.flow) == Lines{"200 CANCEL", "487 INVITE"});
        town.lineStore.finish();
        CHECK(town.said() == "nothing");
        CHECK(town.recordedStatus() == 487);
    }
}

TEST_CASE("whoever has logged in at a device calls from it as themselves, and is rung there",
          "[app][hot-desk][rfc3325-5]") {
    assertOnLoop();
    SpeakingTown town;
    town.lineSettings.logIn("2103-ecole", "2104", [](bool) {});
    CHECK(town.dial(town.school, "2101") == Lines{"100 INVITE"});
    REQUIRE(town.ear.heard(town.anne.flow) == Lines{"INVITE"});
    CHECK(town.ear.last(town.anne.flow, "INVITE").header("P-Asserted-Identity") ==
          "\"Sans poste\" <sip:2104@town.example>");
    town.answer(town.anne, "INVITE", 486);
    static_cast<void>(town.ear.heard(town.school.flow));
    static_cast<void>(town.ear.heard(town.anne.flow));

    CHECK(town.dial(town.anne, "2104") == Lines{"100 INVITE"});
    CHECK(town.ear.heard(town.school.flow) == Lines{"INVITE"});
    town.answer(town.school, "INVITE", 486);
    static_cast<void>(town.ear.heard(town.anne.flow));

    CHECK(town.dial(town.anne, "2103") == Lines{"100 INVITE"});
    CHECK(town.said() == ";service=announcement;say=unreachable;early");
}
