// SPDX-License-Identifier: AGPL-3.0-or-later
//
// Timers on the loop thread. A Timer belongs to the object whose time it measures and dies with it, so a timer never
// fires into an object that is gone; starting and stopping are O(1) and allocate nothing.
// Thread: loop.
#pragma once

#include "beffroi/clock.hpp"

#include <cstdint>
#include <functional>
#include <utility>

namespace beffroi {

class Timer;

/// Fires timers no earlier than asked and at most one tick (10 ms) late, as long as the loop is not busy.
class Scheduler {
public:
    virtual ~Scheduler() = default;
    [[nodiscard]] virtual const Clock& clock() const = 0;

private:
    friend class Timer;
    virtual void insert(Timer& timer, Clock::TimePoint due) = 0;
    virtual void remove(Timer& timer) noexcept = 0;
};

/// One timer: restarted as often as wanted, stopped by its destructor. Its callback may restart, stop or destroy it.
class Timer {
public:
    Timer(Scheduler& scheduler, std::function<void()> onFire) : scheduler_{scheduler}, onFire_{std::move(onFire)} {}
    ~Timer() { stop(); }
    Timer(const Timer&) = delete;
    Timer& operator=(const Timer&) = delete;

    /// (Re)starts it: onFire is called once, `after` from now. A negative duration counts as zero.
    void start(Clock::Duration after) {
        const auto now = scheduler_.clock().now();
        startAt(after < Clock::TimePoint::max() - now ? now + after : Clock::TimePoint::max());
    }
    void startAt(Clock::TimePoint due) {
        stop();
        due_ = due;
        scheduler_.insert(*this, due);
    }
    void stop() noexcept {
        if (running()) scheduler_.remove(*this);
    }
    [[nodiscard]] bool running() const noexcept { return link_.next != nullptr; }
    [[nodiscard]] Clock::TimePoint due() const noexcept { return due_; }

    /// What a scheduler hangs its lists on. Only schedulers touch it.
    struct Link {
        Link* previous = nullptr;
        Link* next = nullptr;
        Timer* timer = nullptr;
    };

private:
    template <typename>
    friend struct TimerAccess;
    Scheduler& scheduler_;
    std::function<void()> onFire_;
    Link link_{nullptr, nullptr, this};
    Clock::TimePoint due_{};
    std::uint64_t tick_ = 0;
};

/// The key to a Timer's inside, for implementations of Scheduler: `TimerAccess<>::link(timer)`.
template <typename = void>
struct TimerAccess {
    static Timer::Link& link(Timer& timer) noexcept { return timer.link_; }
    static std::uint64_t& tick(Timer& timer) noexcept { return timer.tick_; }
    static void fire(Timer& timer) {
        const auto callback = timer.onFire_;  // a copy: the callback may destroy the timer
        callback();
    }
};

}  // namespace beffroi
