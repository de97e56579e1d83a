// SPDX-License-Identifier: AGPL-3.0-or-later
//
// Times and opening states in words, for people: "fermé jusqu'à lundi 8 h 30".
// Thread: any.
#pragma once

#include "beffroi/time_zone.hpp"
#include "calendar/opening_state.hpp"

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>

namespace beffroi::calendar {

enum class Language : std::uint8_t { French, English };

/// "lundi".
[[nodiscard]] std::string_view dayName(std::chrono::local_days day, Language language) noexcept;

/// "13 h 30" or "1:30 p.m.": "8 h", "midi" …
[[nodiscard]] std::string spokenTime(std::chrono::minutes ofDay, Language language);

/// `instant` as seen from `now`: "13 h 30" on the same day, "demain 8 h 30", "lundi 8 h 30" within six days, else
/// "le lundi 4 mai 2026 à 8 h 30".
[[nodiscard]] std::string spokenInstant(std::chrono::sys_seconds instant, std::chrono::sys_seconds now,
                                        const TimeZone& zone, Language language);

/// "ouvert jusqu'à 17 h 30", "fermé jusqu'à lundi 8 h 30 (Fête du Travail)".
[[nodiscard]] std::string describe(const OpeningState& state, std::chrono::sys_seconds now, const TimeZone& zone,
                                   Language language);

}  // namespace beffroi::calendar
