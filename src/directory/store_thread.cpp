// SPDX-License-Identifier: AGPL-3.0-or-later
#include "directory/store_thread.hpp"

#include "base/log.hpp"
#include "base/wiping.hpp"
#include "directory/session.hpp"

#include <algorithm>
#include <iterator>

namespace beffroi::directory {
namespace {

constexpr log::Area kLog{"store"};
constexpr std::size_t kLargestGroup = 512;  // bounds how long the first of a group waits for the last

}  // namespace

StoreThread::StoreThread(Database database, Executor& loop, const Clock& clock)
    : StoreThread{std::move(database), loop, clock, Limits{}} {}

StoreThread::StoreThread(Database database, Executor& loop, const Clock& clock, Limits limits)
    : database_{std::move(database)}, loop_{loop}, clock_{clock}, limits_{limits}, thread_{[this] { serve(); }} {}

StoreThread::~StoreThread() { stop(); }

void StoreThread::write(Work work, Done done) { enqueue({std::move(work), std::move(done), Answer::OnLoop, {}}); }

void StoreThread::run(Work work, Done done) { enqueue({std::move(work), std::move(done), Answer::Here, {}}); }

void StoreThread::keep(Work work) { enqueue({std::move(work), {}, Answer::Kept, {}}); }

void StoreThread::enqueue(Job job) {
    {
        const base::MutexLock lock{mutex_};
        const bool keeps = job.answer == Answer::Kept;
        if (!stopping_ && (keeps || waiting_.size() < limits_.waiting)) {
            if (keeps && kept_.size() >= limits_.kept) {
                kept_.pop_front();
                ++health_.lost;
            }
            (keeps ? kept_ : waiting_).push_back(std::move(job));
            if (idle_) wake_.notify_one();
            idle_ = false;
            return;
        }
        if (keeps) ++health_.lost;
    }
    refuse(std::move(job));
}

void StoreThread::refuse(Job job) {
    if (!job.done) return;
    if (job.answer == Answer::Here) return job.done(false);
    loop_.post([done = std::move(job.done)] { done(false); });
}

bool StoreThread::runLater(Clock::Duration delay, Work work, Done done) {
    const base::MutexLock lock{mutex_};
    if (stopping_) return false;
    delayed_.push_back({clock_.now() + delay, {std::move(work), std::move(done), Answer::Here, {}}});
    if (idle_) wake_.notify_one();
    idle_ = false;
    return true;
}

void StoreThread::stop() {
    {
        const base::MutexLock lock{mutex_};
        stopping_ = true;
        wake_.notify_one();
    }
    if (thread_.joinable()) thread_.join();
}

StoreThread::Health StoreThread::health() const {
    const base::MutexLock lock{mutex_};
    auto copy = health_;
    copy.kept = kept_.size();
    return copy;
}

void StoreThread::serve() {
    const base::Wiping wiping;  // a plan has passwords in it
    while (auto group = nextGroup()) {
        const auto begin = clock_.now();
        carryOut(*group);
        report(*group, clock_.now() - begin);
        putBack(*group);
        answer(*group);
    }
    const Database closing = std::move(database_);
}

// Blocks until there is something to commit and the last commit is long enough ago; nothing when all is done.
std::optional<StoreThread::Jobs> StoreThread::nextGroup() {
    const base::MutexLock lock{mutex_};
    for (;;) {
        const auto now = clock_.now();
        collectDue(now);
        const bool any = !waiting_.empty() || (!kept_.empty() && (stopping_ || now >= nextRetry_));
        if (any && (stopping_ || now >= nextCommit_)) {
            nextCommit_ = now + limits_.commitEvery;
            return take(now);
        }
        if (stopping_) return std::nullopt;
        sleep(now, any);
    }
}

void StoreThread::collectDue(Clock::TimePoint now) {
    for (auto it = delayed_.begin(); it != delayed_.end();) {
        if (!stopping_ && it->due > now) {
            ++it;
            continue;
        }
        waiting_.push_back(std::move(it->job));
        it = delayed_.erase(it);
    }
}

// Kept work first: what it records happened before.
StoreThread::Jobs StoreThread::take(Clock::TimePoint now) {
    Jobs group;
    const auto move = [&group](std::deque<Job>& from) {
        while (!from.empty() && group.size() < kLargestGroup) {
            group.push_back(std::move(from.front()));
            from.pop_front();
        }
    };
    if (stopping_ || now >= nextRetry_) move(kept_);
    move(waiting_);
    return group;
}

void StoreThread::sleep(Clock::TimePoint now, bool any) {
    std::optional<Clock::TimePoint> until;
    const auto earlier = [&until](Clock::TimePoint time) { until = until ? std::min(*until, time) : time; };
    if (any) earlier(nextCommit_);
    if (!any && !kept_.empty()) earlier(nextRetry_);
    for (const auto& delayed : delayed_) earlier(delayed.due);
    idle_ = !any;
    if (until) {
        wake_.wait_for(mutex_, *until - now);
    } else {
        wake_.wait(mutex_);
    }
    idle_ = false;
}

void StoreThread::carryOut(Jobs& group) {
    const auto failure = commit(group.data(), group.size());
    if (!failure) return;
    if (group.size() == 1 || failure->fault() == Fault::InUse) {  // each attempt on a locked database takes seconds
        for (auto& job : group) job.failure = failure;
        return;
    }
    const Job* before = nullptr;  // kept work that must be repeated: what was kept after it waits for it
    for (auto& job : group) {
        const bool keeps = job.answer == Answer::Kept;
        job.failure = keeps && before != nullptr ? before->failure : commit(&job, 1);
        if (keeps && job.failure && isOfTheMachine(job.failure->fault())) before = &job;
    }
}

std::optional<DatabaseError> StoreThread::commit(Job* first, std::size_t count) {
    auto& session = database_.session();
    const auto changes = session.changes();
    try {
        session.transaction([&session, first, count] {
            for (std::size_t i = 0; i < count; ++i) first[i].work(session);
        });
    } catch (...) {
        return currentFault();
    }
    wrote_ = wrote_ || session.changes() != changes;
    const base::MutexLock lock{mutex_};
    ++health_.commits;
    return std::nullopt;
}

// What only read says nothing about whether the disk takes more.
void StoreThread::report(const Jobs& group, Clock::Duration took) {
    const DatabaseError* ofMachine = nullptr;
    const DatabaseError* ofOurs = nullptr;
    for (const auto& job : group) {
        if (job.failure) (isOfTheMachine(job.failure->fault()) ? ofMachine : ofOurs) = &*job.failure;
    }
    const base::MutexLock lock{mutex_};
    const auto durable = std::count_if(group.begin(), group.end(), [](const Job& job) { return !job.failure; });
    health_.writes += static_cast<std::uint64_t>(durable);
    health_.longestCommit = std::max(health_.longestCommit, took);
    if (ofOurs != nullptr) log::error(kLog, "work for the database was rejected", {{"reason", ofOurs->what()}});
    if (ofMachine != nullptr) {
        if (health_.writable) log::error(kLog, "the database cannot be written", {{"reason", ofMachine->what()}});
        health_.writable = false;
        health_.problem = ofMachine->what();
    } else if (wrote_) {
        if (!health_.writable) log::warning(kLog, "the database can be written again", {{"kept", kept_.size()}});
        health_.writable = true;
        health_.problem.clear();
    }
    wrote_ = false;
}

// Kept work that the machine refused is repeated later, before what came meanwhile; what we did wrong never succeeds.
void StoreThread::putBack(Jobs& group) {
    const base::MutexLock lock{mutex_};
    auto place = kept_.begin();
    bool any = false;
    for (auto& job : group) {
        if (job.answer != Answer::Kept || !job.failure) continue;
        if (stopping_ || !isOfTheMachine(job.failure->fault())) {
            ++health_.lost;
            continue;
        }
        job.failure.reset();
        place = std::next(kept_.insert(place, std::move(job)));
        any = true;
    }
    if (any) nextRetry_ = clock_.now() + limits_.retryEvery;
}

// All answers of a group to the loop travel as one task.
void StoreThread::answer(Jobs& group) {
    std::vector<std::pair<Done, bool>> toLoop;
    for (auto& job : group) {
        if (!job.done) continue;
        if (job.answer == Answer::OnLoop) {
            toLoop.emplace_back(std::move(job.done), !job.failure);
        } else {
            job.done(!job.failure);
        }
    }
    if (toLoop.empty()) return;
    loop_.post([answers = std::move(toLoop)] {
        for (const auto& [done, durable] : answers) done(durable);
    });
}

}  // namespace beffroi::directory
