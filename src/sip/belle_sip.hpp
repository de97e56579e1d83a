// SPDX-License-Identifier: AGPL-3.0-or-later
//
// Owners for belle-sip's counted objects. Most are born floating (count 0): retain() counts them once for us. Nothing
// floating outlives the line that obtained it, so the exchange needs no object pool.
// Thread: a SIP object never leaves the thread that made it: counts are not atomic.
#pragma once

#include <belle-sip/belle-sip.h>

#include <memory>

// Exported by the library and not declared by its headers: a header kept as text, whatever its name. (The public
// belle_sip_header_create() runs the grammar for every name that it knows.)
extern "C" {
struct _belle_sip_header_extension;
struct _belle_sip_header_extension* belle_sip_header_extension_create(const char* name, const char* value);
const char* belle_sip_header_extension_get_value(const struct _belle_sip_header_extension* header);
}

namespace beffroi::sip {

/// The library speaks of every object that it makes without a pool; only its errors are worth a line.
inline void silenceLibrary() { belle_sip_set_log_level(BELLE_SIP_LOG_ERROR); }

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

}  // namespace beffroi::sip
