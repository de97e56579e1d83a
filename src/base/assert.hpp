// SPDX-License-Identifier: AGPL-3.0-or-later
//
// BEFFROI_ASSERT checks what only a mistake of ours can break. It is active in release builds: a process that has lost
// its footing ends, with a line that says where, and systemd starts it again.
#pragma once

namespace beffroi {

[[noreturn]] void assertionFailed(const char* expression, const char* file, int line) noexcept;

}  // namespace beffroi

#define BEFFROI_ASSERT(expression) \
    (static_cast<bool>(expression) ? static_cast<void>(0) : ::beffroi::assertionFailed(#expression, __FILE__, __LINE__))
