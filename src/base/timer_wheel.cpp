// SPDX-License-Identifier: AGPL-3.0-or-later
//
// Four wheels of 256 slots. A timer hangs in the wheel of the highest octet in which its tick differs from now, so the
// slots in use are always ahead of the hand; when a wheel turns over, the slot of the next wheel is dealt out again.

#include "base/timer_wheel.hpp"

#include "base/assert.hpp"

#include <algorithm>
#include <bit>

namespace beffroi::base {
namespace {

using Access = TimerAccess<>;

constexpr auto kNever = ~std::uint64_t{0};

bool isEmpty(const Timer::Link& slot) noexcept { return slot.next == &slot; }

void append(Timer::Link& slot, Timer::Link& link) noexcept {
    link.previous = slot.previous;
    link.next = &slot;
    slot.previous->next = &link;
    slot.previous = &link;
}

}  // namespace

TimerWheel::TimerWheel(const Clock& clock) : clock_{clock}, origin_{clock.now()} {
    for (auto& slot : slots_) slot = {&slot, &slot, nullptr};
}

// What still hangs here would point into freed slots.
TimerWheel::~TimerWheel() { BEFFROI_ASSERT(count_ == 0); }

std::uint64_t TimerWheel::dueTick(Clock::TimePoint time) const noexcept {
    if (time <= origin_) return 0;
    return static_cast<std::uint64_t>((time - origin_ - Clock::Duration{1}) / kTick) + 1;  // rounded up: never early
}

std::size_t TimerWheel::slotOf(std::uint64_t tick) const noexcept {
    const auto difference = tick ^ now_;
    if (difference >> (kBits * kLevels) != 0) return kFar;
    const auto level = difference == 0 ? 0U : (static_cast<unsigned>(std::bit_width(difference)) - 1) / kBits;
    return level * kSlots + ((tick >> (kBits * level)) & (kSlots - 1));
}

void TimerWheel::insert(Timer& timer, Clock::TimePoint due) {
    Access::tick(timer) = std::max(dueTick(due), now_ + 1);
    place(timer);
    ++count_;
}

void TimerWheel::place(Timer& timer) noexcept {
    const auto slot = slotOf(Access::tick(timer));
    append(slots_[slot], Access::link(timer));
    if (slot != kFar) marked_[slot / 64] |= std::uint64_t{1} << (slot % 64);
}

void TimerWheel::remove(Timer& timer) noexcept {
    auto& link = Access::link(timer);
    link.previous->next = link.next;
    link.next->previous = link.previous;
    if (link.previous == link.next) {  // the sentinel alone is left
        const auto slot = static_cast<std::size_t>(link.next - slots_.data());
        if (slot != kFar) marked_[slot / 64] &= ~(std::uint64_t{1} << (slot % 64));
    }
    link.previous = nullptr;
    link.next = nullptr;
    --count_;
}

// Places the timers of a slot anew, now that the hand has come near.
void TimerWheel::dealOut(std::size_t slot) noexcept {
    auto& sentinel = slots_[slot];
    if (isEmpty(sentinel)) return;
    auto* link = sentinel.next;
    sentinel = {&sentinel, &sentinel, nullptr};
    if (slot != kFar) marked_[slot / 64] &= ~(std::uint64_t{1} << (slot % 64));
    while (link != &sentinel) {
        auto* const next = link->next;  // the last one still points to the sentinel
        place(*link->timer);
        link = next;
    }
}

// After the hand has moved to now_: every wheel whose lower wheels have all turned over shows its next slot.
void TimerWheel::dealOutWheels() noexcept {
    const auto turnedOver = static_cast<unsigned>(std::countr_zero(now_)) / kBits;
    if (turnedOver >= kLevels) dealOut(kFar);
    for (std::size_t level = std::min<std::size_t>(turnedOver, kLevels - 1); level > 0; --level) {
        dealOut(level * kSlots + ((now_ >> (kBits * level)) & (kSlots - 1)));
    }
}

// The first slot in use of a wheel; those in use are ahead of the hand. kSlots if there is none.
std::size_t TimerWheel::nextMarked(std::size_t level) const noexcept {
    for (std::size_t word = 0; word < kWordsOfLevel; ++word) {
        const auto bits = marked_[level * kWordsOfLevel + word];
        if (bits != 0) return word * 64 + static_cast<std::size_t>(std::countr_zero(bits));
    }
    return kSlots;
}

// The next tick at which a slot fires or is dealt out: the lowest wheel in use comes first.
std::uint64_t TimerWheel::nextTick() const noexcept {
    for (std::size_t level = 0; level < kLevels; ++level) {
        const auto slot = nextMarked(level);
        if (slot == kSlots) continue;
        const auto shift = kBits * level;
        const auto turn = now_ >> (shift + kBits) << (shift + kBits);
        return turn + (std::uint64_t{slot} << shift);
    }
    constexpr auto kWheels = kBits * kLevels;
    return isEmpty(slots_[kFar]) ? kNever : ((now_ >> kWheels) + 1) << kWheels;
}

std::size_t TimerWheel::fireSlot() {
    std::size_t fired = 0;
    const auto& slot = slots_[now_ & (kSlots - 1)];
    while (!isEmpty(slot)) {  // asked anew each time: a callback may stop or destroy the others that are due
        auto& timer = *slot.next->timer;
        remove(timer);
        Access::fire(timer);
        ++fired;
    }
    return fired;
}

std::size_t TimerWheel::advance() {
    const auto elapsed = clock_.now() - origin_;
    const auto target = static_cast<std::uint64_t>(std::max(elapsed, Clock::Duration::zero()) / kTick);
    std::size_t fired = 0;
    for (auto next = nextTick(); next <= target; next = nextTick()) {
        now_ = next;
        dealOutWheels();
        fired += fireSlot();
    }
    now_ = std::max(now_, target);
    return fired;
}

std::optional<Clock::Duration> TimerWheel::untilNext() const {
    const auto next = nextTick();
    if (next == kNever) return std::nullopt;
    const auto sinceOrigin = clock_.now() - origin_;
    constexpr auto kLast = static_cast<std::uint64_t>(Clock::Duration::max() / kTick);
    const auto due = static_cast<Clock::rep>(std::min(next, kLast)) * kTick;
    return std::max<Clock::Duration>(due - sinceOrigin, Clock::Duration::zero());
}

}  // namespace beffroi::base
