// SPDX-License-Identifier: AGPL-3.0-or-later
//
// The example that the quick start and the documents use must stay a plan that can be applied.

#include "base/hash.hpp"
#include "directory/plan_secrets.hpp"
#include "support/plans.hpp"
#include "support/temporary_folder.hpp"

#include <catch2/catch.hpp>

#include <algorithm>
#include <set>
#include <string>

using namespace beffroi;
using namespace beffroi::directory;

namespace {

Plan planOfTown(const std::string& text) {
    return test::planOf(text, "demo-town.toml", PlanKnowledge::of(BEFFROI_SOURCE_DIR "/config/countries"));
}

}  // namespace

TEST_CASE("the demo town is a plan of the size that its first lines say", "[directory][plan]") {
    const auto text = test::textOf(BEFFROI_SOURCE_DIR "/config/plans/demo-town.toml");
    const auto plan = planOfTown(text);
    CHECK(plan.notes.warnings.empty());
    CHECK(plan.town.name == "Val-du-Beffroi");
    const auto countOf = [&plan](ExtensionKind kind) {
        return std::count_if(plan.extensions.begin(), plan.extensions.end(),
                             [kind](const auto& entry) { return entry.second.kind == kind; });
    };
    const auto said = [&text](std::size_t count, const char* what) {
        return text.substr(0, 600).find(std::to_string(count) + what) != std::string::npos;
    };
    CHECK(text.substr(0, 200).find("an invented town of 20,000 inhabitants") != std::string::npos);
    CHECK(said(plan.sites.size(), " sites"));
    CHECK(said(plan.departments.size(), " departments"));
    CHECK(said(plan.people.size(), " people"));
    CHECK(said(plan.extensions.size(), " extensions"));
    CHECK(said(plan.devices.size(), " telephones"));
    CHECK(countOf(ExtensionKind::Room) == 3);
    CHECK(countOf(ExtensionKind::EchoTest) == 1);
    CHECK(countOf(ExtensionKind::Department) == static_cast<long>(plan.departments.size()));
    CHECK(plan.extensions.size() >= 200);
}

TEST_CASE("in the demo town everybody can be called and every telephone stands somewhere", "[directory][plan]") {
    auto plan = planOfTown(test::textOf(BEFFROI_SOURCE_DIR "/config/plans/demo-town.toml"));
    const auto snapshot = snapshotOf(plan, 1);
    std::set<std::string> reached;
    for (const auto& [number, extension] : snapshot.extensions) {
        CAPTURE(number);
        CHECK_FALSE(extension.label.empty());
        CHECK(extension.devices.empty() == (extension.kind != ExtensionKind::Phone));
        reached.insert(extension.person);
    }
    for (const auto& [id, person] : snapshot.people) {
        CAPTURE(id);
        CHECK(reached.contains(id));
        CHECK_FALSE(person.department.empty());
    }
    for (const auto& [account, device] : snapshot.devices) {
        CAPTURE(account);
        CHECK_FALSE(device.site.empty());
        CHECK(device.ha1Sha256.empty());  // no passwords in a file that everybody reads
    }
    for (const auto& [id, department] : snapshot.departments) {
        CAPTURE(id);
        CHECK_FALSE(department.number.empty());
        CHECK(snapshot.directNumberOf.contains(department.number));
    }
    for (const auto& [id, site] : snapshot.sites) {
        CAPTURE(id);
        CHECK(snapshot.extension(site.emergencyNotify) != nullptr);
        CHECK_FALSE(site.emergencyNumber.empty());
    }
    const auto without = completeFrom({}, plan);
    CHECK(without.size() == plan.devices.size());
}
