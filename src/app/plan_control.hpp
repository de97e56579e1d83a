// SPDX-License-Identifier: AGPL-3.0-or-later
//
// The plan's part of the control socket: a new plan, a spreadsheet or a single change is put in force while calls go
// on. Reading, checking, writing and the new snapshot are the store thread's work; the loop exchanges a pointer.
#pragma once

#include "admin/control_server.hpp"
#include "base/event_loop.hpp"
#include "beffroi/thread_roles.hpp"
#include "directory/plan_store.hpp"
#include "directory/published_directory.hpp"
#include "directory/store_thread.hpp"

#include <nlohmann/json_fwd.hpp>

#include <functional>
#include <memory>
#include <string>

namespace beffroi::app {

class PlanControl {
public:
    using Respond = admin::ControlServer::Respond;
    struct Parts {
        base::EventLoop& loop;
        const Clock& clock;
        directory::StoreThread& store;
        directory::PublishedDirectory& directory;
        /// Called on the loop with the plan that is in force from now on.
        std::function<void(const std::shared_ptr<const DirectorySnapshot>&)> published;
    };

    PlanControl(Parts parts, std::string realm, directory::PlanKnowledge knowledge);
    ~PlanControl();
    PlanControl(const PlanControl&) = delete;
    PlanControl& operator=(const PlanControl&) = delete;

    /// Whether `command` is one of the plan's; then it answers, sooner or later. Throws std::invalid_argument for a
    /// request that makes no sense.
    [[nodiscard]] bool obey(const std::string& command, const nlohmann::json& request,
                            const Respond& respond) BEFFROI_ON_LOOP;

private:
    struct InForce;  // the store thread's: the plan as it is in the database
    void apply(const nlohmann::json& request, const Respond& respond) BEFFROI_ON_LOOP;
    void publish(const std::shared_ptr<const DirectorySnapshot>& next) BEFFROI_ON_LOOP;
    void exportPlan(const Respond& respond) BEFFROI_ON_LOOP;
    void audit(const nlohmann::json& request, const Respond& respond) BEFFROI_ON_LOOP;

    Parts parts_;
    const std::string realm_;
    const directory::PlanKnowledge knowledge_;
    const std::shared_ptr<InForce> inForce_;
};

}  // namespace beffroi::app
