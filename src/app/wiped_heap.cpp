// SPDX-License-Identifier: AGPL-3.0-or-later
//
// Gives memory back as the standard library does, and overwrites it before where base/wiping.hpp asks for that. A
// sanitizer has a heap of its own, which must be left alone.

#include "base/wiping.hpp"

#include <malloc.h>
#include <string.h>

#include <cstddef>
#include <cstdlib>
#include <new>

#ifdef __has_feature
#define BEFFROI_HAS_FEATURE(x) __has_feature(x)
#else
#define BEFFROI_HAS_FEATURE(x) 0
#endif
#if !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__) && !BEFFROI_HAS_FEATURE(address_sanitizer) && \
    !BEFFROI_HAS_FEATURE(thread_sanitizer)

void operator delete(void* memory) noexcept {
    if (memory != nullptr && beffroi::base::Wiping::isOn()) explicit_bzero(memory, malloc_usable_size(memory));
    std::free(memory);
}
void operator delete(void* memory, std::size_t) noexcept { ::operator delete(memory); }
void operator delete[](void* memory) noexcept { ::operator delete(memory); }
void operator delete[](void* memory, std::size_t) noexcept { ::operator delete(memory); }

#endif
