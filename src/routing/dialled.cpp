// SPDX-License-Identifier: AGPL-3.0-or-later
#include "routing/dialled.hpp"

namespace beffroi::routing {

std::optional<std::string> readDialled(std::string_view text) {
    std::string keys;
    for (const char c : text) {
        const bool digit = c >= '0' && c <= '9';
        if (digit || c == '*' || c == '#' || (c == '+' && keys.empty())) {
            if (keys.size() == kLongestDialled) return std::nullopt;
            keys += c;
        } else if (std::string_view{" -.()"}.find(c) == std::string_view::npos) {
            return std::nullopt;
        }
    }
    if (keys.empty() || keys == "+") return std::nullopt;
    return keys;
}

}  // namespace beffroi::routing
