// SPDX-License-Identifier: AGPL-3.0-or-later
//
// A decision while it is being made: the call, the world, and the plan as far as it has got. Rules take it, add stages
// and reasons, and say by an Ending where they led. What follows a stage is looked for after everything that is nearer
// to the caller has its stage, so that the limit of stages cuts what is farthest.
// Thread: as route().
#pragma once

#include "routing/router.hpp"

#include <cstddef>
#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace beffroi::routing {

/// How a call has got to a number. Views are of the directory, or of the call.
struct Way {
    std::vector<Diversion> diversions;
    std::vector<const void*> visited;        // extensions and rotas: none is entered twice
    std::size_t forwards = 0;                // that led here
    std::size_t steps = 0;                   // targets that led here, of any kind
    std::string_view payer;                  // extension that answers for a leg outside from here on
    bool forwarded = false;                  // by somebody, or transferred: a class's `forwards` count
    const Department* department = nullptr;  // the last one that was closed: whose next opening is announced
    const Rota* rota = nullptr;              // whoever is rung here is on call …
    std::size_t rung = 0;                    // … and this one comes next
    struct Rung {
        const Rota* rota;
        std::size_t rung;
    };
    std::vector<Rung> outer{};  // rotas that led to this one, and what comes next there
};

/// Where a rule led.
struct Ending {
    std::size_t stage = RouteStage::kEnd;  // the first one of the way
    RouteRefusal refusal{};                // without a stage: why there is none
    bool followed = true;                  // false: there is no such way, so a forward to it does not count

    [[nodiscard]] static Ending at(std::size_t stage) { return {stage, {}, true}; }
    [[nodiscard]] static Ending refused(std::uint16_t status, std::string why, std::string_view announcement) {
        return {RouteStage::kEnd, {status, std::move(why), std::string{announcement}}, true};
    }
    [[nodiscard]] static Ending noWay(std::uint16_t status, std::string why, std::string_view announcement) {
        return {RouteStage::kEnd, {status, std::move(why), std::string{announcement}}, false};
    }
    [[nodiscard]] bool hasStage() const noexcept { return stage != RouteStage::kEnd; }
};

enum class Condition : std::uint8_t { Always, Busy, NoAnswer, Unreachable, Closed };

/// A forward that is set, and by whom.
struct Forward {
    std::string_view target;
    std::chrono::seconds after{0};  // of NoAnswer; 0: not said
    std::string entry;
    std::string key;
};

class Decision {
public:
    Decision(const CallAttempt& attempt, const RoutingWorld& all) : call{attempt}, world{all} {}

    const CallAttempt& call;
    const RoutingWorld& world;
    RoutePlan plan;
    bool circle = false;  // some way led back to where it had been

    /// A rule that was asked and did not decide.
    void consider(std::string text, std::string entry = {}, std::string key = {}) {
        plan.reasons.push_back({std::move(text), std::move(entry), std::move(key), false});
    }
    /// A rule from which the way follows.
    void decide(std::string text, std::string entry = {}, std::string key = {}) {
        plan.reasons.push_back({std::move(text), std::move(entry), std::move(key), true});
    }
    /// Adds a stage, unless there are too many.
    [[nodiscard]] Ending place(RouteStage stage, const Way& way);
    /// No way: it leads back to `number`, or too far.
    [[nodiscard]] Ending leadsBack(std::string_view number);

    /// What follows a stage, looked for by settle(): a forward of `from`, or the next one who is on call.
    struct Follower {
        std::size_t stage;
        const Extension* from;  // null: the next rung of way.rota, whatever became of the stage
        std::optional<Forward> forward;
        DiversionReason reason;  // and so when: UserBusy, NoAnswer or Unreachable
        Way way;
        bool alsoBusy = false;  // of NoAnswer: where else it leads
        bool alsoUnreachable = false;
    };
    void then(Follower follower) { followers_.push_back(std::move(follower)); }
    [[nodiscard]] std::optional<Follower> nextFollower();

private:
    std::deque<Follower> followers_;
};

/// "2101 (Anne Castelain)", and how the plan's entry is called: "extension 2101".
[[nodiscard]] std::string describe(const Extension& extension);
[[nodiscard]] std::string entryOf(const Extension& extension);

/// The id of the department that an extension belongs to, by itself or by its person; empty: none.
[[nodiscard]] std::string_view departmentOf(const DirectorySnapshot& directory, const Extension& extension);
[[nodiscard]] const Person* personOf(const DirectorySnapshot& directory, const Extension& extension);

template <typename T>
[[nodiscard]] const T* find(const DirectorySnapshot::ByName<T>& map, std::string_view name) {
    if (name.empty()) return nullptr;
    const auto found = map.find(name);
    return found == map.end() ? nullptr : &found->second;
}

}  // namespace beffroi::routing
