// SPDX-License-Identifier: AGPL-3.0-or-later
//
// What stands in a request at the control socket. A value of the wrong type is the client's mistake, and told: taken
// for a value that is not there it would mean something else, a ban for ever instead of one for an hour. Thread: any.
#pragma once

#include <nlohmann/json.hpp>

#include <limits>
#include <stdexcept>
#include <string>
#include <type_traits>

namespace beffroi::app {

/// `fallback` if there is no `key`. Throws std::invalid_argument, with the words for the client, for another type than
/// a text, a truth or a whole number that is not negative.
template <typename T>
T fieldOr(const nlohmann::json& request, const char* key, T fallback) {
    const auto found = request.find(key);
    if (found == request.end()) return fallback;
    const auto wrong = [key](const char* what) {
        return std::invalid_argument{std::string{"\""}.append(key).append("\" is no ").append(what)};
    };
    if constexpr (std::is_same_v<T, bool>) {
        if (!found->is_boolean()) throw wrong("true or false");
        return found->get<bool>();
    } else if constexpr (std::is_integral_v<T>) {
        constexpr auto kMost = std::numeric_limits<T>::max();
        const bool fits = found->is_number_integer() && *found >= 0 && *found <= kMost;
        if (!fits) throw wrong("whole number in the range from 0");
        return found->get<T>();
    } else {
        if (!found->is_string()) throw wrong("text");
        return found->get<std::string>();
    }
}

}  // namespace beffroi::app
