// SPDX-License-Identifier: AGPL-3.0-or-later
//
// Where passwords pass through, what is given back to the heap is overwritten first: no copy that some library has made
// of a text stays behind. In force in programs that are built with app/wiped_heap.cpp; in others it changes nothing.
// Thread: any; each for itself.
#pragma once

#include <utility>

namespace beffroi::base {

/// While one lives its thread overwrites what it frees.
class Wiping {
public:
    Wiping() noexcept : before_{std::exchange(on_, true)} {}
    ~Wiping() { on_ = before_; }
    Wiping(const Wiping&) = delete;
    Wiping& operator=(const Wiping&) = delete;

    [[nodiscard]] static bool isOn() noexcept { return on_; }

private:
    inline static thread_local bool on_ = false;
    bool before_;
};

}  // namespace beffroi::base
