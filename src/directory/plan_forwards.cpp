// SPDX-License-Identifier: AGPL-3.0-or-later
#include "directory/plan_forwards.hpp"

#include "beffroi/plan_target.hpp"

#include <algorithm>
#include <array>
#include <utility>

namespace beffroi::directory {
namespace {

struct Way {
    std::string Forwards::*target;
    std::string_view key;
};

constexpr std::array<Way, 5> kWays{{{&Forwards::always, "forward-always"},
                                    {&Forwards::busy, "forward-busy"},
                                    {&Forwards::noAnswer, "forward-no-answer"},
                                    {&Forwards::unreachable, "forward-unreachable"},
                                    {&Forwards::closed, "forward-closed"}}};

bool areNone(const Forwards& forwards) {
    return std::all_of(kWays.begin(), kWays.end(),
                       [&forwards](const Way& way) { return (forwards.*way.target).empty(); });
}

}  // namespace

PlanForwards::PlanForwards(const Plan& plan) {
    extensions_.reserve(plan.extensions.size());
    for (const auto& [number, extension] : plan.extensions) {
        auto& known = extensions_[number];
        known.extension = &extension;
        known.sources[0] = {&extension.forwards, TableId::Extension, number};
        const auto person = plan.people.find(extension.person);
        const bool own = person != plan.people.end();
        if (own) known.sources[1] = {&person->second.forwards, TableId::Person, person->first};
        known.ends = extension.kind != ExtensionKind::Alias && areNone(extension.forwards) &&
                     (!own || areNone(person->second.forwards));
        const auto department = plan.departments.find(extension.department.empty() && own ? person->second.department
                                                                                          : extension.department);
        if (department == plan.departments.end()) continue;
        known.sources[2] = {&department->second.forwards, TableId::Department, department->first};
        known.ends = known.ends && areNone(department->second.forwards);
    }
    for (const auto& [number, code] : plan.shortCodes) shortCodes_.emplace(number, &code);
}

std::optional<PlanForwards::Forward> PlanForwards::ask(const Source& source, ForwardWhen when) {
    if (source.forwards == nullptr) return std::nullopt;
    const auto& way = kWays[static_cast<std::size_t>(when)];
    const auto& target = source.forwards->*way.target;
    if (target.empty()) return std::nullopt;
    return Forward{target, {source.table, std::string{source.entry}, way.key}};
}

std::optional<PlanForwards::Forward> PlanForwards::find(std::string_view extension, ForwardWhen when) const {
    const auto known = extensions_.find(extension);
    if (known == extensions_.end()) return std::nullopt;
    for (const auto each : {ForwardWhen::Always, when}) {
        for (const auto& source : known->second.sources) {
            if (auto forward = ask(source, each)) return forward;
        }
    }
    return std::nullopt;
}

bool PlanForwards::endsAt(std::string_view extension) const {
    const auto known = extensions_.find(extension);
    return known == extensions_.end() || known->second.ends;
}

bool PlanForwards::exists(std::string_view number) const {
    return extensions_.contains(number) || shortCodes_.contains(number);
}

std::optional<PlanForwards::Step> PlanForwards::step(std::string_view number, ForwardWhen when) const {
    const auto known = extensions_.find(number);
    if (known == extensions_.end()) {
        const auto code = shortCodes_.find(number);
        if (code == shortCodes_.end() || !exists(code->second->target)) return std::nullopt;
        return Step{code->second->target, {TableId::ShortCode, std::string{number}, "target"}};
    }
    const auto& extension = *known->second.extension;
    if (extension.kind == ExtensionKind::Alias) {
        if (!exists(extension.target)) return std::nullopt;
        return Step{extension.target, {TableId::Extension, std::string{number}, "target"}};
    }
    const auto through = [this](std::optional<Forward> forward, bool always) -> std::optional<Step> {
        if (!forward || !exists(forward->target)) return std::nullopt;
        return Step{forward->target, std::move(forward->spot), always, true};
    };
    for (const auto& source : known->second.sources) {
        if (auto forward = ask(source, ForwardWhen::Always)) return through(std::move(forward), true);
    }
    if (when == ForwardWhen::Always) return std::nullopt;
    for (std::size_t i = 0; i < 2; ++i) {
        if (auto forward = ask(known->second.sources[i], when)) return through(std::move(forward), false);
    }
    return std::nullopt;
}

}  // namespace beffroi::directory
