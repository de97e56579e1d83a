// SPDX-License-Identifier: AGPL-3.0-or-later
#include "routing/router.hpp"

#include "support/fake_clock.hpp"

#include <catch2/catch.hpp>

using namespace beffroi;
using namespace beffroi::routing;

namespace {

DirectorySnapshot town() {
    DirectorySnapshot directory;
    const auto add = [&directory](const char* number, ExtensionKind kind, const char* label,
                                  std::vector<std::string> devices, std::uint32_t members = 0) {
        Extension extension;
        extension.number = number;
        extension.kind = kind;
        extension.label = label;
        extension.devices = std::move(devices);
        extension.maximumMembers = members;
        directory.extensions.emplace(number, std::move(extension));
    };
    add("2001", ExtensionKind::Phone, "Anne Castelain", {"2001"});
    add("2100", ExtensionKind::Phone, "", {"2100-comptoir", "2100-bureau"});
    add("2200", ExtensionKind::Phone, "Salle vide", {});
    add("8000", ExtensionKind::Room, "Conseil", {});
    add("8001", ExtensionKind::Room, "", {}, 12);
    add("*99", ExtensionKind::EchoTest, "", {});
    return directory;
}

RoutePlan dial(std::string dialled, RoutingSettings settings = {}) {
    return route({"2001", "2001", std::move(dialled), test::FakeClock{}.wallNow()}, town(), settings);
}

}  // namespace

TEST_CASE("a number of the directory goes to what the directory says it is", "[routing]") {
    struct Line {
        const char* dialled;
        RouteTarget target;
        std::chrono::seconds timeout;
        const char* reason;
    };
    const auto line = GENERATE(values<Line>({
        {"2100", RingExtension{"2100"}, 25s, "2100 is an extension: its phones ring for 25 s"},
        {"2001", RingExtension{"2001"}, 25s, "2001 (Anne Castelain) is an extension: its phones ring for 25 s"},
        {"8000", CallService{Service::Room, "8000", 0}, 0s, "8000 (Conseil) is a room: the bridge takes it"},
        {"8001", CallService{Service::Room, "8001", 12}, 0s, "8001 is a room: the bridge takes it"},
        {"*99", CallService{Service::Echo, "*99", 0}, 0s, "*99 is the echo test: the bridge takes it"},
    }));
    CAPTURE(line.dialled);
    const auto plan = dial(line.dialled, {25s});
    CHECK_FALSE(plan.refusal);
    REQUIRE(plan.stages.size() == 1);
    CHECK(plan.stages[0].targets == std::vector{line.target});
    CHECK(plan.stages[0].timeout == line.timeout);
    REQUIRE(plan.reasons.size() == 1);
    CHECK(plan.reasons[0].text == line.reason);
    CHECK(plan.reasons[0].decided);
}

TEST_CASE("what leads nowhere is refused, with the reason", "[routing][rfc3261-21.4.5]") {
    const std::string longest(32, '7');
    struct Line {
        std::string dialled;
        std::uint16_t status;
        std::string reason;
    };
    const auto line = GENERATE_COPY(values<Line>({
        {"2999", 404, "nobody has the number 2999"},
        {"+33320000000", 404, "nobody has the number +33320000000"},
        {"200", 404, "nobody has the number 200"},
        {"20011", 404, "nobody has the number 20011"},
        {longest, 404, "nobody has the number " + longest},
        {"2200", 480, "2200 (Salle vide) has no device"},
        {"", 404, "what was dialled is not a number"},
        {longest + "7", 404, "what was dialled is not a number"},
        {"anne.castelain", 404, "what was dialled is not a number"},
        {"2001 ", 404, "what was dialled is not a number"},
        {"2001;phone-context=ville", 404, "what was dialled is not a number"},
        {std::string{"2001\0", 5}, 404, "what was dialled is not a number"},
        {"２００１", 404, "what was dialled is not a number"},
    }));
    CAPTURE(line.dialled);
    const auto plan = dial(line.dialled);
    CHECK(plan.stages.empty());
    REQUIRE(plan.refusal);
    CHECK(plan.refusal->status == line.status);
    CHECK(plan.refusal->reason == line.reason);
    REQUIRE(plan.reasons.size() == 1);
    CHECK(plan.reasons[0].text == line.reason);
    CHECK(plan.reasons[0].decided);
}

TEST_CASE("the same call on the same snapshot goes the same way, whoever calls and when", "[routing]") {
    const auto directory = town();
    test::FakeClock clock;
    const auto first = route({"2001", "2001", "2100", clock.wallNow()}, directory, {});
    clock.advance(24h);
    const auto second = route({"", "", "2100", clock.wallNow()}, directory, {});
    REQUIRE(first.stages.size() == 1);
    REQUIRE(second.stages.size() == 1);
    CHECK(first.stages[0].targets == second.stages[0].targets);
    CHECK(first.stages[0].timeout == 60s);
    CHECK(first.reasons == second.reasons);
}
