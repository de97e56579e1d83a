// SPDX-License-Identifier: AGPL-3.0-or-later
#include "base/assert.hpp"

#include <cstdio>
#include <cstdlib>

namespace beffroi {

void assertionFailed(const char* expression, const char* file, int line) noexcept {
    std::fprintf(stderr, "beffroi: broken invariant: %s (%s:%d)\n", expression, file, line);
    std::abort();
}

}  // namespace beffroi
