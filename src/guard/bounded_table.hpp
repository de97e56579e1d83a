// SPDX-License-Identifier: AGPL-3.0-or-later
//
// What is remembered of sources that anybody can invent: a table that never grows, never allocates after it was made,
// and does the same little work for every key. A new key takes the place of the one in its set of eight that was asked
// for least recently. Keys are hashes that outsiders cannot predict (source_hash.hpp).
// Thread: the owner's.
#pragma once

#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

namespace beffroi::guard {

template <typename Value>
class BoundedTable {
public:
    /// Room for at least `entries` keys, if they are spread evenly.
    explicit BoundedTable(std::size_t entries) {
        std::size_t sets = 1;
        while (sets * kWays < entries) sets *= 2;
        slots_.resize(sets * kWays);
        mask_ = sets - 1;
    }

    /// The value of `key`; a new one if it has none.
    [[nodiscard]] Value& at(std::uint64_t key) noexcept {
        auto* const set = setOf(key);
        auto* oldest = set;
        for (auto* slot = set; slot != set + kWays; ++slot) {
            if (slot->used != 0 && slot->key == key) {
                slot->used = ++clock_;
                return slot->value;
            }
            if (slot->used < oldest->used) oldest = slot;
        }
        *oldest = Slot{key, ++clock_, Value{}};
        return oldest->value;
    }

    /// Null if there is none.
    [[nodiscard]] Value* find(std::uint64_t key) noexcept {
        auto* const set = setOf(key);
        for (auto* slot = set; slot != set + kWays; ++slot) {
            if (slot->used != 0 && slot->key == key) return &slot->value;
        }
        return nullptr;
    }

    void erase(std::uint64_t key) noexcept {
        auto* const set = setOf(key);
        for (auto* slot = set; slot != set + kWays; ++slot) {
            if (slot->used != 0 && slot->key == key) *slot = Slot{};
        }
    }

    /// Looks at all of them: for what an administrator asks for.
    template <typename Predicate>
    void eraseIf(const Predicate& isToGo) {
        for (auto& slot : slots_) {
            if (slot.used != 0 && isToGo(std::as_const(slot.value))) slot = Slot{};
        }
    }

    [[nodiscard]] std::size_t capacity() const noexcept { return slots_.size(); }

private:
    static constexpr std::size_t kWays = 8;
    struct Slot {
        std::uint64_t key = 0;
        std::uint64_t used = 0;  // when it was last asked for, counted in questions; 0: never
        Value value{};
    };
    [[nodiscard]] Slot* setOf(std::uint64_t key) noexcept { return &slots_[(key & mask_) * kWays]; }

    std::vector<Slot> slots_;
    std::size_t mask_ = 0;
    std::uint64_t clock_ = 0;
};

}  // namespace beffroi::guard
