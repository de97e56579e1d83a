// SPDX-License-Identifier: AGPL-3.0-or-later
#include "routing/groups.hpp"

#include "beffroi/announcements.hpp"
#include "beffroi/plan_target.hpp"
#include "routing/forwards.hpp"
#include "routing/on_call.hpp"
#include "routing/opening.hpp"
#include "routing/outside.hpp"

#include <algorithm>
#include <unordered_map>

namespace beffroi::routing {
namespace {

using std::chrono::seconds;

constexpr std::size_t kDeepestGroup = 4;  // groups within groups
constexpr std::size_t kMostAliases = 8;   // of one another; the plan's checks allow no circle
constexpr seconds kMemberRingTime{15};

// Who may be rung of a group, and why the others are not.
class Members {
public:
    Members(Decision& decision, const Extension& group, const Way& way)
        : decision_{decision}, group_{group}, way_{way} {
        add(group, 1);
    }

    struct Member {
        RouteTarget target;
        std::string_view number;
    };
    std::vector<Member> free;
    bool anyBusy = false;

private:
    void add(const Extension& group, std::size_t depth) {
        const auto& directory = decision_.world.directory;
        groups_.push_back(&group);
        for (std::size_t i = 0; i < group.members.size(); ++i) {
            const auto& number = group.members[(i + firstOf(group)) % group.members.size()];
            const auto target = planTarget(standsFor(number));
            const auto* member = directory.extension(target.value);
            if (target.kind != PlanTarget::Kind::Number) {
                skip(number, "it leads to no telephone");
            } else if (member == nullptr) {
                addOutside(std::string{target.value});
            } else if (member->kind == ExtensionKind::Phone) {
                addPhone(*member, group);
            } else if (member->kind == ExtensionKind::Group || member->kind == ExtensionKind::Department) {
                addGroup(*member, depth);
            } else {
                skip(number, "it is no telephone");
            }
        }
        groups_.pop_back();
    }

    // What an alias or a short code is for, also by way of others.
    std::string_view standsFor(std::string_view number) const {
        const auto& directory = decision_.world.directory;
        for (std::size_t i = 0; i < kMostAliases; ++i) {
            const auto* extension = directory.extension(number);
            const auto* code = extension == nullptr ? find(directory.shortCodes, number) : nullptr;
            if (code != nullptr) {
                number = code->target;
            } else if (extension != nullptr && extension->kind == ExtensionKind::Alias) {
                number = extension->target;
            } else {
                break;
            }
        }
        return number;
    }

    std::size_t firstOf(const Extension& group) const {
        if (group.strategy != Strategy::RoundRobin) return 0;
        return decision_.world.lines.callsOf(group.number) % group.members.size();
    }

    void addGroup(const Extension& group, std::size_t depth) {
        if (depth == kDeepestGroup) return skip(group.number, "too many groups stand within one another");
        if (std::find(groups_.begin(), groups_.end(), &group) != groups_.end()) {
            return skip(group.number, "it stands within itself");
        }
        if (group.kind == ExtensionKind::Department && !openingOf(decision_, group.department).open) {
            return skip(group.number, "it is closed");
        }
        // Once is enough, unless it had less depth left: a plan may have the same groups in many places.
        const auto [seen, isNew] = added_.try_emplace(&group, depth);
        if (!isNew && seen->second <= depth) return;
        seen->second = depth;
        add(group, depth + 1);
    }

    void addPhone(const Extension& phone, const Extension& group) {
        const auto& lines = decision_.world.lines;
        const auto has = [&phone](const Member& member) { return member.number == phone.number; };
        if (std::any_of(free.begin(), free.end(), has)) return;
        if (phone.number == decision_.call.caller) return skip(phone.number, "it calls");
        if (std::find(way_.visited.begin(), way_.visited.end(), &phone) != way_.visited.end()) {
            return skip(phone.number, "the call comes from there");
        }
        const auto* settings = lines.settingsOf(phone.number);
        if (settings != nullptr) {
            if (settings->leftGroups.contains(group.number) || settings->leftGroups.contains(group_.number)) {
                return skip(phone.number, "it has logged out of the group");
            }
            if (settings->doNotDisturb) return skip(phone.number, "it does not want to be disturbed");
        }
        if (forwardOf(decision_, phone, Condition::Always)) return skip(phone.number, "it forwards all calls");
        if (lines.isBusy(phone.number)) {
            anyBusy = true;
            return skip(phone.number, "it is busy");
        }
        if (!lines.isReachable(phone.number)) return skip(phone.number, "no telephone of it is registered");
        free.push_back({RingExtension{phone.number}, phone.number});
    }

    void addOutside(const std::string& number) {
        Way way = way_;
        way.payer = group_.number;
        way.forwarded = true;
        auto outside = outsideTarget(decision_, number, way);
        if (const auto* target = std::get_if<DialOutside>(&outside)) {
            free.push_back({*target, number});
        } else {
            skip(number, std::get<Ending>(outside).refusal.reason);
        }
    }

    void skip(std::string_view number, const std::string& why) {
        decision_.consider(std::string{number} + " is passed over: " + why, entryOf(group_), "members");
    }

    Decision& decision_;
    const Extension& group_;
    const Way& way_;
    std::vector<const Extension*> groups_;
    std::unordered_map<const Extension*, std::size_t> added_;  // and how deep
};

void sortByIdleTime(std::vector<Members::Member>& members, const LineStates& lines) {
    std::stable_sort(members.begin(), members.end(), [&lines](const auto& a, const auto& b) {
        return lines.idleSince(a.number) < lines.idleSince(b.number);
    });
}

std::string_view wordsFor(Strategy strategy) {
    switch (strategy) {
        case Strategy::All: return "together";
        case Strategy::InOrder: return "one after the other";
        case Strategy::RoundRobin: return "in turn";
        case Strategy::LongestIdle: return "the longest idle first";
    }
    return "";
}

// A group has nothing of its own to be busy or lost with: what is said of unanswered calls counts for any end of its
// ringing of which nothing is said, by whichever member the last word came.
void thenForwardsOf(Decision& decision, const Extension& group, std::size_t stage, const Way& way) {
    auto noAnswer = forwardOf(decision, group, Condition::NoAnswer);
    if (way.rota != nullptr || !noAnswer) return thenForwards(decision, stage, group, way);
    Decision::Follower unanswered{stage, &group, std::move(noAnswer), DiversionReason::NoAnswer, way};
    auto busy = forwardOf(decision, group, Condition::Busy);
    auto unreachable = forwardOf(decision, group, Condition::Unreachable);
    unanswered.alsoBusy = !busy;
    unanswered.alsoUnreachable = !unreachable;
    if (busy) decision.then({stage, &group, std::move(busy), DiversionReason::UserBusy, way});
    decision.then(std::move(unanswered));
    if (unreachable) decision.then({stage, &group, std::move(unreachable), DiversionReason::Unreachable, way});
}

Ending ringTogether(Decision& decision, const Extension& group, std::vector<Members::Member> members, seconds ringTime,
                    const Way& inner, const Way& way) {
    RouteStage stage;
    for (auto& member : members) stage.targets.push_back(std::move(member.target));
    stage.timeout = ringTime;
    stage.shared = members.size() > 1;
    auto ending = decision.place(std::move(stage), inner);
    if (ending.hasStage()) thenForwardsOf(decision, group, ending.stage, way);
    return ending;
}

// Each member's stage goes on to the next member's, whatever became of it; the last one's to what the group forwards
// to.
Ending ringInTurn(Decision& decision, const Extension& group, std::vector<Members::Member> members, seconds ringTime,
                  const Way& inner, const Way& way) {
    const auto each = group.memberRingTime.count() > 0 ? group.memberRingTime : kMemberRingTime;
    auto first = Ending::noWay(480, "no stage is left for the group", announcements::kUnreachable);
    std::size_t last = RouteStage::kEnd;
    for (auto& member : members) {
        if (ringTime.count() <= 0) break;
        RouteStage stage;
        stage.targets.push_back(std::move(member.target));
        stage.timeout = std::min(each, ringTime);
        stage.shared = members.size() > 1;
        ringTime -= stage.timeout;
        const auto ending = decision.place(std::move(stage), inner);
        if (!ending.hasStage()) break;
        if (last == RouteStage::kEnd) {
            first = ending;
        } else {
            auto& before = decision.plan.stages[last];
            before.ifBusy = before.ifNoAnswer = before.ifUnreachable = ending.stage;
        }
        last = ending.stage;
    }
    if (last != RouteStage::kEnd) thenForwardsOf(decision, group, last, way);
    return first;
}

}  // namespace

Ending leadToGroup(Decision& decision, const Extension& group, Way way) {
    if (const auto always = forwardOf(decision, group, Condition::Always)) {
        if (auto ending = follow(decision, group, *always, DiversionReason::Unconditional, way)) return *ending;
    }
    const auto* department = find(decision.world.directory.departments, group.department);
    if (const auto closed = forwardOf(decision, group, Condition::Closed); closed && department != nullptr) {
        const auto opening = openingOf(decision, department->id);
        tell(decision, *department, opening, !opening.open);
        if (!opening.open) {
            way.department = department;
            if (auto ending = follow(decision, group, *closed, DiversionReason::TimeOfDay, way)) return *ending;
        }
    }
    return ringMembers(decision, group, way);
}

Ending ringMembers(Decision& decision, const Extension& group, const Way& way) {
    Members members{decision, group, way};
    if (members.free.empty() && members.anyBusy) {
        return instead(
            decision, group, Condition::Busy, DiversionReason::UserBusy, way,
            {486, "whoever could take calls for " + describe(group) + " is busy", std::string{announcements::kBusy}});
    }
    if (members.free.empty()) {
        // Nobody is there to be rung: what is said of unanswered calls counts if nothing is said of this.
        const bool said = forwardOf(decision, group, Condition::Unreachable).has_value();
        return instead(
            decision, group, said ? Condition::Unreachable : Condition::NoAnswer,
            said ? DiversionReason::Unreachable : DiversionReason::NoAnswer, way,
            {480, "nobody is there to take calls for " + describe(group), std::string{announcements::kUnreachable}});
    }
    if (group.strategy == Strategy::LongestIdle) sortByIdleTime(members.free, decision.world.lines);

    auto ringTime = group.ringTime;
    if (ringTime.count() == 0) ringTime = waitBefore(decision, forwardOf(decision, group, Condition::NoAnswer));
    decision.decide(std::to_string(members.free.size()) + " of " + describe(group) + " ring " +
                        std::string{wordsFor(group.strategy)} + " for " + std::to_string(ringTime.count()) + " s",
                    entryOf(group), "strategy");
    Way inner = way;
    inner.diversions.push_back({group.number, DiversionReason::Group});
    return group.strategy == Strategy::All
               ? ringTogether(decision, group, std::move(members.free), ringTime, inner, way)
               : ringInTurn(decision, group, std::move(members.free), ringTime, inner, way);
}

}  // namespace beffroi::routing
