// SPDX-License-Identifier: AGPL-3.0-or-later
#include "base/system_clock.hpp"

namespace beffroi::base {

Clock::TimePoint SystemClock::now() const { return TimePoint{std::chrono::steady_clock::now().time_since_epoch()}; }

Clock::WallTime SystemClock::wallNow() const { return std::chrono::system_clock::now(); }

}  // namespace beffroi::base
