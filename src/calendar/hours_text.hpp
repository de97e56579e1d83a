// SPDX-License-Identifier: AGPL-3.0-or-later
//
// Opening hours and rotas as the plan writes them (docs/hours.md), read into values. A text that has a mistake changes
// nothing.
// Thread: any.
#pragma once

#include "beffroi/opening_hours.hpp"
#include "calendar/text_mistake.hpp"

#include <optional>
#include <string_view>

namespace beffroi::calendar {

/// "mon-fri 08:30-12:00 13:30-17:30", "sat/even 09:00-12:00", "ven 22:00-02:00", "sun closed". Days in English or
/// French. Adds to what is there; hours that overlap those of a text before are a mistake.
[[nodiscard]] std::optional<TextMistake> readWeekly(std::string_view text, OpeningHours& into);

/// "2026-12-24 08:30-12:00", "2026-05-15 closed", "2026-08-03..2026-08-21 08:30-12:00" (at most 400 days), "12-24
/// 08:30-12:00" (every year), "12-24..01-02 fermé". A day that has an exception already is a mistake.
[[nodiscard]] std::optional<TextMistake> readException(std::string_view text, OpeningHours& into);

/// "2026-11-27 12:00 0612345678": the rest of the text is the target, whatever it is. Later than the turns before it.
[[nodiscard]] std::optional<TextMistake> readTurn(std::string_view text, OnCallTurns& into);

/// "2026-01-02 12:00", into `start`.
[[nodiscard]] std::optional<TextMistake> readStart(std::string_view text, OnCallTurns& into);

}  // namespace beffroi::calendar
