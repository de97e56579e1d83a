// SPDX-License-Identifier: AGPL-3.0-or-later
#include "lines/pin_checker.hpp"

#include <sodium.h>

#include <cstring>
#include <utility>

namespace beffroi::lines {
namespace {

// libsodium reads as many octets as a hash can have at most, whatever the text's length.
bool isRight(const std::string& hash, const std::string& pin) {
    char text[crypto_pwhash_STRBYTES] = {};
    if (hash.size() >= sizeof text) return false;
    std::memcpy(text, hash.data(), hash.size());
    return crypto_pwhash_str_verify(text, pin.data(), pin.size()) == 0;
}

}  // namespace

PinChecker::PinChecker(Executor& loop) : loop_{loop}, thread_{[this] { serve(); }} {}

PinChecker::~PinChecker() {
    {
        const base::MutexLock lock{mutex_};
        stopping_ = true;
    }
    wake_.notify_one();
    thread_.join();
}

bool PinChecker::check(std::string hash, std::string pin, std::function<void(bool)> done) {
    {
        const base::MutexLock lock{mutex_};
        if (waiting_.size() >= kMostWaiting) return false;
        waiting_.push_back({std::move(hash), std::move(pin), std::move(done)});
    }
    wake_.notify_one();
    return true;
}

void PinChecker::serve() {
    for (;;) {
        Job job;
        {
            const base::MutexLock lock{mutex_};
            while (waiting_.empty() && !stopping_) wake_.wait(mutex_);
            if (stopping_) return;
            job = std::move(waiting_.front());
            waiting_.pop_front();
        }
        const bool right = isRight(job.hash, job.pin);
        sodium_memzero(job.pin.data(), job.pin.size());
        loop_.post([done = std::move(job.done), right] { done(right); });
    }
}

}  // namespace beffroi::lines
