// SPDX-License-Identifier: AGPL-3.0-or-later
#include "work_meter.hpp"

#include <bctoolbox/crypto.h>
#include <dlfcn.h>
#include <sodium.h>

#include <utility>

namespace {

beffroi::test::Work work;

template <typename Function>
Function* next(const char* name) {
    return reinterpret_cast<Function*>(dlsym(RTLD_NEXT, name));
}

}  // namespace

extern "C" void bctbx_md5(const uint8_t* input, size_t length, uint8_t output[16]) {
    work.hashed.push_back(length);
    next<void(const uint8_t*, size_t, uint8_t*)>("bctbx_md5")(input, length, output);
}

extern "C" void bctbx_sha256(const uint8_t* input, size_t length, uint8_t size, uint8_t* output) {
    work.hashed.push_back(length);
    next<void(const uint8_t*, size_t, uint8_t, uint8_t*)>("bctbx_sha256")(input, length, size, output);
}

extern "C" int sodium_memcmp(const void* a, const void* b, size_t length) {
    work.compared.push_back(length);
    return next<int(const void*, const void*, size_t)>("sodium_memcmp")(a, b, length);
}

namespace beffroi::test {

Work takeWork() { return std::exchange(work, {}); }

}  // namespace beffroi::test
