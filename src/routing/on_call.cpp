// SPDX-License-Identifier: AGPL-3.0-or-later
#include "routing/on_call.hpp"

#include "beffroi/announcements.hpp"
#include "calendar/on_call.hpp"
#include "routing/opening.hpp"
#include "routing/targets.hpp"

#include <algorithm>

namespace beffroi::routing {
namespace {

// Rung 0 is whose turn it is; the escalation follows.
std::string_view targetOf(const Decision& decision, const Rota& rota, std::size_t rung) {
    if (rung > 0) return rota.escalation[rung - 1];
    return calendar::onCallAt(rota.times, zoneOf(decision.world.directory, rota.site),
                              std::chrono::floor<std::chrono::seconds>(decision.call.at))
        .target;
}

// The next one of this rota alone who can be rung.
Ending nextRung(Decision& decision, Way& way) {
    const auto& rota = *way.rota;
    const auto entry = "rota " + rota.id;
    while (way.rung <= rota.escalation.size()) {
        const auto rung = way.rung++;
        const auto target = targetOf(decision, rota, rung);
        if (target.empty()) {
            decision.consider("nobody's turn is written down in the rota " + rota.id, entry, "turns");
            continue;
        }
        decision.decide(
            std::string{target} + (rung == 0 ? " is on call by the rota " : " is next in the rota ") + rota.id, entry,
            rung == 0 ? "turns" : "escalation");
        auto ending = leadTo(decision, target, way);
        if (ending.hasStage()) return ending;
        decision.consider(std::string{target} + " is passed over: " + ending.refusal.reason, entry);
    }
    return Ending::refused(480, "nobody is left in the rota " + rota.id, announcements::kUnreachable);
}

}  // namespace

Ending leadToOnCall(Decision& decision, std::string_view name, Way way) {
    const auto* rota = find(decision.world.directory.rotas, name);
    if (rota == nullptr) {
        return Ending::noWay(404, "there is no rota " + std::string{name}, announcements::kUnreachable);
    }
    if (std::find(way.visited.begin(), way.visited.end(), rota) != way.visited.end()) {
        return decision.leadsBack("on-call:" + rota->id);
    }
    way.visited.push_back(rota);
    if (way.forwards == 0) {  // nobody has sent the call here: the town answers for it, not whoever has dialled
        way.payer = {};
        way.forwarded = true;
    }
    const bool within = way.rota != nullptr;
    if (within) way.outer.push_back({way.rota, way.rung});
    way.rota = rota;
    way.rung = 0;
    auto ending = nextRung(decision, way);
    if (ending.hasStage() || within) return ending;
    decision.consider("nobody of the rota " + rota->id + " can be rung", "rota " + rota->id);
    way.rota = nullptr;
    return leadToAnnouncement(decision, announcements::kUnreachable, way);
}

void thenNextOnCall(Decision& decision, std::size_t stage, const Way& way) {
    decision.then({stage, nullptr, std::nullopt, DiversionReason::NoAnswer, way});
}

Ending nextOnCall(Decision& decision, Way way) {
    auto ending = nextRung(decision, way);
    while (!ending.hasStage() && !way.outer.empty()) {
        way.rota = way.outer.back().rota;
        way.rung = way.outer.back().rung;
        way.outer.pop_back();
        ending = nextRung(decision, way);
    }
    return ending;
}

}  // namespace beffroi::routing
