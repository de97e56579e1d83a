// SPDX-License-Identifier: AGPL-3.0-or-later
//
// The header fields that the reader knows: their canonical spelling, their compact form and how they may be repeated.
// Thread: any; constants.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace beffroi::sip {

enum class HeaderKind : std::uint8_t {
    Other,       // kept as it stands, as often as it stands
    Claim,       // likewise; says who somebody is or on whose behalf, which is for networks that trust one another
    Credential,  // likewise; a challenge, or the answer to one
    Single,      // kept as it stands, once at most
    List,        // split at commas into one value a header
    Via,
    Address,  // a list of name-addr that the exchange reads: Route, Record-Route, Path
    Contact,
    From,  // this one and those below: once at most
    To,
    CallId,
    CSeq,
    MaxForwards,
    ContentLength,
};

struct HeaderName {
    const char* name = nullptr;
    char compact = '\0';  // RFC 3261 §7.3.3 and the registry; 0: none
    HeaderKind kind = HeaderKind::Other;
    std::uint8_t index = 0;  // below kHeaderNames; the same for the long and the compact form
};

/// How many names there are.
inline constexpr std::size_t kHeaderNames = 92;

[[nodiscard]] constexpr bool standsOnce(HeaderKind kind) noexcept {
    return kind == HeaderKind::Single || kind >= HeaderKind::From;
}

/// All of them, in the order of their length.
[[nodiscard]] const std::array<HeaderName, kHeaderNames>& headerNames() noexcept;

/// The entry for a name as written, long or compact, in any case; nullptr if the reader does not know it.
[[nodiscard]] const HeaderName* findHeaderName(std::string_view written) noexcept;

}  // namespace beffroi::sip
