// SPDX-License-Identifier: AGPL-3.0-or-later
//
// Any text as a plan file: a plan that is read is written and read again as the same plan, and what the call path looks
// up in it is whole; a mistake stands where the text has a line for it.

#include "base/assert.hpp"
#include "directory/plan.hpp"
#include "directory/plan_secrets.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace {

using namespace beffroi;
using namespace beffroi::directory;

void checkPlan(Plan plan) {
    std::vector<std::string> open;
    for (const auto& [account, device] : plan.devices) {
        if (device.ha1Sha256.empty() && device.ha1Md5.empty()) open.push_back(account);
    }
    BEFFROI_ASSERT(generatePasswords(plan, open, [] { return std::string{"belfry-bell-tower"}; }).size() ==
                   open.size());
    const auto text = writePlan(plan);
    const auto again = readPlan(text, "again.toml");
    const auto* second = std::get_if<Plan>(&again);
    BEFFROI_ASSERT(second != nullptr && difference(plan, *second).empty() && difference(*second, plan).empty());
    BEFFROI_ASSERT(writePlan(*second) == text);
    const auto snapshot = snapshotOf(plan, 1);
    BEFFROI_ASSERT(snapshot.devices.size() == plan.devices.size());
    for (const auto& [account, device] : plan.devices) {
        const auto* extension = snapshot.extension(device.extension);
        BEFFROI_ASSERT(extension != nullptr && snapshot.device(account) != nullptr);
        BEFFROI_ASSERT(std::count(extension->devices.begin(), extension->devices.end(), account) == 1);
    }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view text{reinterpret_cast<const char*>(data), size};
    auto result = readPlan(text, "plan.toml");
    if (auto* plan = std::get_if<Plan>(&result)) {
        checkPlan(std::move(*plan));
        return 0;
    }
    const auto& mistakes = std::get<std::vector<PlanMistake>>(result);
    const auto lines = static_cast<std::size_t>(std::count(text.begin(), text.end(), '\n')) + 1;
    BEFFROI_ASSERT(!mistakes.empty());
    for (const auto& mistake : mistakes) {
        BEFFROI_ASSERT(!mistake.text.empty() && mistake.line <= lines && mistake.column <= size + 1);
        BEFFROI_ASSERT(mistake.toString().starts_with("plan.toml"));
    }
    return 0;
}
