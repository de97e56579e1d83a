// SPDX-License-Identifier: AGPL-3.0-or-later
//
// The test plays the loop: what other threads post waits here until the test runs it.
#pragma once

#include "beffroi/executor.hpp"

#include <condition_variable>
#include <deque>
#include <functional>
#include <mutex>
#include <utility>

namespace beffroi::test {

class PostedTasks final : public Executor {
public:
    void post(std::function<void()> task) override {
        const std::lock_guard lock{mutex_};
        tasks_.push_back(std::move(task));
        arrived_.notify_one();
    }

    /// Runs the next task; waits for one if there is none.
    void runOne() {
        std::unique_lock lock{mutex_};
        arrived_.wait(lock, [this] { return !tasks_.empty(); });
        const auto task = std::move(tasks_.front());
        tasks_.pop_front();
        lock.unlock();
        task();
    }

    [[nodiscard]] std::size_t waiting() const {
        const std::lock_guard lock{mutex_};
        return tasks_.size();
    }

private:
    mutable std::mutex mutex_;
    std::condition_variable arrived_;
    std::deque<std::function<void()>> tasks_;
};

}  // namespace beffroi::test
