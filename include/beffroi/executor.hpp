// SPDX-License-Identifier: AGPL-3.0-or-later
//
// The one door between threads: a task posted here runs later, in order, on the thread that owns the executor.
#pragma once

#include <functional>

namespace beffroi {

class Executor {
public:
    virtual ~Executor() = default;

    /// Thread: any. Tasks of one poster run in the order they were posted; a task that is still waiting when the owner
    /// ends is destroyed without being run.
    virtual void post(std::function<void()> task) = 0;
};

}  // namespace beffroi
