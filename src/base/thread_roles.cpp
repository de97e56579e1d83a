// SPDX-License-Identifier: AGPL-3.0-or-later
//
// Which thread is the loop thread: one atomic id, written once by the thread that takes the role.

#include "beffroi/thread_roles.hpp"

#include "base/assert.hpp"

#include <atomic>
#include <thread>

namespace beffroi {
namespace {

std::atomic<std::thread::id> loopThreadId{};  // the run-time side of the role: belongs to the process, as threads do

}  // namespace

void becomeLoopThread() noexcept { loopThreadId.store(std::this_thread::get_id(), std::memory_order_relaxed); }

void assertOnLoop() noexcept {
    const auto self = std::this_thread::get_id();
    auto owner = loopThreadId.load(std::memory_order_relaxed);
    if (owner == self) return;
    if (owner == std::thread::id{} && loopThreadId.compare_exchange_strong(owner, self)) return;
    assertionFailed("the caller is the loop thread", __FILE__, __LINE__);
}

}  // namespace beffroi
