// SPDX-License-Identifier: AGPL-3.0-or-later
//
// A real loop for component tests: turns until something has happened, and gives up after a while that no healthy
// machine needs.
#pragma once

#include "base/event_loop.hpp"
#include "base/system_clock.hpp"

#include <chrono>

namespace beffroi::test {

class LoopRunner {
public:
    /// Turns the loop until `condition` is true; false if it has not come true in ten seconds.
    template <typename Condition>
    [[nodiscard]] bool until(Condition condition) {
        const auto deadline = clock.now() + 10s;
        while (!condition()) {
            if (clock.now() >= deadline) return false;
            loop.turn(5ms);
        }
        return true;
    }

    base::SystemClock clock;
    base::EventLoop loop{clock};
};

}  // namespace beffroi::test
