// SPDX-License-Identifier: AGPL-3.0-or-later
//
// Four wheels of 256 slots. A timer hangs in the wheel of the highest octet in which its tick differs from now; when a
// wheel turns over, the slot of the next wheel is dealt out again. Empty stretches are skipped with the bit sets.

#include "base/timer_wheel.hpp"

#include "base/assert.hpp"

#include <algorithm>
#include <bit>

namespace beffroi::base {
namespace {

using Access = TimerAccess<>;

void makeEmpty(Timer::Link& slot) noexcept {
    slot.previous = &slot;
    slot.next = &slot;
}

bool isEmpty(const Timer::Link& slot) noexcept { return slot.next == &slot; }

}  // namespace

TimerWheel::TimerWheel(const Clock& clock) : clock_{clock}, origin_{clock.now()} {
    for (auto& wheel : wheels_) {
        for (auto& slot : wheel) makeEmpty(slot);
    }
}

// Timers die before their scheduler: what still hangs here would point into freed slots.
TimerWheel::~TimerWheel() { BEFFROI_ASSERT(count_ == 0); }

std::uint64_t TimerWheel::tickOf(Clock::TimePoint time) const {
    const auto elapsed = time - origin_;
    if (elapsed <= Clock::Duration::zero()) return 0;
    return static_cast<std::uint64_t>((elapsed + kTick - Clock::Duration{1}) / kTick);  // never early
}

void TimerWheel::insert(Timer& timer, Clock::TimePoint due) {
    auto tick = tickOf(due);
    if (tick <= now_) tick = now_ + 1;
    Access::tick(timer) = tick;
    place(timer);
    ++count_;
}

void TimerWheel::place(Timer& timer) noexcept {
    auto tick = Access::tick(timer);
    const auto horizon = now_ | ((std::uint64_t{1} << (kBits * kLevels)) - 1);
    if (tick > horizon) tick = horizon;  // due beyond the last wheel: dealt out again when we get there
    const auto difference = tick ^ now_;
    std::size_t level = 0;
    while (level + 1 < kLevels && (difference >> (kBits * (level + 1))) != 0) ++level;
    const auto index = (tick >> (kBits * level)) & (kSlots - 1);
    auto& slot = wheels_[level][index];
    auto& link = Access::link(timer);
    link.previous = slot.previous;
    link.next = &slot;
    slot.previous->next = &link;
    slot.previous = &link;
    occupied_[level][index / 64] |= std::uint64_t{1} << (index % 64);
}

// The bit of a slot that becomes empty here stays set until the wheel comes by: clearing it would need the slot's place.
void TimerWheel::remove(Timer& timer) noexcept {
    auto& link = Access::link(timer);
    link.previous->next = link.next;
    link.next->previous = link.previous;
    link.previous = nullptr;
    link.next = nullptr;
    --count_;
}

void TimerWheel::cascade(std::size_t level) {
    const auto index = (now_ >> (kBits * level)) & (kSlots - 1);
    auto& slot = wheels_[level][index];
    occupied_[level][index / 64] &= ~(std::uint64_t{1} << (index % 64));
    Slot waiting;
    makeEmpty(waiting);
    if (!isEmpty(slot)) {
        waiting.next = slot.next;
        waiting.previous = slot.previous;
        waiting.next->previous = &waiting;
        waiting.previous->next = &waiting;
        makeEmpty(slot);
    }
    while (!isEmpty(waiting)) {
        auto* link = waiting.next;
        waiting.next = link->next;
        link->next->previous = &waiting;
        place(*link->timer);
    }
}

// The next tick at which a slot is marked, or at which a wheel must be dealt out; the former may turn out empty.
std::uint64_t TimerWheel::nextTick() const {
    std::uint64_t best = ~std::uint64_t{0};
    for (std::size_t level = 0; level < kLevels; ++level) {
        const auto shift = kBits * level;
        const auto current = (now_ >> shift) & (kSlots - 1);
        for (std::size_t step = 1; step < kSlots; ++step) {
            const auto index = current + step;
            if (index >= kSlots) break;
            const auto word = occupied_[level][index / 64] >> (index % 64);
            if (word == 0) {
                step += 63 - (index % 64);
                continue;
            }
            const auto found = index + static_cast<std::size_t>(std::countr_zero(word));
            const auto high = now_ >> (shift + kBits) << (shift + kBits);
            best = std::min(best, high + (std::uint64_t{found} << shift));
            break;
        }
    }
    return best;
}

std::size_t TimerWheel::advance() {
    const auto elapsed = clock_.now() - origin_;
    const auto target = elapsed <= Clock::Duration::zero() ? 0 : static_cast<std::uint64_t>(elapsed / kTick);
    std::size_t fired = 0;
    while (now_ < target) {
        const auto next = nextTick();
        const auto turnover = (now_ | ((std::uint64_t{1} << (kBits * kLevels)) - 1)) + 1;
        const auto step = std::min({next, turnover, target});
        now_ = step;
        for (std::size_t level = kLevels; level-- > 1;) {
            if ((now_ & ((std::uint64_t{1} << (kBits * level)) - 1)) == 0) cascade(level);
        }
        const auto index = now_ & (kSlots - 1);
        auto& slot = wheels_[0][index];
        occupied_[0][index / 64] &= ~(std::uint64_t{1} << (index % 64));
        while (!isEmpty(slot)) {
            auto& timer = *slot.next->timer;
            remove(timer);
            TimerAccess<>::fire(timer);
            ++fired;
        }
    }
    return fired;
}

std::optional<Clock::Duration> TimerWheel::untilNext() const {
    if (count_ == 0) return std::nullopt;
    const auto next = std::min(nextTick(), (now_ | ((std::uint64_t{1} << (kBits * kLevels)) - 1)) + 1);
    const auto due = origin_ + static_cast<Clock::rep>(next) * kTick;
    return std::max<Clock::Duration>(due - clock_.now(), Clock::Duration::zero());
}

}  // namespace beffroi::base
