// SPDX-License-Identifier: AGPL-3.0-or-later
#include "app/emergency_audit.hpp"

#include "support/countries.hpp"

#include <catch2/catch.hpp>

using namespace beffroi;
using namespace beffroi::app;
using namespace beffroi::test;
using nlohmann::json;

namespace {

DirectorySnapshot plan() {
    DirectorySnapshot plan;
    plan.town.gateway = "operator";
    auto& gateway = plan.gateways["operator"];
    gateway.id = "operator";
    gateway.uri = "sip:198.51.100.9";
    gateway.number = "+33327000100";
    auto& site = plan.sites["ecole"];
    site.id = "ecole";
    site.address = "1 rue de l'Ecole";
    site.emergencyNumber = "+33327000150";
    site.emergencyNotify = "2100";
    for (const auto* number : {"2100", "2101"}) {
        auto& extension = plan.extensions[number];
        extension.number = number;
        auto& device = plan.devices[std::string{"poste-"} + number];
        device.account = std::string{"poste-"} + number;
        device.extension = number;
        device.site = "ecole";
        extension.devices = {device.account};
    }
    return plan;
}

json audit(const DirectorySnapshot& plan) { return emergencyAudit(plan, france(), NobodyThere{}, Clock::WallTime{}); }

}  // namespace

TEST_CASE("an audit says what each telephone would present, by which gateway, and who is told", "[app][emergency]") {
    const auto result = audit(plan());
    CHECK(result["faults"] == 0);
    REQUIRE(result["devices"].size() == 2);
    const auto& device = result["devices"][1];
    CHECK(device["account"] == "poste-2101");
    CHECK(device["presented"] == "+33327000150");
    CHECK(device["gateway"] == "operator");
    CHECK(device["notify"] == "2100");
    CHECK(device["remarks"].empty());
    const auto numbers = result["numbers"].get<std::vector<std::string>>();
    CHECK(std::find(numbers.begin(), numbers.end(), "112") != numbers.end());
}

TEST_CASE("what keeps help away or sends it elsewhere is a fault", "[app][emergency]") {
    auto changed = plan();
    std::string fault;
    SECTION("a telephone without a site") {
        changed.devices["poste-2101"].site.clear();
        fault = "the device has no site";
    }
    SECTION("a site without a number of its own") {
        changed.sites["ecole"].emergencyNumber.clear();
        fault = "the site has no emergency-number";
    }
    SECTION("no way out") {
        changed.gateways.clear();
        fault = "no gateway leads to the emergency services";
    }
    const auto result = audit(changed);
    CHECK(result["faults"].get<int>() > 0);
    const auto faults = result["devices"][0]["account"] == "poste-2101" ? result["devices"][0]["faults"]
                                                                        : result["devices"][1]["faults"];
    CHECK(std::find(faults.begin(), faults.end(), json(fault)) != faults.end());
}

TEST_CASE("what is missing besides is said, and no fault", "[app][emergency]") {
    auto changed = plan();
    changed.sites["ecole"].address.clear();
    changed.sites["ecole"].emergencyNotify.clear();
    const auto result = audit(changed);
    CHECK(result["faults"] == 0);
    CHECK(result["devices"][0]["remarks"].size() == 2);
}
