// SPDX-License-Identifier: AGPL-3.0-or-later
//
// How single values of the plan are written where their type does not say it. Each function answers what is expected
// instead of `text`, or nothing if it may stand.
// Thread: any.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace beffroi::directory {

[[nodiscard]] bool isDigits(std::string_view text) noexcept;
/// 2 to 15 digits.
[[nodiscard]] bool isInternalNumber(std::string_view text) noexcept;
/// '+' and 6 to 15 digits, the first of them no zero (ITU-T E.164).
[[nodiscard]] bool isE164(std::string_view text) noexcept;
/// A name that stands in SIP URIs and on command lines.
[[nodiscard]] bool isIdentifier(std::string_view text) noexcept;
/// At most 200 printable characters: names go into SIP headers and onto terminals.
[[nodiscard]] bool isOneLine(std::string_view text) noexcept;

[[nodiscard]] std::string refusesZone(std::string_view text);
[[nodiscard]] std::string refusesPrefix(std::string_view text);
[[nodiscard]] std::string refusesInsee(std::string_view text);
[[nodiscard]] std::string refusesCertificate(std::string_view text);
[[nodiscard]] std::string refusesSha256(std::string_view text);
[[nodiscard]] std::string refusesMd5(std::string_view text);
[[nodiscard]] std::string refusesPinHash(std::string_view text);
[[nodiscard]] std::string refusesUri(std::string_view text);
[[nodiscard]] std::string refusesNetwork(std::string_view text);
[[nodiscard]] std::string refusesCode(std::string_view text);

/// What stands between digits for human eyes is left out: spaces, '.', '-', '/', '(' and ')'.
[[nodiscard]] std::string withoutSeparators(std::string_view text);

/// "20s", "5min", "2h", "7d": the largest unit that says it whole.
[[nodiscard]] std::string durationText(std::int64_t seconds);
/// Nothing for what is no duration of whole seconds.
[[nodiscard]] std::optional<std::int64_t> secondsFrom(std::string_view text);

}  // namespace beffroi::directory
