// SPDX-License-Identifier: AGPL-3.0-or-later
//
// UDP has no connection that could break: of the flows whose telephones have promised to be heard regularly (RFC 5626
// §4.4.1, Flow-Timer) it notices which have fallen silent.
// Thread: loop.
#pragma once

#include "beffroi/flow.hpp"
#include "beffroi/scheduler.hpp"

#include <functional>
#include <memory>
#include <unordered_map>

namespace beffroi::edge {

class SilenceWatch {
public:
    /// `onSilent` is called once for a flow from which nothing has come in time; it is not watched any more then.
    SilenceWatch(Scheduler& scheduler, std::function<void(const Flow&)> onSilent)
        : scheduler_{scheduler}, onSilent_{std::move(onSilent)} {}

    /// From now on something must come at least every `silence`.
    void expect(const Flow& flow, Clock::Duration silence);
    /// Something has come. True if the flow is watched.
    bool heard(const Flow& flow);
    [[nodiscard]] std::size_t size() const noexcept { return watched_.size(); }

private:
    struct Watched {
        Clock::TimePoint lastHeard;
        Clock::Duration silence{};
        std::unique_ptr<Timer> timer;
    };
    void onTimer(const Flow& flow);

    Scheduler& scheduler_;
    std::function<void(const Flow&)> onSilent_;
    std::unordered_map<Flow, Watched> watched_;
};

}  // namespace beffroi::edge
