// SPDX-License-Identifier: AGPL-3.0-or-later
//
// Compares PINs with their Argon2id hashes on a thread of its own: one comparison takes as long as thousands of
// messages, by design, and the loop never waits. A PIN is overwritten in memory once it has been compared.
// Thread: loop for the public functions.
#pragma once

#include "base/mutex.hpp"
#include "beffroi/executor.hpp"

#include <condition_variable>
#include <cstddef>
#include <deque>
#include <functional>
#include <string>
#include <thread>

namespace beffroi::lines {

class PinChecker {
public:
    static constexpr std::size_t kMostWaiting = 32;

    explicit PinChecker(Executor& loop);
    /// What waits is not answered any more.
    ~PinChecker();
    PinChecker(const PinChecker&) = delete;
    PinChecker& operator=(const PinChecker&) = delete;

    /// `done` is posted to the loop: whether `pin` is the one of which `hash` was made (libsodium's text of Argon2id).
    /// False, and `done` is not called, if too many wait.
    [[nodiscard]] bool check(std::string hash, std::string pin, std::function<void(bool)> done);

private:
    struct Job {
        std::string hash;
        std::string pin;
        std::function<void(bool)> done;
    };
    void serve();

    Executor& loop_;
    base::Mutex mutex_;
    std::condition_variable_any wake_;
    std::deque<Job> waiting_ BEFFROI_GUARDED_BY(mutex_);
    bool stopping_ BEFFROI_GUARDED_BY(mutex_) = false;
    std::thread thread_;
};

}  // namespace beffroi::lines
