// SPDX-License-Identifier: AGPL-3.0-or-later
#include "directory/store_thread.hpp"

#include "base/log.hpp"

#include <soci/soci.h>

#include <memory>
#include <utility>

namespace beffroi::directory {
namespace {

constexpr log::Area kLog{"store"};

}  // namespace

StoreThread::StoreThread(Database& database, Executor& executor, const Clock& clock, Clock::Duration interval)
    : database_{database}, executor_{executor}, clock_{clock}, interval_{interval}, thread_{[this] { loop(); }} {}

StoreThread::~StoreThread() {
    {
        const std::lock_guard lock{mutex_};
        stopping_ = true;
    }
    wake_.notify_one();
    thread_.join();
}

void StoreThread::submit(Work work, Done done) {
    bool first = false;
    {
        const std::lock_guard lock{mutex_};
        first = queue_.empty();
        queue_.push_back({std::move(work), std::move(done), false});
    }
    if (first) wake_.notify_one();
}

void StoreThread::run(Work work, std::function<void()> done) {
    {
        const std::lock_guard lock{mutex_};
        queue_.push_back({std::move(work), [done = std::move(done)](bool) { done(); }, true});
    }
    wake_.notify_one();
}

StoreThread::Counters StoreThread::counters() const {
    const std::lock_guard lock{mutex_};
    return counters_;
}

void StoreThread::loop() {
    auto next = clock_.now();
    for (;;) {
        std::vector<Job> jobs;
        {
            std::unique_lock lock{mutex_};
            while (queue_.empty() && !stopping_) wake_.wait(lock);
            if (queue_.empty()) return;
            // What comes in the meantime shares the commit.
            while (!stopping_ && clock_.now() < next) wake_.wait_for(lock, next - clock_.now());
            jobs.swap(queue_);
        }
        next = clock_.now() + interval_;
        execute(jobs);
    }
}

void StoreThread::execute(std::vector<Job>& jobs) {
    std::vector<bool> durable(jobs.size(), false);
    std::vector<Job*> together;
    std::vector<std::size_t> places;
    const auto flush = [&] {
        if (together.empty()) return;
        if (commit(together)) {
            for (const auto place : places) durable[place] = true;
        } else {
            for (const auto place : places) durable[place] = commit({&jobs[place]});
        }
        together.clear();
        places.clear();
    };
    for (std::size_t i = 0; i < jobs.size(); ++i) {
        if (jobs[i].alone) {
            flush();
            jobs[i].work(database_);
            durable[i] = true;
        } else {
            together.push_back(&jobs[i]);
            places.push_back(i);
        }
    }
    flush();
    report(jobs, durable);
}

bool StoreThread::commit(const std::vector<Job*>& jobs) {
    bool durable = true;
    try {
        soci::transaction transaction{database_.session()};
        for (auto* job : jobs) job->work(database_);
        transaction.commit();
    } catch (const std::exception& error) {
        durable = false;
        if (jobs.size() == 1) log::error(kLog, "a write failed", {{"error", std::string_view{error.what()}}});
    }
    const std::lock_guard lock{mutex_};
    ++counters_.commits;
    counters_.works += durable ? jobs.size() : 0;
    counters_.failures += !durable && jobs.size() == 1 ? 1 : 0;
    return durable;
}

void StoreThread::report(std::vector<Job>& jobs, const std::vector<bool>& durable) {
    auto finished = std::make_shared<std::vector<std::pair<Done, bool>>>();
    for (std::size_t i = 0; i < jobs.size(); ++i) {
        if (jobs[i].done) finished->emplace_back(std::move(jobs[i].done), durable[i]);
    }
    if (finished->empty()) return;
    executor_.post([finished] {
        for (const auto& [done, ok] : *finished) done(ok);
    });
}

}  // namespace beffroi::directory
