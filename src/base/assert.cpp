// SPDX-License-Identifier: AGPL-3.0-or-later
//
// The last words of a process that found itself broken: which invariant, where, and the way there.

#include "base/assert.hpp"

#include <execinfo.h>
#include <unistd.h>

#include <array>
#include <cstdio>
#include <cstdlib>

namespace beffroi {

void assertionFailed(const char* expression, const char* file, int line) noexcept {
    std::fprintf(stderr, "beffroi: broken invariant: %s (%s:%d)\n", expression, file, line);
    std::array<void*, 64> frames{};
    const int depth = backtrace(frames.data(), static_cast<int>(frames.size()));
    backtrace_symbols_fd(frames.data(), depth, STDERR_FILENO);
    std::abort();
}

}  // namespace beffroi
