// SPDX-License-Identifier: AGPL-3.0-or-later
//
// Work that is asked for more often than it needs to be done: at once the first time, then not again before a while has
// passed, and then once for all that was asked meanwhile.
// Thread: loop.
#pragma once

#include "beffroi/scheduler.hpp"
#include "beffroi/thread_roles.hpp"

#include <functional>
#include <utility>

namespace beffroi::guard {

class Pacer {
public:
    /// `work` is done on the loop, at most once in `pause`.
    Pacer(Scheduler& scheduler, Clock::Duration pause, std::function<void()> work)
        : pause_{pause}, work_{std::move(work)}, timer_{scheduler, [this] { paused(); }} {}

    void ask() BEFFROI_ON_LOOP {
        asked_ = true;
        if (!timer_.running()) doIt();
    }

private:
    void doIt() {
        asked_ = false;
        timer_.start(pause_);
        work_();
    }
    void paused() {
        if (asked_) doIt();
    }

    Clock::Duration pause_;
    std::function<void()> work_;
    Timer timer_;
    bool asked_ = false;
};

}  // namespace beffroi::guard
