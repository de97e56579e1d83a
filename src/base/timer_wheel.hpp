// SPDX-License-Identifier: AGPL-3.0-or-later
//
// The scheduler of the loop: a hierarchical timer wheel with ticks of 10 ms. Inserting and removing are O(1); advancing
// costs what fires, plus one cascade each time a wheel turns over.
// Thread: loop.
#pragma once

#include "beffroi/scheduler.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>

namespace beffroi::base {

class TimerWheel final : public Scheduler {
public:
    static constexpr Clock::Duration kTick = 10ms;

    explicit TimerWheel(const Clock& clock);
    ~TimerWheel() override;
    TimerWheel(const TimerWheel&) = delete;
    TimerWheel& operator=(const TimerWheel&) = delete;

    [[nodiscard]] const Clock& clock() const override { return clock_; }

    /// Fires every timer that is due at clock().now(), in the order of their ticks. A timer started by a callback
    /// fires in a later tick, never in the same call for the same tick. Returns how many fired.
    std::size_t advance();

    /// How long the loop may sleep before advance() has work: nothing if no timer runs.
    [[nodiscard]] std::optional<Clock::Duration> untilNext() const;

    [[nodiscard]] std::size_t size() const noexcept { return count_; }

private:
    static constexpr unsigned kBits = 8;
    static constexpr std::size_t kSlots = std::size_t{1} << kBits;
    static constexpr std::size_t kLevels = 4;  // 2^32 ticks of 10 ms: 497 days; what is due later waits in the last slot
    using Slot = Timer::Link;

    void insert(Timer& timer, Clock::TimePoint due) override;
    void remove(Timer& timer) noexcept override;
    void place(Timer& timer) noexcept;
    void cascade(std::size_t level);
    [[nodiscard]] std::uint64_t tickOf(Clock::TimePoint time) const;
    [[nodiscard]] std::uint64_t nextTick() const;

    const Clock& clock_;
    Clock::TimePoint origin_;
    std::uint64_t now_ = 0;  // last tick that was fired
    std::size_t count_ = 0;
    std::array<std::array<Slot, kSlots>, kLevels> wheels_;
    std::array<std::array<std::uint64_t, kSlots / 64>, kLevels> occupied_{};  // a bit for each slot that is not empty
};

}  // namespace beffroi::base
