// SPDX-License-Identifier: AGPL-3.0-or-later
#include "sip/method.hpp"

#include <array>

namespace beffroi::sip {
namespace {

constexpr std::array<std::string_view, 14> kNames{"INVITE",   "ACK",   "BYE",       "CANCEL", "OPTIONS",
                                                  "REGISTER", "PRACK", "SUBSCRIBE", "NOTIFY", "PUBLISH",
                                                  "INFO",     "REFER", "MESSAGE",   "UPDATE"};
static_assert(kNames.size() == static_cast<std::size_t>(Method::Other));

}  // namespace

Method methodFromName(std::string_view name) noexcept {
    for (std::size_t i = 0; i < kNames.size(); ++i) {
        if (kNames[i] == name) return static_cast<Method>(i);
    }
    return Method::Other;
}

std::string_view toString(Method method) noexcept {
    const auto index = static_cast<std::size_t>(method);
    return index < kNames.size() ? kNames[index] : std::string_view{};
}

}  // namespace beffroi::sip
