// SPDX-License-Identifier: AGPL-3.0-or-later
//
// What follows a stage of a fork, by what became of it.
#include "proxy/stage_outcome.hpp"
#include "unit/proxy/proxy_stage.hpp"

#include <catch2/catch.hpp>

using namespace beffroi;
using namespace beffroi::proxy;
using namespace beffroi::test;

namespace {

const Flow kAlice = udpFlow(10);
const Flow kBob = udpFlow(20);
const Flow kBobsOther = udpFlow(21);
const Flow kCarol = udpFlow(22);
const Flow kIfBusy = udpFlow(31);
const Flow kIfNoAnswer = udpFlow(32);
const Flow kIfUnreachable = udpFlow(33);

Branch phone(const Flow& flow, const std::string& extension, const std::string& account) {
    auto branch = ProxyStage::branch(flow, account);
    branch.extension = extension;
    branch.account = account;
    return branch;
}
Branch bob() { return phone(kBob, "2301", "bob"); }
Branch bobsOther() { return phone(kBobsOther, "2301", "bobs-other"); }
Branch carol() { return phone(kCarol, "2302", "carol"); }
Branch lost() {
    auto branch = phone(tcpFlow(60, 99), "2303", "lost");
    return branch;
}

// A first stage whose three ends lead to three telephones.
struct Followed : ProxyStage {
    explicit Followed(std::vector<Branch> branches, Clock::Duration timeout = 20s, bool shared = false) {
        wire.kill(tcpFlow(60, 99));
        auto& first = stage(std::move(branches), timeout);
        first.ifBusy = 1;
        first.ifNoAnswer = 2;
        first.ifUnreachable = 3;
        first.shared = shared;
        stage({phone(kIfBusy, "2201", "if-busy")});
        stage({phone(kIfNoAnswer, "2202", "if-no-answer")});
        stage({phone(kIfUnreachable, "2203", "if-unreachable")});
    }
    Followed& call() {
        receive(kAlice, RequestText{}.text());
        return *this;
    }
    /// Whom the call has gone on to.
    [[nodiscard]] std::string next() {
        std::string found;
        if (!heard(kIfBusy).empty()) found += "busy";
        if (!heard(kIfNoAnswer).empty()) found += "no answer";
        if (!heard(kIfUnreachable).empty()) found += "unreachable";
        return found;
    }
    [[nodiscard]] bool busy(std::string_view extension) const {
        assertOnLoop();
        return calls.usage().isBusy(extension);
    }
};

}  // namespace

TEST_CASE("a refusal is judged by what it says and whether the telephone rang", "[proxy][stages][rfc3261-21]") {
    struct Row {
        int status;
        Outcome atOnce;
        Outcome afterRinging;
    };
    using enum Outcome;
    const Row rows[] = {{486, Busy, NoAnswer},        {600, Busy, NoAnswer},        {480, NoAnswer, NoAnswer},
                        {408, NoAnswer, NoAnswer},    {487, NoAnswer, NoAnswer},    {603, NoAnswer, NoAnswer},
                        {607, NoAnswer, NoAnswer},    {608, NoAnswer, NoAnswer},    {404, Unreachable, NoAnswer},
                        {410, Unreachable, NoAnswer}, {403, Unreachable, NoAnswer}, {488, Unreachable, NoAnswer},
                        {500, Unreachable, NoAnswer}, {503, Unreachable, NoAnswer}, {604, Unreachable, NoAnswer},
                        {606, Unreachable, NoAnswer}, {302, Redirected, Redirected}};
    for (const auto& row : rows) {
        INFO(row.status);
        CHECK(outcomeOf(row.status, false) == row.atOnce);
        CHECK(outcomeOf(row.status, true) == row.afterRinging);
    }
}

TEST_CASE("what follows a stage depends on how its telephone refused", "[proxy][stages][rfc3261-21]") {
    const auto& [status, rings, next] = GENERATE(table<int, bool, std::string>({{486, false, "busy"},
                                                                                {600, false, "busy"},
                                                                                {486, true, "no answer"},
                                                                                {603, true, "no answer"},
                                                                                {603, false, "no answer"},
                                                                                {480, false, "no answer"},
                                                                                {408, false, "no answer"},
                                                                                {404, false, "unreachable"},
                                                                                {430, false, "unreachable"},
                                                                                {503, false, "unreachable"}}));
    INFO(status << (rings ? " after ringing" : ""));
    Followed stage{{bob()}};
    stage.call();
    if (rings) stage.answer(kBob, "INVITE", 180, "bob");
    CHECK(stage.next().empty());
    stage.answer(kBob, "INVITE", status, "bob");
    CHECK(stage.next() == next);
    CHECK_FALSE(stage.busy("2301"));
    CHECK(stage.heard(kAlice).back() != "486 INVITE");  // she waits on
}

TEST_CASE("of several telephones the best counts: no answer, then busy", "[proxy][stages]") {
    Followed stage{{bob(), carol(), lost()}};
    stage.call();
    SECTION("one is busy, the others are out of reach") {
        stage.answer(kBob, "INVITE", 486, "bob");
        stage.answer(kCarol, "INVITE", 404, "carol");
        CHECK(stage.next() == "busy");
    }
    SECTION("one is busy, one refuses") {
        stage.answer(kCarol, "INVITE", 603, "carol");
        CHECK(stage.next().empty());
        stage.answer(kBob, "INVITE", 486, "bob");
        CHECK(stage.next() == "no answer");
    }
    SECTION("one is busy, one rings for too long") {
        stage.answer(kBob, "INVITE", 486, "bob");
        stage.answer(kCarol, "INVITE", 180, "carol");
        CHECK(stage.busy("2302"));
        stage.pass(20s);
        CHECK(stage.next() == "no answer");
        CHECK(stage.heard(kCarol).back() == "CANCEL");
        stage.answer(kCarol, "INVITE", 487, "carol");
        CHECK_FALSE(stage.busy("2302"));
        CHECK(stage.busy("2202"));
    }
    SECTION("nobody says anything") {
        stage.pass(20s);
        CHECK(stage.next() == "no answer");
    }
    SECTION("all are out of reach") {
        stage.answer(kBob, "INVITE", 404, "bob");
        stage.answer(kCarol, "INVITE", 500, "carol");
        CHECK(stage.next() == "unreachable");
    }
}

TEST_CASE("a stage without anybody to ring is unreachable at once", "[proxy][stages]") {
    const auto branches = GENERATE(0, 1, 2);
    Followed stage{branches == 0 ? std::vector<Branch>{}
                                 : std::vector<Branch>(static_cast<std::size_t>(branches), lost())};
    stage.call();
    CHECK(stage.next() == "unreachable");
}

TEST_CASE("a telephone that says nothing at all is not there", "[proxy][stages][rfc3261-17.1.1]") {
    Followed stage{{bob()}, 0s};
    stage.call();
    stage.pass(31s);
    CHECK(stage.next().empty());
    stage.pass(2s);
    CHECK(stage.next() == "unreachable");
}

TEST_CASE("timer C is no answer", "[proxy][stages][rfc3261-16.8]") {
    Followed stage{{bob()}, 0s};
    stage.call();
    stage.answer(kBob, "INVITE", 180, "bob");
    stage.pass(185s);
    CHECK(stage.heard(kBob).back() == "CANCEL");
    CHECK(stage.next() == "no answer");
}

TEST_CASE("a 6xx speaks for one user, at all of the user's telephones", "[proxy][stages][rfc3261-21.6]") {
    Followed stage{{bob(), bobsOther(), carol()}};
    auto later = phone(udpFlow(40), "2301", "bobs-third");
    stage.plan.stages[0].rounds.push_back({{later}, 20s});
    stage.call();
    stage.answer(kCarol, "INVITE", 180, "carol");
    stage.answer(kBobsOther, "INVITE", 180, "bobs-other");
    stage.answer(kBob, "INVITE", 603, "bob");
    CHECK(stage.heard(kBobsOther) == Lines{"CANCEL"});
    CHECK(stage.heard(kCarol).empty());
    stage.answer(kBobsOther, "INVITE", 487, "bobs-other");
    CHECK(stage.next().empty());
    SECTION("the others of the group may answer") {
        stage.answer(kCarol, "INVITE", 200, "carol");
        CHECK(stage.heard(kAlice).back() == "200 INVITE");
        CHECK(stage.next().empty());
    }
    SECTION("or not; then it goes on as after no answer, past the user's other rounds") {
        stage.answer(kCarol, "INVITE", 486, "carol");
        CHECK(stage.heard(udpFlow(40)).empty());
        CHECK(stage.next() == "no answer");
    }
}

TEST_CASE("a 6xx of a number outside speaks for that number alone", "[proxy][stages][gateway][rfc3261-21.6]") {
    const auto outside = [](const Flow& flow) {
        auto branch = ProxyStage::branch(flow, "0612345678");
        branch.gateway = "operator";
        return branch;
    };
    Followed stage{{outside(kBob), outside(kCarol)}};
    stage.plan.stages[0].rounds.push_back({{outside(udpFlow(40))}, 20s});
    stage.call();
    stage.answer(kCarol, "INVITE", 180, "carol");
    stage.answer(kBob, "INVITE", 603, "bob");
    CHECK(stage.heard(kCarol).empty());
    stage.answer(kCarol, "INVITE", 603, "carol");
    CHECK(stage.heard(udpFlow(40)) == Lines{"INVITE"});
}

TEST_CASE("a call for help goes on past whatever a gateway refuses with", "[proxy][stages][gateway][rfc3261-21]") {
    const auto& [status, rings] = GENERATE(table<int, bool>({{480, false},
                                                             {486, false},
                                                             {600, false},
                                                             {603, false},
                                                             {408, false},
                                                             {503, false},
                                                             {503, true},
                                                             {404, true}}));
    INFO(status << (rings ? " after ringing" : ""));
    auto gateway = ProxyStage::branch(kBob, "15");
    gateway.gateway = "operator";
    Followed stage{{gateway}, 0s};
    auto& first = stage.plan.stages[0];
    first.ifBusy = first.ifNoAnswer = first.ifUnreachable = 1;
    stage.call();
    if (rings) stage.answer(kBob, "INVITE", 180, "bob");
    stage.answer(kBob, "INVITE", status, "bob");
    CHECK(stage.next() == "busy");
}

TEST_CASE("who stops ringing because a group's call goes on has not missed it", "[proxy][stages][rfc3326-2]") {
    const bool shared = GENERATE(true, false);
    Followed stage{{bob(), carol()}, 20s, shared};
    stage.call();
    stage.answer(kBob, "INVITE", 180, "bob");
    stage.answer(kCarol, "INVITE", 180, "carol");
    const auto reasonOf = [&stage](const Flow& flow) {
        CHECK(stage.heard(flow) == Lines{"CANCEL"});
        return std::string{stage.last(flow, "CANCEL").header("Reason").value_or("")};
    };
    SECTION("another one answers") {
        stage.answer(kBob, "INVITE", 200, "bob");
        CHECK(reasonOf(kCarol) == "SIP;cause=200;text=\"Call completed elsewhere\"");
    }
    SECTION("another member is rung") {
        stage.pass(20s);
        const auto* expected = shared ? "SIP;cause=200;text=\"Call completed elsewhere\"" : "";
        CHECK(reasonOf(kBob) == expected);
        CHECK(reasonOf(kCarol) == expected);
    }
    SECTION("the caller gives up") {
        RequestText cancel;
        cancel.method = "CANCEL";
        stage.receive(kAlice, cancel.text());
        CHECK(reasonOf(kBob).empty());
    }
}

TEST_CASE("a group's call that nobody took was missed by all", "[proxy][stages][rfc3326-2]") {
    Followed stage{{bob()}, 20s, true};
    stage.plan.stages[0].ifNoAnswer = ForkStage::kEnd;
    stage.call();
    stage.answer(kBob, "INVITE", 180, "bob");
    stage.pass(20s);
    CHECK(stage.heard(kBob) == Lines{"CANCEL"});
    CHECK(stage.last(kBob, "CANCEL").count("Reason") == 0);
}

TEST_CASE("a telephone that sends the caller elsewhere ends the way, unless it rings for a group",
          "[proxy][stages][rfc3261-21.3]") {
    const auto& [shared, followed] = GENERATE(table<bool, std::string>({{false, ""}, {true, "no answer"}}));
    Followed stage{{bob()}, 20s, shared};
    stage.call();
    stage.answer(kBob, "INVITE", 302, "bob", "Contact: <sip:2109@town.example>\r\n");
    CHECK(stage.next() == followed);
    CHECK((stage.heard(kAlice).back() == "302 INVITE") == !shared);
}

TEST_CASE("what is outside does not send the caller elsewhere", "[proxy][stages][rfc3261-21.3]") {
    auto outside = ProxyStage::branch(kBob, "0327000100");
    outside.gateway = "operator";
    Followed stage{{outside}};
    stage.call();
    CHECK(stage.calls.usage().callsBy("operator") == 1);
    stage.answer(kBob, "INVITE", 302, "bob", "Contact: <sip:2109@town.example>\r\n");
    CHECK(stage.next() == "no answer");
    CHECK(stage.calls.usage().callsBy("operator") == 0);
}

TEST_CASE("a way leads on over several stages, and whoever answers late still has the call", "[proxy][stages]") {
    Followed stage{{bob()}};
    stage.plan.stages[2].ifUnreachable = 3;
    stage.plan.stages[2].rounds[0].branches = {lost()};
    stage.call();
    stage.answer(kBob, "INVITE", 180, "bob");
    stage.pass(20s);
    CHECK(stage.next() == "unreachable");
    CHECK(stage.heard(kBob).back() == "CANCEL");
    SECTION("the last one") {
        stage.answer(kIfUnreachable, "INVITE", 200, "last");
        CHECK(stage.records.last().answeredBy == "if-unreachable");
        CHECK_FALSE(stage.busy("2303"));
    }
    SECTION("the first one, as it was being cancelled") {
        stage.answer(kBob, "INVITE", 200, "bob");
        CHECK(stage.heard(kIfUnreachable).empty());  // said nothing yet: cancelled as soon as it does
        stage.answer(kIfUnreachable, "INVITE", 180, "last");
        CHECK(stage.heard(kIfUnreachable) == Lines{"CANCEL"});
        CHECK(stage.records.last().answeredBy == "bob");
    }
    SECTION("nobody: the caller is told the best of it") {
        stage.answer(kIfUnreachable, "INVITE", 486, "last");
        CHECK(stage.heard(kAlice).back() != "486 INVITE");  // until the first has let itself be cancelled
        stage.answer(kBob, "INVITE", 487, "bob");
        CHECK(stage.heard(kAlice).back() == "486 INVITE");
        CHECK_FALSE(stage.busy("2301"));
        CHECK_FALSE(stage.busy("2203"));
    }
    SECTION("the caller gives up: no stage follows") {
        RequestText cancel;
        cancel.method = "CANCEL";
        stage.receive(kAlice, cancel.text());
        stage.answer(kIfUnreachable, "INVITE", 487, "last");
        stage.answer(kBob, "INVITE", 487, "bob");
        CHECK(stage.heard(kAlice).back() == "487 INVITE");
    }
    stage.pass(40s);
    CHECK(stage.transactions.clientTransactions() == 0);
}

TEST_CASE("a stage leads to a later one only", "[proxy][stages]") {
    ProxyStage stage;
    auto& first = stage.stage({bob()});
    first.ifBusy = GENERATE(0U, 1U, 7U);
    stage.receive(kAlice, RequestText{}.text());
    stage.answer(kBob, "INVITE", 486, "bob");
    CHECK(stage.heard(kAlice).back() == "486 INVITE");
    CHECK(stage.heard(kBob) == Lines{"ACK"});
}

TEST_CASE("the next hops of a gateway are tried until one of them rings", "[proxy][stages][gateway][rfc3263-4.3]") {
    const Flow second = udpFlow(51);
    auto gateway = ProxyStage::branch(kBob, "0327000100");
    gateway.gateway = "operator";
    gateway.flow.reset();
    auto other = gateway;
    other.requestUri = "sip:0327000100@192.0.2.51";
    gateway.others = {other};
    Followed stage{{gateway}};
    stage.call();
    REQUIRE(stage.heard(kBob) == Lines{"INVITE"});
    const auto carried = [&stage] {
        assertOnLoop();
        return stage.calls.usage().callsBy("operator");
    };
    SECTION("one that says that it is out of service") {
        stage.answer(kBob, "INVITE", 503, "bob");
        CHECK(stage.heard(second) == Lines{"INVITE"});
        CHECK(carried() == 1);
        stage.answer(second, "INVITE", 503, "second");
        CHECK(stage.next() == "unreachable");
    }
    SECTION("one that says nothing, and then rings all the same") {
        stage.pass(4s);
        CHECK(stage.heard(second) == Lines{"INVITE"});
        stage.answer(kBob, "INVITE", 180, "bob");
        CHECK(stage.heard(kBob).back() == "CANCEL");
        stage.answer(second, "INVITE", 200, "second");
        CHECK(stage.heard(kAlice).back() == "200 INVITE");
        stage.answer(kBob, "INVITE", 487, "bob");
        CHECK(carried() == 1);
    }
    SECTION("none says anything: another gateway, long before timer B") {
        stage.pass(4s);
        stage.pass(4s);
        CHECK(stage.next() == "unreachable");
    }
    SECTION("one that takes its time, but is there") {
        stage.answer(kBob, "INVITE", 100, "");
        stage.pass(8s);
        CHECK(stage.heard(second).empty());
        CHECK(stage.next().empty());
    }
    SECTION("a number that does not exist does not exist by another hop either") {
        stage.answer(kBob, "INVITE", 404, "bob");
        CHECK(stage.heard(second).empty());
        CHECK(stage.next() == "unreachable");
    }
    SECTION("not after it has rung") {
        stage.answer(kBob, "INVITE", 183, "bob");
        stage.answer(kBob, "INVITE", 503, "bob");
        CHECK(stage.heard(second).empty());
    }
}
