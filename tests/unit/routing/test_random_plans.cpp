// SPDX-License-Identifier: AGPL-3.0-or-later
//
// What holds in every town, whatever its plan says: random plans, full of circles and of numbers of nobody, from seeds
// that a failure names.
#include "unit/routing/routing_town.hpp"

#include <catch2/catch.hpp>

#include <random>

using namespace beffroi;
using test::RoutingTown;

namespace {

class RandomTown {
public:
    explicit RandomTown(std::uint32_t seed) : dice_{seed} {
        for (int i = 0; i < 24; ++i) addExtension(number(i));
        for (int i = 0; i < 3; ++i) {
            world_.department("d" + std::to_string(i)).number = number(upTo(24));
            auto& department = world_.department("d" + std::to_string(i));
            department.parent = oneIn(2) ? "d" + std::to_string(upTo(3)) : "";
            department.hours = oneIn(2) ? "bureau" : "";
            fill(department.forwards);
        }
        world_.hours("bureau", {"mon-fri 08:30-12:00"});
        for (int i = 0; i < 3; ++i) addPerson("p" + std::to_string(i));
        for (const auto* id : {"a", "b"}) addRota(id);
        for (int i = 0; i < 4; ++i) world_.shortCode("6" + std::to_string(i), target());
        world_.direct("+33327000100", target());
        world_.directRange("+33327000200", "+33327000299", "", "2000");
        world_.classOfService("agents").allowed = dice_() & 0x7FFU;
        world_.classOfService("agents").forwards = dice_() & 0x7FFU;
        if (oneIn(3)) world_.directory.town.classOfService = "agents";
        if (oneIn(3)) world_.directory.town.outsidePrefix = "0";
        world_.gateway("operateur").maximumCalls = oneIn(4) ? 1 : 0;
        world_.lines.gatewayCalls["operateur"] = 1;
        world_.at += std::chrono::minutes{upTo(7 * 1440)};
    }

    RoutingTown& world() { return world_; }
    std::string anyNumber() {
        if (oneIn(4)) return target();
        return oneIn(6) ? "*21*" + target() + '#' : number(upTo(26));
    }
    int upTo(int end) { return static_cast<int>(dice_() % static_cast<unsigned>(end)); }
    bool oneIn(int many) { return upTo(many) == 0; }
    static std::string number(int i) { return std::to_string(2000 + i); }

private:
    std::string target() {
        switch (upTo(12)) {
            case 0: return "6" + std::to_string(upTo(5));
            case 1: return "0612345678";
            case 2: return "0041223456789";
            case 3: return "on-call:" + std::string{oneIn(2) ? "a" : "b"};
            case 4: return "announcement:closed+next-opening";
            case 5: return "0327000" + std::to_string(200 + upTo(30));
            case 6: return "+33327000100";
            case 7: return oneIn(3) ? "15" : "2999";
            default: return number(upTo(24));
        }
    }
    std::string maybe() { return oneIn(3) ? target() : std::string{}; }
    void fill(Forwards& forwards) {
        forwards = {maybe(), maybe(), maybe(), maybe(), maybe(), std::chrono::seconds{upTo(3) * 10}};
        if (!oneIn(3)) forwards.always.clear();
    }
    void addExtension(const std::string& its) {
        const auto kind = static_cast<ExtensionKind>(oneIn(2) ? 0 : upTo(6));
        auto& extension = world_.extension(its, kind);
        extension.target = target();
        extension.strategy = static_cast<Strategy>(upTo(4));
        if (kind == ExtensionKind::Group || kind == ExtensionKind::Department) {
            for (int i = upTo(7); i > 0; --i) extension.members.push_back(oneIn(8) ? target() : number(upTo(24)));
        }
        if (oneIn(2)) extension.department = "d" + std::to_string(upTo(4));
        if (oneIn(3)) extension.person = "p" + std::to_string(upTo(4));
        if (oneIn(4)) extension.classOfService = "agents";
        fill(extension.forwards);
        if (oneIn(3)) world_.lines.busy.insert(its);
        if (oneIn(5)) world_.lines.unreachable.insert(its);
        if (!oneIn(3)) return;
        auto& settings = world_.lines.settings[its];
        fill(settings.forwards);
        settings.doNotDisturb = oneIn(4);
        settings.callWaiting = oneIn(2);
        if (oneIn(2)) settings.leftGroups.insert(number(upTo(24)));
    }
    void addPerson(const std::string& id) {
        auto& person = world_.directory.people[id];
        person.id = id;
        person.department = "d" + std::to_string(upTo(4));
        if (oneIn(2)) person.secretary = number(upTo(24));
        if (oneIn(2)) person.reachedBy = {number(upTo(24))};
        fill(person.forwards);
    }
    void addRota(const std::string& id) {
        auto& rota = world_.rota(id, {"2027-05-05 12:00 " + target()});
        for (int i = upTo(5); i > 0; --i) rota.escalation.push_back(target());
    }

    std::mt19937 dice_;
    RoutingTown world_;
};

void checkShape(const RoutePlan& plan) {
    CHECK((plan.refusal ? 1 : 0) + (plan.feature ? 1 : 0) + (plan.stages.empty() ? 0 : 1) == 1);
    CHECK(plan.stages.size() <= routing::kMostStages);
    CHECK_FALSE(plan.reasons.empty());
    for (std::size_t i = 0; i < plan.stages.size(); ++i) {
        const auto& stage = plan.stages[i];
        CHECK_FALSE(stage.targets.empty());
        for (const auto next : {stage.ifBusy, stage.ifNoAnswer, stage.ifUnreachable}) {
            CHECK((next == RouteStage::kEnd || (next > i && next < plan.stages.size())));
        }
        const auto forwards =
            std::count_if(stage.diversions.begin(), stage.diversions.end(),
                          [](const auto& diversion) { return diversion.reason != DiversionReason::Group; });
        CHECK(forwards <= static_cast<std::ptrdiff_t>(routing::kMostForwards));
    }
}

bool leadsOutside(const RoutePlan& plan) {
    for (const auto& stage : plan.stages) {
        for (const auto& target : stage.targets) {
            if (std::holds_alternative<DialOutside>(target)) return true;
        }
    }
    return false;
}

}  // namespace

TEST_CASE("routing ends in every town, within its limits", "[routing]") {
    for (std::uint32_t seed = 1; seed <= 400; ++seed) {
        RandomTown random{seed};
        auto& world = random.world();
        for (int i = 0; i < 12; ++i) {
            const auto dialled = random.anyNumber();
            const auto from = RandomTown::number(random.upTo(24));
            CAPTURE(seed, dialled, from);
            checkShape(world.plan(dialled, from));
        }
        for (const auto* dialled : {"+33327000100", "+33327000205", "+33327000299", "2005", "0612345678"}) {
            CAPTURE(seed, dialled);
            checkShape(world.planFromOutside(dialled));
        }
    }
}

TEST_CASE("emergency wins in every town", "[routing]") {
    for (std::uint32_t seed = 1; seed <= 400; ++seed) {
        RandomTown random{seed};
        auto& world = random.world();
        const auto from = RandomTown::number(random.upTo(24));
        for (int i = random.upTo(3); i > 0; --i) world.gateway("other-" + std::to_string(i));
        if (random.oneIn(3)) world.directory.town.gateway.clear();
        if (random.oneIn(3)) world.site("mairie").gateway = "other-1";
        if (random.oneIn(3)) world.directory.devices[from].site.clear();
        CAPTURE(seed, from);
        const auto plan = world.plan("112", from);
        CHECK(plan.emergency);
        REQUIRE(plan.stages.size() == world.directory.gateways.size());
        CHECK(test::wayOf(plan).starts_with("emergency 112 by "));
        for (std::size_t i = 0; i + 1 < plan.stages.size(); ++i) {
            const auto& stage = plan.stages[i];
            CHECK((stage.ifBusy == i + 1 && stage.ifNoAnswer == i + 1 && stage.ifUnreachable == i + 1));
        }
    }
}

TEST_CASE("no town lets a stranger outside that allows no forward", "[routing]") {
    for (std::uint32_t seed = 1; seed <= 400; ++seed) {
        RandomTown random{seed};
        auto& world = random.world();
        world.directory.town.classOfService = "agents";
        world.classOfService("agents").allowed.set();
        world.classOfService("agents").forwards.reset();
        for (const auto* dialled : {"+33327000100", "+33327000203", "+33327000210", "+33327000217"}) {
            CAPTURE(seed, dialled);
            CHECK_FALSE(leadsOutside(world.planFromOutside(dialled)));
        }
    }
}
