// SPDX-License-Identifier: AGPL-3.0-or-later
//
// What declarations of the plan's tables are made of: the kinds of fields that several tables have.
// Thread: any.
#pragma once

#include "directory/plan_fields.hpp"
#include "directory/plan_formats.hpp"

#include <string_view>
#include <utility>

namespace beffroi::directory::declarations {

inline constexpr std::int64_t kMinute = 60;
inline constexpr std::int64_t kHour = 3600;
inline constexpr std::int64_t kDay = 24 * kHour;

inline constexpr unsigned bit(ExtensionKind kind) { return 1U << static_cast<unsigned>(kind); }
inline constexpr unsigned kRooms = bit(ExtensionKind::Room);
inline constexpr unsigned kAliases = bit(ExtensionKind::Alias);
inline constexpr unsigned kRinging = bit(ExtensionKind::Group) | bit(ExtensionKind::Department);
inline constexpr unsigned kForwarding = bit(ExtensionKind::Phone) | kRinging;
inline constexpr unsigned kPhones = bit(ExtensionKind::Phone);

using enum FieldType;

inline Field identifier() {
    return {.key = "id", .type = Identifier, .help = "Its short name in this plan: letters, digits, '.', '-' and '_'"};
}

inline Field name(std::string_view help) { return {.key = "name", .help = help}; }

inline Field target(std::string_view key, std::string_view help) { return {.key = key, .type = Target, .help = help}; }

inline Field refer(std::string_view key, TableId table, std::string_view help) {
    return {.key = key, .type = Reference, .help = help, .refers = table};
}

inline Field lasts(std::string_view key, std::int64_t least, std::int64_t most, std::string_view help) {
    return {.key = key, .type = Duration, .help = help, .least = least, .most = most};
}

inline Field classes(std::string_view key, std::string_view help) {
    return {.key = key, .type = FieldType::Choices, .help = help, .words = kClassWords};
}

inline Field format(std::string_view key, std::string_view help) {
    return {.key = key, .type = Choice, .help = help, .words = kFormatWords};
}

/// Only extensions of these kinds have it.
inline Field of(unsigned kinds, std::string_view onlyFor, Field field) {
    field.kinds = kinds;
    field.onlyFor = onlyFor;
    return field;
}

inline Field needed(Field field) {
    field.required = true;
    return field;
}

template <auto Member>
void addForwards(Fields& fields, unsigned kinds = ~0U) {
    const auto add = [&fields, kinds](Field field) {
        fields.push_back(of(kinds, "only a phone, a group or a department forwards its calls", std::move(field)));
    };
    add(at<Member, &Forwards::always>(target("forward-always", "Where every call goes instead")));
    add(at<Member, &Forwards::busy>(target("forward-busy", "Where a call goes when the line is busy")));
    add(at<Member, &Forwards::noAnswer>(target("forward-no-answer", "Where a call goes that nobody answers in time")));
    add(at<Member, &Forwards::unreachable>(
        target("forward-unreachable", "Where a call goes while no telephone is registered")));
    add(at<Member, &Forwards::closed>(
        target("forward-closed", "Where a call goes outside the opening hours of the department")));
    add(at<Member, &Forwards::noAnswerAfter>(lasts(
        "no-answer-after", 5, 2 * kMinute,
        "How long it rings before `forward-no-answer` is followed; without it as long as the configuration says")));
}

[[nodiscard]] Table classOfService();
[[nodiscard]] Table hours();
[[nodiscard]] Table rota();
[[nodiscard]] Table gateway();
[[nodiscard]] Table directNumbers();
[[nodiscard]] Table shortCode();
[[nodiscard]] Table contact();
[[nodiscard]] Table code();

}  // namespace beffroi::directory::declarations
