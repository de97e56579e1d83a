// SPDX-License-Identifier: AGPL-3.0-or-later
//
// The thread that is the only user of the database. Work comes from a queue; one transaction carries all that waits
// (group commit), so that the cost of reaching the disk is shared. Work that fails takes nobody with it: the group is
// then repeated one by one. A disk that is full or lost is reported and tried again, never a reason to end.
// Thread: any for the public functions.
#pragma once

#include "base/mutex.hpp"
#include "beffroi/clock.hpp"
#include "beffroi/executor.hpp"
#include "directory/database.hpp"

#include <condition_variable>
#include <cstdint>
#include <deque>
#include <functional>
#include <optional>
#include <string>
#include <thread>
#include <vector>

namespace beffroi::directory {

class StoreThread {
public:
    /// Runs on the store thread inside a transaction; may run more than once. Throws to say that it failed.
    using Work = std::function<void(Session&)>;
    /// True once the work is durable.
    using Done = std::function<void(bool)>;

    struct Limits {
        Clock::Duration commitEvery = 20ms;  // at least between the starts of two commits
        Clock::Duration retryEvery = 1s;     // for kept work that failed
        std::size_t waiting = 20'000;        // work beyond it is refused at once
        std::size_t kept = 10'000;           // the oldest is lost beyond it
    };

    StoreThread(Database database, Executor& loop, const Clock& clock);
    StoreThread(Database database, Executor& loop, const Clock& clock, Limits limits);
    ~StoreThread();
    StoreThread(const StoreThread&) = delete;
    StoreThread& operator=(const StoreThread&) = delete;

    /// `done` is posted to the loop.
    void write(Work work, Done done);
    /// `done` is called on the store thread. For work that the loop does not wait for, and for reading.
    void run(Work work, Done done);
    /// Like run(), but `delay` from now, or when the thread stops. False, and `done` is not called, if it has stopped.
    [[nodiscard]] bool runLater(Clock::Duration delay, Work work, Done done);
    /// Work that must not be lost: repeated until it succeeds, in the order in which it was given.
    void keep(Work work);

    /// Carries out all that waits, closes the database and ends the thread. What is given afterwards is refused.
    void stop();

    struct Health {
        bool writable = true;    // the last commit that wrote something succeeded
        std::string problem;     // why not
        std::size_t kept = 0;    // work that waits to be repeated
        std::uint64_t lost = 0;  // kept work that had to be given up
        std::uint64_t commits = 0;
        std::uint64_t writes = 0;  // pieces of work that became durable
        Clock::Duration longestCommit{};
    };
    [[nodiscard]] Health health() const;

private:
    enum class Answer : std::uint8_t { OnLoop, Here, Kept };
    struct Job {
        Work work;
        Done done;
        Answer answer = Answer::Here;
        std::optional<DatabaseError> failure;
    };
    struct Delayed {
        Clock::TimePoint due;
        Job job;
    };
    using Jobs = std::vector<Job>;

    void enqueue(Job job);
    void refuse(Job job);
    void serve();
    [[nodiscard]] std::optional<Jobs> nextGroup();
    void collectDue(Clock::TimePoint now) BEFFROI_THREAD_ATTRIBUTE(requires_capability(mutex_));
    [[nodiscard]] Jobs take(Clock::TimePoint now) BEFFROI_THREAD_ATTRIBUTE(requires_capability(mutex_));
    void sleep(Clock::TimePoint now, bool any) BEFFROI_THREAD_ATTRIBUTE(requires_capability(mutex_));
    void carryOut(Jobs& group);
    [[nodiscard]] std::optional<DatabaseError> commit(Job* first, std::size_t count);
    void report(const Jobs& group, Clock::Duration took);
    void putBack(Jobs& group);
    void answer(Jobs& group);

    Database database_;   // touched by the thread only
    bool wrote_ = false;  // a commit since the last report() changed something; touched by the thread only
    Executor& loop_;
    const Clock& clock_;
    const Limits limits_;

    mutable base::Mutex mutex_;
    std::condition_variable_any wake_;
    std::deque<Job> waiting_ BEFFROI_GUARDED_BY(mutex_);
    std::deque<Job> kept_ BEFFROI_GUARDED_BY(mutex_);
    std::vector<Delayed> delayed_ BEFFROI_GUARDED_BY(mutex_);
    Clock::TimePoint nextCommit_ BEFFROI_GUARDED_BY(mutex_);
    Clock::TimePoint nextRetry_ BEFFROI_GUARDED_BY(mutex_);
    bool idle_ BEFFROI_GUARDED_BY(mutex_) = false;  // asleep without a reason to wake: must be notified
    bool stopping_ BEFFROI_GUARDED_BY(mutex_) = false;
    Health health_ BEFFROI_GUARDED_BY(mutex_);
    std::thread thread_;
};

}  // namespace beffroi::directory
