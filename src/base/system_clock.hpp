// SPDX-License-Identifier: AGPL-3.0-or-later
//
// The real clock. Only app/ constructs one.
// Thread: any.
#pragma once

#include "beffroi/clock.hpp"

namespace beffroi::base {

class SystemClock final : public Clock {
public:
    [[nodiscard]] TimePoint now() const override;
    [[nodiscard]] WallTime wallNow() const override;
};

}  // namespace beffroi::base
