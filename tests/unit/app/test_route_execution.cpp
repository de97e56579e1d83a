// SPDX-License-Identifier: AGPL-3.0-or-later
#include "app/route_execution.hpp"

#include "unit/app/town.hpp"

#include <catch2/catch.hpp>

using namespace beffroi;
using namespace beffroi::app;
using namespace beffroi::test;

namespace {

// Somebody has logged in at a telephone that is not the own one.
class LoggedIn final : public LineStates {
public:
    LoggedIn(std::string account, std::string extension)
        : account_{std::move(account)}, extension_{std::move(extension)} {
        settings_.loggedInAt = {account_};
    }
    [[nodiscard]] const LineSettings* settingsOf(std::string_view extension) const override {
        return extension == extension_ ? &settings_ : nullptr;
    }
    [[nodiscard]] const HoursOverride* overrideOf(std::string_view, Clock::WallTime) const override { return nullptr; }
    [[nodiscard]] bool isBusy(std::string_view) const override { return false; }
    [[nodiscard]] bool isReachable(std::string_view) const override { return true; }
    [[nodiscard]] Clock::WallTime idleSince(std::string_view) const override { return {}; }
    [[nodiscard]] std::uint32_t callsOf(std::string_view) const override { return 0; }
    [[nodiscard]] std::uint32_t callsBy(std::string_view) const override { return 0; }
    [[nodiscard]] std::string_view extensionAt(std::string_view account) const override {
        return account == account_ ? std::string_view{extension_} : std::string_view{};
    }

private:
    std::string account_;
    std::string extension_;
    LineSettings settings_;
};

struct Execution : SmallTown {
    Execution() {
        registerPhone(counter, {}, ";q=0.5");
        registerPhone(office);
        registerPhone(school);
    }
    proxy::ForkPlan carryOut(const RoutePlan& plan, const std::function<void(RouteExecution::Call&)>& change = {}) {
        assertOnLoop();
        const auto snapshot = directory.snapshot();
        RouteExecution::Call call{*snapshot};
        call.callerAccount = "2101-bureau";
        if (change) change(call);
        return execution.forkPlan(plan, call);
    }
    gateway::GatewayTable gateways;
    RouteExecution execution{{wire, registrar, gateways, france()}, {"town.example", bridge.flow.remote}};
};

using Names = std::vector<std::vector<std::string>>;

Names accounts(const proxy::ForkStage& stage) {
    Names rounds;
    for (const auto& round : stage.rounds) {
        auto& names = rounds.emplace_back();
        for (const auto& branch : round.branches)
            names.push_back(branch.account.empty() ? branch.label : branch.account);
    }
    return rounds;
}

RouteStage ring(std::vector<RouteTarget> targets) {
    RouteStage stage;
    stage.targets = std::move(targets);
    stage.timeout = 20s;
    return stage;
}

std::vector<std::string> told(const proxy::Branch& branch, std::string_view name) {
    std::vector<std::string> values;
    for (const auto& field : branch.headers) {
        if (name == field.name) values.push_back(field.value);
    }
    return values;
}

}  // namespace

TEST_CASE("a stage keeps what follows it, also where there is nobody to ring", "[app][stages]") {
    Execution town;
    RoutePlan plan;
    plan.stages = {ring({RingExtension{"2104"}}), ring({RingExtension{"2103"}}), ring({})};
    plan.stages[0].ifBusy = 1;
    plan.stages[0].ifNoAnswer = 2;
    plan.stages[0].ifUnreachable = 1;
    plan.stages[1].shared = true;
    const auto fork = town.carryOut(plan);
    REQUIRE(fork.stages.size() == 3);
    CHECK(fork.stages[0].rounds.empty());
    CHECK(fork.stages[0].ifBusy == 1);
    CHECK(fork.stages[0].ifNoAnswer == 2);
    CHECK(fork.stages[0].ifUnreachable == 1);
    CHECK_FALSE(fork.stages[0].shared);
    CHECK(fork.stages[1].shared);
    CHECK(fork.stages[1].ifBusy == proxy::ForkStage::kEnd);
    REQUIRE(accounts(fork.stages[1]) == Names{{"2103-ecole"}});
    CHECK(fork.stages[1].rounds[0].timeout == 20s);
}

TEST_CASE("the targets of a stage ring together, each by its own order of preference", "[app][stages][rfc3261-16.6]") {
    Execution town;
    RoutePlan plan;
    plan.stages = {ring({RingExtension{"2102"}, RingExtension{"2103"}, CallService{Service::Echo, "8099"}})};
    const auto fork = town.carryOut(plan);
    CHECK(accounts(fork.stages[0]) == Names{{"2102-bureau", "2103-ecole", "8099"}, {"2102-comptoir"}});
    CHECK(fork.stages[0].rounds[1].timeout == 20s);
    CHECK(fork.stages[0].rounds[0].branches[0].extension == "2102");
}

TEST_CASE("what is no call does not follow forwards", "[app][stages]") {
    Execution town;
    RoutePlan plan;
    plan.stages = {ring({RingExtension{"2103"}}), ring({RingExtension{"2102"}})};
    plan.stages[0].ifBusy = 1;
    const auto fork = town.carryOut(plan, [](RouteExecution::Call& call) { call.invite = false; });
    REQUIRE(fork.stages.size() == 1);
    CHECK(fork.stages[0].ifBusy == proxy::ForkStage::kEnd);
}

TEST_CASE("a person is rung where the person has logged in, and not whose telephone that is", "[app][stages]") {
    Execution town;
    const LoggedIn lines{"2103-ecole", "2102"};
    RoutePlan plan;
    plan.stages = {ring({RingExtension{"2102"}}), ring({RingExtension{"2103"}})};
    const auto fork = town.carryOut(plan, [&lines](RouteExecution::Call& call) { call.lines = &lines; });
    CHECK(accounts(fork.stages[0]) == Names{{"2102-bureau", "2103-ecole"}, {"2102-comptoir"}});
    CHECK(fork.stages[0].rounds[0].branches[1].extension == "2102");
    CHECK(fork.stages[1].rounds.empty());
}

TEST_CASE("telephones of a diverted call are told by whom it came", "[app][rfc7044-9.3][rfc5806-5]") {
    Execution town;
    RoutePlan plan;
    plan.stages = {ring({RingExtension{"2102"}, CallService{Service::Echo, "8099"}})};
    plan.stages[0].diversions = {{"2101", DiversionReason::NoAnswer}};
    SECTION("each with an index of its own") {
        const auto fork = town.carryOut(plan);
        const auto& first = fork.stages[0].rounds[0].branches[0];
        const auto& second = fork.stages[0].rounds[1].branches[0];
        CHECK(told(first, "Diversion") ==
              std::vector<std::string>{R"("Anne \"la Mairie\" Castelain" <sip:2101@town.example>;reason=no-answer)"
                                       ";counter=1;privacy=off"});
        REQUIRE(told(first, "History-Info").size() == 3);
        CHECK(told(first, "History-Info")[1] == "<sip:2102@town.example;cause=408>;index=1.1;mp=1");
        CHECK(told(first, "History-Info")[2].ends_with(";index=1.1.1;rc=1.1"));
        CHECK(told(second, "History-Info")[2].ends_with(";index=1.1.3;rc=1.1"));
        CHECK(fork.stages[0].rounds[0].branches[1].headers.empty());  // the bridge
    }
    SECTION("unless the caller keeps it back") {
        const auto fork = town.carryOut(plan, [](RouteExecution::Call& call) { call.historyWanted = false; });
        CHECK(fork.stages[0].rounds[0].branches[0].headers.empty());
    }
}

TEST_CASE("the bridge is asked to say something", "[app][stages]") {
    Execution town;
    assertOnLoop();
    CallService closed{Service::Announcement, ""};
    closed.announcement = "closed+time:08:30";
    RoutePlan plan;
    plan.stages = {ring({closed})};
    const auto fork = town.carryOut(plan);
    const auto& branch = fork.stages[0].rounds[0].branches[0];
    CHECK(branch.requestUri == "sip:announcement@127.0.0.1:5070;service=announcement;say=closed+time:08:30");
    CHECK(branch.identity.empty());
    CHECK(town.execution.announcement("busy", true).requestUri ==
          "sip:announcement@127.0.0.1:5070;service=announcement;say=busy;early");
}
