// SPDX-License-Identifier: AGPL-3.0-or-later
//
// Owners for belle-sip's counted objects, as in the exchange's sip folder, which this one may not include. Objects that
// nobody retains are swept by the stack's own pool at the end of a loop turn.
// Thread: a SIP object never leaves the thread that made it: counts are not atomic.
#pragma once

#include <belle-sip/belle-sip.h>

#include <memory>

namespace beffroi::bridge {

struct Unref {
    void operator()(void* object) const noexcept { belle_sip_object_unref(object); }
};

template <typename T>
using SipRef = std::unique_ptr<T, Unref>;

/// For a floating or borrowed object: counts it once for us.
template <typename T>
[[nodiscard]] SipRef<T> retain(T* object) {
    if (object != nullptr) belle_sip_object_ref(object);
    return SipRef<T>{object};
}

/// For an object that its creator already counted once for us.
template <typename T>
[[nodiscard]] SipRef<T> adopt(T* object) noexcept {
    return SipRef<T>{object};
}

}  // namespace beffroi::bridge
