// SPDX-License-Identifier: AGPL-3.0-or-later
//
// The present as a test wants it. Every line is idle and can be reached until the test says otherwise.
#pragma once

#include "beffroi/line_states.hpp"

#include <functional>
#include <map>
#include <set>
#include <string>

namespace beffroi::test {

class FakeLineStates final : public LineStates {
public:
    std::map<std::string, LineSettings, std::less<>> settings;
    std::map<std::string, HoursOverride, std::less<>> overrides;
    std::set<std::string, std::less<>> busy;
    std::set<std::string, std::less<>> unreachable;
    std::map<std::string, Clock::WallTime, std::less<>> idle;
    std::map<std::string, std::uint32_t, std::less<>> groupCalls;
    std::map<std::string, std::uint32_t, std::less<>> gatewayCalls;
    std::map<std::string, std::string, std::less<>> loggedIn;  // by account

    [[nodiscard]] const LineSettings* settingsOf(std::string_view extension) const override {
        return look(settings, extension);
    }
    [[nodiscard]] const HoursOverride* overrideOf(std::string_view department, Clock::WallTime at) const override {
        const auto* found = look(overrides, department);
        return found != nullptr && found->until && *found->until <= at ? nullptr : found;
    }
    [[nodiscard]] bool isBusy(std::string_view extension) const override { return busy.contains(extension); }
    [[nodiscard]] bool isReachable(std::string_view extension) const override {
        return !unreachable.contains(extension);
    }
    [[nodiscard]] Clock::WallTime idleSince(std::string_view extension) const override {
        return valueOr(idle, extension, {});
    }
    [[nodiscard]] std::uint32_t callsOf(std::string_view group) const override { return valueOr(groupCalls, group, 0); }
    [[nodiscard]] std::uint32_t callsBy(std::string_view gateway) const override {
        return valueOr(gatewayCalls, gateway, 0);
    }
    [[nodiscard]] std::string_view extensionAt(std::string_view account) const override {
        const auto* found = look(loggedIn, account);
        return found == nullptr ? std::string_view{} : *found;
    }

private:
    template <typename Map>
    static const typename Map::mapped_type* look(const Map& map, std::string_view name) {
        const auto found = map.find(name);
        return found == map.end() ? nullptr : &found->second;
    }
    template <typename Map>
    static typename Map::mapped_type valueOr(const Map& map, std::string_view name,
                                             typename Map::mapped_type otherwise) {
        const auto* found = look(map, name);
        return found == nullptr ? otherwise : *found;
    }
};

}  // namespace beffroi::test
