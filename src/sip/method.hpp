// SPDX-License-Identifier: AGPL-3.0-or-later
//
// The methods that the exchange treats each in its own way; any other token is Other and is routed by its name.
// Method names are compared by octet (RFC 3261 §7.1).
#pragma once

#include <cstdint>
#include <string_view>

namespace beffroi::sip {

enum class Method : std::uint8_t {
    Invite,
    Ack,
    Bye,
    Cancel,
    Options,
    Register,
    Prack,
    Subscribe,
    Notify,
    Publish,
    Info,
    Refer,
    Message,
    Update,
    Other
};

[[nodiscard]] Method methodFromName(std::string_view name) noexcept;

/// The name of a known method; empty for Other.
[[nodiscard]] std::string_view toString(Method method) noexcept;

}  // namespace beffroi::sip
