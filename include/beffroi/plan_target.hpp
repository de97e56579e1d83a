// SPDX-License-Identifier: AGPL-3.0-or-later
//
// Where the plan sends a call: what somebody could dial ("2101", "0612345678", a short code), or one of two things that
// nobody dials: "announcement:closed" says something and hangs up, "on-call:technique" rings who is on call.
// Thread: any; values.
#pragma once

#include <cstdint>
#include <string_view>

namespace beffroi {

struct PlanTarget {
    enum class Kind : std::uint8_t { None, Number, Announcement, OnCall } kind = Kind::None;
    std::string_view value;  // without the prefix; a view of the text it was made of
};

/// None for an empty text. Whether the value stands for something is for the plan's checks.
[[nodiscard]] constexpr PlanTarget planTarget(std::string_view text) noexcept {
    constexpr std::string_view kAnnouncement = "announcement:";
    constexpr std::string_view kOnCall = "on-call:";
    if (text.empty()) return {};
    if (text.starts_with(kAnnouncement)) return {PlanTarget::Kind::Announcement, text.substr(kAnnouncement.size())};
    if (text.starts_with(kOnCall)) return {PlanTarget::Kind::OnCall, text.substr(kOnCall.size())};
    return {PlanTarget::Kind::Number, text};
}

}  // namespace beffroi
