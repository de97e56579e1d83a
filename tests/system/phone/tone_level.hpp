// SPDX-License-Identifier: AGPL-3.0-or-later
//
// How loud one frequency is in a stretch of samples: Goertzel's algorithm behind a Hann window, which keeps a tone out
// of its neighbours' results from four bins away on (8 Hz for half a second).
#pragma once

#include <cstdint>
#include <vector>

namespace beffroi::test {

/// The amplitude of `hertz` in `samples`, in units of a sample; 0 for no samples.
[[nodiscard]] double toneLevel(const std::vector<std::int16_t>& samples, int rate, double hertz);

/// Root mean square of `samples`.
[[nodiscard]] double loudness(const std::vector<std::int16_t>& samples);

}  // namespace beffroi::test
