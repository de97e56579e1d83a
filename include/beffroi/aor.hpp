// SPDX-License-Identifier: AGPL-3.0-or-later
//
// An address-of-record: whom a phone registers for and whom a caller calls. The user part is unescaped once, compared
// by octet (RFC 3261 §19.1.4); the domain is lower case. Domains of ours are folded into the first one configured.
#pragma once

#include <functional>
#include <string>

namespace beffroi {

struct Aor {
    std::string user;
    std::string domain;

    friend bool operator==(const Aor&, const Aor&) = default;
    [[nodiscard]] std::string toString() const { return user + '@' + domain; }
};

}  // namespace beffroi

template <>
struct std::hash<beffroi::Aor> {
    std::size_t operator()(const beffroi::Aor& aor) const noexcept {
        return std::hash<std::string>{}(aor.user) * 31U + std::hash<std::string>{}(aor.domain);
    }
};
