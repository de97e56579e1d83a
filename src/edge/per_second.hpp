// SPDX-License-Identifier: AGPL-3.0-or-later
//
// So many times in a second and no more: for answers that anybody could make us send.
// Thread: the owner's; a value.
#pragma once

#include "beffroi/clock.hpp"

namespace beffroi::edge {

class PerSecond {
public:
    /// Counts one; false if there have been `most` in this second.
    [[nodiscard]] bool take(Clock::TimePoint now, unsigned most) noexcept {
        if (now - since_ >= std::chrono::seconds{1}) {
            since_ = now;
            taken_ = 0;
        }
        if (taken_ == most) return false;
        ++taken_;
        return true;
    }

private:
    Clock::TimePoint since_{};
    unsigned taken_ = 0;
};

}  // namespace beffroi::edge
