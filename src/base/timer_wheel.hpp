// SPDX-License-Identifier: AGPL-3.0-or-later
//
// The scheduler of the loop: a hierarchical timer wheel with ticks of 10 ms. Inserting and removing are O(1); advancing
// costs what fires, plus one cascade each time a wheel turns over. Empty stretches of any length are skipped.
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
    /// Every timer must have been stopped or destroyed before.
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
    static constexpr std::size_t kLevels = 4;                  // 2^32 ticks of 10 ms: 497 days
    static constexpr std::size_t kFar = kLevels * kSlots;      // the slot of what is due later than that
    static constexpr std::size_t kWordsOfLevel = kSlots / 64;  // of the bit set
    using Slot = Timer::Link;

    void insert(Timer& timer, Clock::TimePoint due) override;
    void remove(Timer& timer) noexcept override;
    void place(Timer& timer) noexcept;
    void dealOut(std::size_t slot) noexcept;
    void dealOutWheels() noexcept;
    std::size_t fireSlot();
    [[nodiscard]] std::size_t slotOf(std::uint64_t tick) const noexcept;
    [[nodiscard]] std::uint64_t dueTick(Clock::TimePoint time) const noexcept;
    [[nodiscard]] std::uint64_t nextTick() const noexcept;
    [[nodiscard]] std::size_t nextMarked(std::size_t level) const noexcept;

    const Clock& clock_;
    Clock::TimePoint origin_;
    std::uint64_t now_ = 0;  // last tick that was fired
    std::size_t count_ = 0;
    std::array<Slot, kFar + 1> slots_;                             // sentinels of circular lists, wheel after wheel
    std::array<std::uint64_t, kLevels * kWordsOfLevel> marked_{};  // a bit for each slot that is not empty, but kFar
};

}  // namespace beffroi::base
