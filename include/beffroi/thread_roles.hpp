// SPDX-License-Identifier: AGPL-3.0-or-later
//
// The role that a thread plays, as a type: functions marked BEFFROI_ON_LOOP run on the loop thread only. clang checks
// it at build time (-Wthread-safety); assertOnLoop() compares thread ids at run time, in release builds too.
#pragma once

#if defined(__clang__)
#define BEFFROI_THREAD_ATTRIBUTE(x) __attribute__((x))
#else
#define BEFFROI_THREAD_ATTRIBUTE(x)
#endif

#define BEFFROI_CAPABILITY(name) BEFFROI_THREAD_ATTRIBUTE(capability(name))
#define BEFFROI_ON_LOOP BEFFROI_THREAD_ATTRIBUTE(requires_capability(::beffroi::loopThread))
#define BEFFROI_ASSERTS_ON_LOOP BEFFROI_THREAD_ATTRIBUTE(assert_capability(::beffroi::loopThread))
#define BEFFROI_GUARDED_BY(mutex) BEFFROI_THREAD_ATTRIBUTE(guarded_by(mutex))

namespace beffroi {

struct BEFFROI_CAPABILITY("role") ThreadRole {};
inline constexpr ThreadRole loopThread{};

/// Makes the calling thread the loop thread. Called once, by the event loop or by a test that plays its part.
void becomeLoopThread() noexcept;

/// Ends the process if the caller is not the loop thread. The first caller in a process becomes it.
void assertOnLoop() noexcept BEFFROI_ASSERTS_ON_LOOP;

}  // namespace beffroi
