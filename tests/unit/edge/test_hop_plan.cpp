// SPDX-License-Identifier: AGPL-3.0-or-later
#include "edge/hop_plan.hpp"

#include <catch2/catch.hpp>

#include <map>
#include <string>

using namespace beffroi;
using namespace beffroi::edge;
using Order = std::vector<std::size_t>;

namespace {

HopTarget target(std::uint16_t priority, std::uint16_t weight) { return {priority, weight, 5060, "host", {}}; }

HopTarget at(std::uint16_t port, const std::vector<std::string>& hosts) {
    HopTarget made{0, 0, port, "host", {}};
    for (const auto& host : hosts) made.addresses.push_back(*SocketAddress::parse(host, 0));
    return made;
}

Destination to(Transport transport, const char* address) { return {transport, *SocketAddress::parseWithPort(address)}; }

RandomNumber always(std::uint64_t number) {
    return [number] { return number; };
}

}  // namespace

TEST_CASE("targets are tried by priority, all of one before those of the next", "[edge][rfc2782]") {
    const std::vector<HopTarget> targets{target(20, 5), target(10, 0), target(30, 0), target(10, 9), target(20, 1)};
    for (const std::uint64_t number : {0ULL, 1ULL, 7ULL, 0xffffffffffffffffULL}) {
        const auto order = orderTargets(targets, always(number));
        REQUIRE(order.size() == targets.size());
        CHECK(targets[order[0]].priority == 10);
        CHECK(targets[order[1]].priority == 10);
        CHECK(targets[order[2]].priority == 20);
        CHECK(targets[order[3]].priority == 20);
        CHECK(order[4] == 2);
    }
    CHECK(orderTargets({}, always(1)).empty());
}

TEST_CASE("within a priority the chance of being first is the weight's", "[edge][rfc2782]") {
    const std::vector<HopTarget> targets{target(1, 3), target(1, 1), target(1, 0)};
    std::map<std::size_t, int> first;
    for (std::uint64_t number = 0; number < 5; ++number) ++first[orderTargets(targets, always(number)).front()];
    CHECK(first[0] == 3);
    CHECK(first[1] == 1);
    CHECK(first[2] == 1);  // weightless: its small chance

    // Who was chosen is out of the draw for the next place.
    CHECK(orderTargets(targets, always(0)) == Order{2, 0, 1});
    std::vector<std::uint64_t> drawn{4, 1, 0};
    const auto next = [&drawn] {
        const auto number = drawn.front();
        drawn.erase(drawn.begin());
        return number;
    };
    CHECK(orderTargets(targets, next) == Order{1, 0, 2});
}

TEST_CASE("a request tries every address once, service after service", "[edge][rfc3263-4.3]") {
    const HopPlan plan{
        {Transport::Tcp, {at(5070, {"192.0.2.1", "2001:db8::1"}), at(5071, {"192.0.2.1"})}},
        {Transport::Udp, {at(5070, {"192.0.2.1", "192.0.2.2"}), at(5070, {"192.0.2.1"}), at(5070, {})}},
    };
    CHECK(destinationsOf(plan, always(0)) == std::vector{
                                                 to(Transport::Tcp, "192.0.2.1:5070"),
                                                 to(Transport::Tcp, "[2001:db8::1]:5070"),
                                                 to(Transport::Tcp, "192.0.2.1:5071"),
                                                 to(Transport::Udp, "192.0.2.1:5070"),
                                                 to(Transport::Udp, "192.0.2.2:5070"),
                                             });
    CHECK(destinationsOf({}, always(0)).empty());
}
