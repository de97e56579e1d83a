// SPDX-License-Identifier: AGPL-3.0-or-later
#include "gateway/gateway_table.hpp"

#include <catch2/catch.hpp>

using namespace beffroi;
using namespace beffroi::gateway;

namespace {

std::shared_ptr<const DirectorySnapshot> plan() {
    auto directory = std::make_shared<DirectorySnapshot>();
    const auto add = [&directory](const char* id, std::vector<std::string> sources) {
        auto& gateway = directory->gateways[id];
        gateway.id = id;
        gateway.uri = std::string{"sip:"} + id + ".example";
        gateway.sources = std::move(sources);
    };
    add("operator", {"198.51.100.0/24", "2001:db8::/48"});
    add("branch", {"198.51.100.7"});
    add("one-way", {});
    add("broken", {"nonsense"});
    return directory;
}

}  // namespace

TEST_CASE("an address is a gateway's if it is within its networks, the narrowest counts", "[gateway]") {
    const GatewayTable gateways{plan()};
    const auto& [address, id] = GENERATE(table<const char*, const char*>({{"198.51.100.1", "operator"},
                                                                          {"198.51.100.7", "branch"},
                                                                          {"198.51.101.1", ""},
                                                                          {"2001:db8:0:9::1", "operator"},
                                                                          {"2001:db8:1::1", ""},
                                                                          {"127.0.0.1", ""}}));
    INFO(address);
    const auto* found = gateways.at(*SocketAddress::parse(address, 5060));
    CHECK((found == nullptr ? std::string{} : found->id) == id);
}

TEST_CASE("gateways are found by name, and their networks listed", "[gateway]") {
    const auto directory = plan();
    const GatewayTable gateways{directory};
    REQUIRE(gateways.find("one-way") != nullptr);
    CHECK(gateways.find("nobody") == nullptr);
    CHECK(gateways.networks().size() == 3);
    CHECK(nextHops(*gateways.find("branch")) == std::vector<std::string>{"sip:branch.example"});
    CHECK(nextHops(Gateway{}).empty());
    CHECK(gateways.isOf(directory));
    CHECK_FALSE(gateways.isOf(plan()));
}

TEST_CASE("before there is a plan there is no gateway", "[gateway]") {
    const GatewayTable gateways;
    CHECK(gateways.at(*SocketAddress::parse("198.51.100.1", 5060)) == nullptr);
    CHECK(gateways.find("operator") == nullptr);
    CHECK(gateways.networks().empty());
}
