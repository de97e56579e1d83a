// SPDX-License-Identifier: AGPL-3.0-or-later
#include "app/plan_control.hpp"

#include "app/plan_outcome.hpp"
#include "app/request_fields.hpp"
#include "base/log.hpp"
#include "base/wiping.hpp"
#include "directory/session.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <utility>

namespace beffroi::app {
namespace {

using nlohmann::json;

constexpr log::Area kLog{"control"};
constexpr int kMostRecent = 10'000;

json failure(const std::string& text) { return {{"error", text}}; }

}  // namespace

// Kept so that a small change need not read the whole plan again. What a transaction that failed left here would not be
// the database's: it is replaced only when the commit is done, and not used if the revision is another.
struct PlanControl::InForce {
    std::uint64_t revision = 0;
    std::shared_ptr<const directory::Plan> plan;

    const directory::Plan& get(directory::Session& session) {
        const auto now = directory::planRevision(session);
        if (!plan || revision != now) {
            plan = std::make_shared<const directory::Plan>(directory::loadPlan(session));
            revision = now;
        }
        return *plan;
    }
};

PlanControl::PlanControl(Parts parts, std::string realm, directory::PlanKnowledge knowledge)
    : parts_{std::move(parts)},
      realm_{std::move(realm)},
      knowledge_{std::move(knowledge)},
      inForce_{std::make_shared<InForce>()} {}

PlanControl::~PlanControl() = default;

bool PlanControl::obey(const std::string& command, const json& request, const Respond& respond) {
    if (command == "plan-apply") {
        apply(request, respond);
    } else if (command == "plan-export") {
        log::info(kLog, "plan exported, with its digests", {{"by", fieldOr<std::string>(request, "who", "?")}});
        exportPlan(respond);
    } else if (command == "plan-audit") {
        audit(request, respond);
    } else {
        return false;
    }
    return true;
}

void PlanControl::apply(const json& request, const Respond& respond) {
    auto wanted = applyRequestFrom(request);
    wanted.realm = realm_;
    wanted.knowledge = knowledge_;

    struct Result {
        directory::ApplyOutcome outcome;
        std::shared_ptr<const DirectorySnapshot> directory;
    };
    const auto result = std::make_shared<Result>();
    parts_.store.run(
        [result, wanted = std::move(wanted), inForce = inForce_,
         now = parts_.clock.wallNow()](directory::Session& session) {
            base::Random random;
            *result = {};
            result->outcome = directory::applyPlan(session, inForce->get(session), wanted, now,
                                                   [&random] { return newPassword(random); });
        },
        [this, result, respond, inForce = inForce_](bool durable) {
            if (!durable) return respond(failure("the plan could not be written: " + parts_.store.health().problem));
            const auto& outcome = result->outcome;
            if (!outcome.applied) return respond(describeOutcome(outcome));
            inForce->revision = outcome.revision;
            inForce->plan = outcome.plan;
            result->directory =
                std::make_shared<const DirectorySnapshot>(directory::snapshotOf(*outcome.plan, outcome.revision));
            result->outcome.plan.reset();
            parts_.loop.post([this, result, respond] {
                assertOnLoop();
                publish(result->directory);
                log::info(kLog, "plan applied", {{"revision", result->outcome.revision}});
                const base::Wiping wiping;  // there may be passwords that were made now
                respond(describeOutcome(result->outcome));
                result->outcome = {};
            });
        });
}

// The town before is freed by the store thread: it is thousands of small pieces.
void PlanControl::publish(const std::shared_ptr<const DirectorySnapshot>& next) {
    auto before = parts_.directory.publish(next);
    parts_.published(next);
    parts_.store.run([before = std::move(before)](directory::Session&) {}, {});
}

void PlanControl::exportPlan(const Respond& respond) {
    const auto text = std::make_shared<std::string>();
    parts_.store.run([text, inForce = inForce_](
                         directory::Session& session) { *text = directory::writePlan(inForce->get(session)); },
                     [text, respond](bool read) {
                         respond(read ? json{{"plan", *text}} : failure("the database cannot be read now"));
                     });
}

void PlanControl::audit(const json& request, const Respond& respond) {
    const auto count = std::clamp(fieldOr(request, "recent", 20), 1, kMostRecent);
    const auto entries = std::make_shared<json>();
    parts_.store.run(
        [entries, count](directory::Session& session) {
            *entries = describeAudit(directory::planAudit(session, count));
        },
        [entries, respond](bool read) { respond(read ? *entries : failure("the database cannot be read now")); });
}

}  // namespace beffroi::app
