// SPDX-License-Identifier: AGPL-3.0-or-later
//
// A town to route in: a plan and a present that a test changes line by line, and a way to say in one line what became
// of a call: "rings 2101 60s; if busy: rings 2105 60s". What follows a stage stands in brackets behind it.
#pragma once

#include "beffroi/announcements.hpp"
#include "calendar/hours_text.hpp"
#include "calendar/time_zones.hpp"
#include "routing/plan_words.hpp"
#include "routing/router.hpp"
#include "support/countries.hpp"
#include "support/fake_line_states.hpp"

#include <algorithm>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

namespace beffroi::test {

using namespace std::chrono_literals;

/// "rings 2101 60s [busy: rings 2105 60s] [no answer: …]", "refused: busy (486)", "sets forward-always to 2105".
inline std::string wayOf(const RoutePlan& plan, std::size_t from = 0) {
    if (plan.refusal) return routing::describe(*plan.refusal) + " (" + std::to_string(plan.refusal->status) + ')';
    if (plan.feature) return routing::describe(*plan.feature);
    const auto& stage = plan.stages.at(from);
    auto text = routing::describe(stage);
    if (stage.timeout.count() > 0) text += ' ' + std::to_string(stage.timeout.count()) + 's';
    const auto one = stage.ifBusy;
    if (one != RouteStage::kEnd && one == stage.ifNoAnswer && one == stage.ifUnreachable) {
        return text + " [else: " + wayOf(plan, one) + ']';
    }
    const std::pair<std::size_t, const char*> followers[] = {
        {stage.ifBusy, "busy"}, {stage.ifNoAnswer, "no answer"}, {stage.ifUnreachable, "unreachable"}};
    for (const auto& [index, when] : followers) {
        if (index != RouteStage::kEnd) text += " [" + std::string{when} + ": " + wayOf(plan, index) + ']';
    }
    return text;
}

/// "2101 busy, 2105 no-answer": who sent the call on to a stage.
inline std::string diversionsOf(const RouteStage& stage) {
    constexpr const char* kReasons[] = {"always", "busy",           "no-answer", "unreachable",
                                        "closed", "do-not-disturb", "group"};
    std::string text;
    for (const auto& diversion : stage.diversions) {
        text += (text.empty() ? "" : ", ") + diversion.number + ' ' + kReasons[static_cast<int>(diversion.reason)];
    }
    return text;
}

class RoutingTown {
public:
    RoutingTown() {
        directory.town.outsidePrefix = "";
        directory.town.gateway = "operateur";
        zone("Europe/Paris");
        zone("Indian/Reunion");
        at = paris("2027-05-03 10:00");  // a Monday, no holiday
        site("mairie").number = "+33327000000";
        site("mairie").emergencyNumber = "+33327000018";
        gateway("operateur").number = "+33327000099";
    }

    DirectorySnapshot directory;
    FakeLineStates lines;
    routing::RoutingSettings settings;
    Clock::WallTime at{};

    /// What the clocks of Paris show; without a zone's gaps.
    [[nodiscard]] Clock::WallTime paris(const std::string& local) const { return instant(local, "Europe/Paris"); }
    [[nodiscard]] Clock::WallTime instant(const std::string& local, const std::string& zoneName) const {
        OnCallTurns turns;
        if (calendar::readStart(local, turns)) throw std::runtime_error{local};
        return directory.zones.at(zoneName).toInstant(std::chrono::local_seconds{turns.start.time_since_epoch()});
    }

    Extension& extension(const std::string& number, ExtensionKind kind = ExtensionKind::Phone) {
        auto& made = directory.extensions[number];
        if (!made.number.empty()) return made;
        made.number = number;
        made.kind = kind;
        if (kind != ExtensionKind::Phone) return made;
        made.devices = {number};
        auto& device = directory.devices[number];
        device.account = device.extension = number;
        device.site = "mairie";
        return made;
    }
    void phones(const std::vector<std::string>& numbers) {
        for (const auto& number : numbers) extension(number);
    }
    Extension& group(const std::string& number, std::vector<std::string> members, Strategy strategy = Strategy::All) {
        auto& made = extension(number, ExtensionKind::Group);
        made.members = std::move(members);
        made.strategy = strategy;
        return made;
    }
    /// A department that is called by `number`, with these members.
    Extension& department(const std::string& id, const std::string& number, std::vector<std::string> members = {}) {
        department(id).number = number;
        auto& made = extension(number, ExtensionKind::Department);
        made.department = id;
        made.members = std::move(members);
        return made;
    }
    Department& department(const std::string& id) { return named(directory.departments, id); }
    Person& person(const std::string& id, const std::string& number) {
        extension(number).person = id;
        return named(directory.people, id);
    }
    Site& site(const std::string& id) { return named(directory.sites, id); }
    Gateway& gateway(const std::string& id) { return named(directory.gateways, id); }
    ClassOfService& classOfService(const std::string& id) { return named(directory.classes, id); }
    Rota& rota(const std::string& id, const std::vector<std::string>& turns) {
        auto& made = named(directory.rotas, id);
        for (const auto& turn : turns) {
            if (calendar::readTurn(turn, made.times)) throw std::runtime_error{turn};
        }
        return made;
    }
    Hours& hours(const std::string& id, const std::vector<std::string>& weekly,
                 const std::vector<std::string>& exceptions = {}) {
        auto& made = named(directory.hours, id);
        for (const auto& text : weekly) {
            if (calendar::readWeekly(text, made.times)) throw std::runtime_error{text};
        }
        for (const auto& text : exceptions) {
            if (calendar::readException(text, made.times)) throw std::runtime_error{text};
        }
        return made;
    }
    void shortCode(const std::string& number, const std::string& target) {
        directory.shortCodes[number] = {number, "", target};
    }
    void alias(const std::string& number, const std::string& target) {
        extension(number, ExtensionKind::Alias).target = target;
    }
    /// An SDA number, or a range; also what the extension presents.
    void direct(const std::string& first, const std::string& target) { directRange(first, first, target, ""); }
    void directRange(const std::string& first, const std::string& last, const std::string& target,
                     const std::string& firstExtension) {
        auto& all = directory.directNumbers;
        all.push_back({first, last, target, firstExtension});
        std::sort(all.begin(), all.end(), [](const auto& a, const auto& b) { return a.first < b.first; });
        if (first == last) directory.directNumberOf[target] = first;
    }

    [[nodiscard]] RoutePlan call(CallAttempt attempt) const {
        return routing::route(attempt, {directory, france(), lines, settings});
    }
    [[nodiscard]] RoutePlan plan(const std::string& dialled, const std::string& from = "2001") const {
        CallAttempt attempt{from, from, dialled, at};
        return call(attempt);
    }
    [[nodiscard]] std::string dial(const std::string& dialled, const std::string& from = "2001") const {
        return wayOf(plan(dialled, from));
    }
    [[nodiscard]] RoutePlan planFromOutside(const std::string& dialled,
                                            const std::string& caller = "+33145678901") const {
        CallAttempt attempt{"", "", dialled, at};
        attempt.gateway = "operateur";
        attempt.callerNumber = caller;
        return call(attempt);
    }
    [[nodiscard]] std::string fromOutside(const std::string& dialled) const { return wayOf(planFromOutside(dialled)); }

private:
    template <typename T>
    static T& named(DirectorySnapshot::ByName<T>& map, const std::string& id) {
        auto& made = map[id];
        made.id = id;
        return made;
    }
    void zone(const std::string& name) { directory.zones[name] = calendar::readTimeZone(name).value(); }
};

/// The lines of the reasons that have this text in them.
inline std::vector<RouteReason> reasonsWith(const RoutePlan& plan, const std::string& part) {
    std::vector<RouteReason> found;
    std::copy_if(plan.reasons.begin(), plan.reasons.end(), std::back_inserter(found),
                 [&part](const RouteReason& reason) { return reason.text.find(part) != std::string::npos; });
    return found;
}

}  // namespace beffroi::test
