// SPDX-License-Identifier: AGPL-3.0-or-later
//
// The store thread: the only user of the database while a daemon runs. Writes wait in a queue and are committed in
// groups, so that a thousand registrations a second cost two hundred commits; the loop never waits for the disk.
// Thread: submit() and run() from the loop, their completions on the loop; the work on the store thread.
#pragma once

#include "beffroi/clock.hpp"
#include "beffroi/executor.hpp"
#include "beffroi/thread_roles.hpp"
#include "directory/database.hpp"

#include <condition_variable>
#include <cstdint>
#include <functional>
#include <mutex>
#include <thread>
#include <vector>

namespace beffroi::directory {

class StoreThread {
public:
    /// Writes with the session of the database; throws to say that it failed.
    using Work = std::function<void(Database&)>;
    /// Called on the loop: whether the work is on disk.
    using Done = std::function<void(bool durable)>;

    struct Counters {
        std::uint64_t commits = 0;
        std::uint64_t works = 0;
        std::uint64_t failures = 0;
    };

    /// Commits begin at least `interval` apart.
    StoreThread(Database& database, Executor& loop, const Clock& clock, Clock::Duration interval = 5ms);
    /// Finishes what waits.
    ~StoreThread();
    StoreThread(const StoreThread&) = delete;
    StoreThread& operator=(const StoreThread&) = delete;

    /// Work that shares a transaction with whatever else waits. Work that fails spoils nothing but itself.
    void submit(Work work, Done done);
    /// Work that manages its own transaction, such as reading or applying a plan. It must not throw.
    void run(Work work, std::function<void()> done);

    [[nodiscard]] Counters counters() const;

private:
    struct Job {
        Work work;
        Done done;
        bool alone = false;
    };
    void loop();
    void execute(std::vector<Job>& jobs);
    bool commit(const std::vector<Job*>& jobs);
    void report(std::vector<Job>& jobs, const std::vector<bool>& durable);

    Database& database_;
    Executor& executor_;
    const Clock& clock_;
    Clock::Duration interval_;
    mutable std::mutex mutex_;
    std::condition_variable wake_;
    std::vector<Job> queue_ BEFFROI_GUARDED_BY(mutex_);
    Counters counters_ BEFFROI_GUARDED_BY(mutex_);
    bool stopping_ BEFFROI_GUARDED_BY(mutex_) = false;
    std::thread thread_;
};

}  // namespace beffroi::directory
