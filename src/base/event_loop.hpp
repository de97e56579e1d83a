// SPDX-License-Identifier: AGPL-3.0-or-later
//
// The loop thread's heart: epoll, the timer wheel, tasks posted by other threads, and hooks at the end of a turn.
// A turn: wait, serve ready descriptors, fire timers, run posted tasks, then the end-of-turn hooks in the order in
// which they were added (the edge sends what the turn gathered, the store hands over its queue). What a callback throws
// is a mistake of ours and ends the process.
// Thread: loop, except post() and stop().
#pragma once

#include "base/mutex.hpp"
#include "base/timer_wheel.hpp"
#include "beffroi/clock.hpp"
#include "beffroi/executor.hpp"
#include "beffroi/scheduler.hpp"
#include "beffroi/thread_roles.hpp"

#include <atomic>
#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <vector>

namespace beffroi::base {

enum class Ready : std::uint8_t { Read = 1, Write = 2, Error = 4 };
[[nodiscard]] constexpr Ready operator|(Ready a, Ready b) noexcept {
    return static_cast<Ready>(static_cast<std::uint8_t>(a) | static_cast<std::uint8_t>(b));
}
[[nodiscard]] constexpr bool has(Ready set, Ready bit) noexcept {
    return (static_cast<std::uint8_t>(set) & static_cast<std::uint8_t>(bit)) != 0;
}

class EventLoop final : public Executor {
public:
    /// Throws std::system_error if the kernel gives no epoll or eventfd.
    explicit EventLoop(const Clock& clock);
    ~EventLoop() override;
    EventLoop(const EventLoop&) = delete;
    EventLoop& operator=(const EventLoop&) = delete;

    /// Runs turns on the calling thread, which becomes the loop thread, until stop().
    void run();
    /// One turn, waiting at most `limit`. For tests and for embedding. Turns do not nest.
    void turn(Clock::Duration limit);
    /// Thread: any (also from a signalfd watcher on the loop).
    void stop() noexcept;

    void post(std::function<void()> task) override;

    [[nodiscard]] Scheduler& scheduler() noexcept { return timers_; }
    [[nodiscard]] const Clock& clock() const noexcept { return clock_; }

    /// Watches a descriptor, level-triggered, until the returned handle is destroyed: before the descriptor is closed,
    /// and before the loop. The callback may destroy its own or any other handle: a descriptor that was removed is not
    /// reported any more, even in the same turn. Throws std::system_error if the kernel refuses to watch it.
    class Watch {
    public:
        virtual ~Watch() = default;
        /// Which readiness to report from now on (Error is always reported).
        virtual void want(Ready interest) = 0;
    };
    [[nodiscard]] std::unique_ptr<Watch> watch(int descriptor, Ready interest, std::function<void(Ready)> onReady);

    void atEndOfTurn(std::function<void()> hook);

    /// Total time spent outside epoll_wait and the number of turns, for `beffroi status`.
    struct Load {
        Clock::Duration busy{};
        std::uint64_t turns = 0;
    };
    [[nodiscard]] Load load() const noexcept { return load_; }

private:
    class Source;
    class Watcher;
    void wake() noexcept;
    void dispatch(Clock::Duration wait);
    void runPosted();
    [[nodiscard]] std::vector<std::function<void()>> takePosted();

    const Clock& clock_;
    TimerWheel timers_;
    int epoll_ = -1;
    int wake_ = -1;
    std::atomic<bool> stopping_{false};
    Mutex postedMutex_;
    std::vector<std::function<void()>> posted_ BEFFROI_GUARDED_BY(postedMutex_);
    std::deque<std::function<void()>> hooks_;  // a hook that adds another one is not moved
    bool dispatching_ = false;
    std::vector<std::unique_ptr<Source>> retired_;  // sources whose handles were destroyed while events were dispatched
    Clock::TimePoint turnBegan_;
    Load load_;
};

}  // namespace beffroi::base
