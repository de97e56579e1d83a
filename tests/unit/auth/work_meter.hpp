// SPDX-License-Identifier: AGPL-3.0-or-later
//
// Counts the cryptographic work that the library's functions are asked for: this program defines them itself, notes the
// call and passes it on. Time would tell the same, but never twice alike.
#pragma once

#include <cstddef>
#include <vector>

namespace beffroi::test {

struct Work {
    std::vector<std::size_t> hashed;    // octets of each hash, in order
    std::vector<std::size_t> compared;  // octets of each comparison in constant time, in order
    friend bool operator==(const Work&, const Work&) = default;
};

/// What was done since the last call.
[[nodiscard]] Work takeWork();

}  // namespace beffroi::test
