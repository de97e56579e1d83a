// SPDX-License-Identifier: AGPL-3.0-or-later
//
// std::mutex with the annotations that clang's -Wthread-safety needs: a member marked BEFFROI_GUARDED_BY(mutex_) is
// touched under a MutexLock only, or the build fails. A last resort: threads meet in Executor::post().
// Thread: any.
#pragma once

#include "beffroi/thread_roles.hpp"

#include <mutex>

#define BEFFROI_SCOPED_CAPABILITY BEFFROI_THREAD_ATTRIBUTE(scoped_lockable)
#define BEFFROI_ACQUIRES(...) BEFFROI_THREAD_ATTRIBUTE(acquire_capability(__VA_ARGS__))
#define BEFFROI_RELEASES(...) BEFFROI_THREAD_ATTRIBUTE(release_capability(__VA_ARGS__))

namespace beffroi::base {

/// Works with std::condition_variable_any, which takes it as it is.
class BEFFROI_CAPABILITY("mutex") Mutex {
public:
    void lock() BEFFROI_ACQUIRES() { mutex_.lock(); }
    void unlock() BEFFROI_RELEASES() { mutex_.unlock(); }

private:
    std::mutex mutex_;
};

class BEFFROI_SCOPED_CAPABILITY MutexLock {
public:
    explicit MutexLock(Mutex& mutex) BEFFROI_ACQUIRES(mutex) : mutex_{mutex} { mutex_.lock(); }
    ~MutexLock() BEFFROI_RELEASES() { mutex_.unlock(); }
    MutexLock(const MutexLock&) = delete;
    MutexLock& operator=(const MutexLock&) = delete;

private:
    Mutex& mutex_;
};

}  // namespace beffroi::base
