// SPDX-License-Identifier: AGPL-3.0-or-later
//
// Reads a text of the plan piece by piece: words, dates and times of day. The first mistake stops it; from then on
// every step fails, so that a reader may go on without asking after each.
// Thread: any.
#pragma once

#include "calendar/text_mistake.hpp"

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

namespace beffroi::calendar {

class TextCursor {
public:
    explicit TextCursor(std::string_view text) : text_{text} { skipSpace(); }

    [[nodiscard]] bool failed() const noexcept { return mistake_.has_value(); }
    [[nodiscard]] std::optional<TextMistake> mistake() const { return mistake_; }
    [[nodiscard]] bool atEnd() const noexcept { return at_ == text_.size(); }
    [[nodiscard]] std::size_t offset() const noexcept { return at_; }
    /// Without spaces at its end.
    [[nodiscard]] std::string_view rest() const noexcept;

    /// Keeps the first mistake only.
    void fail(std::size_t offset, std::string text);

    /// Takes `word` if it is next.
    [[nodiscard]] bool take(std::string_view word);
    /// Spaces, at least one; none are needed at the end.
    void space();
    /// What is next, up to a space or one of `ends`; it is taken.
    [[nodiscard]] std::string_view word(std::string_view ends);

    /// "2026-12-24", a day that there is.
    [[nodiscard]] std::chrono::year_month_day date();
    /// "12-24"; "02-29" is one.
    [[nodiscard]] std::chrono::month_day monthDay();
    /// Whether a date with a year is next.
    [[nodiscard]] bool hasYear() const noexcept;
    /// "8:30", "08:30", "24:00".
    [[nodiscard]] std::chrono::minutes timeOfDay();

private:
    void skipSpace();
    /// Between `least` and `most` digits, no more of them.
    [[nodiscard]] std::optional<unsigned> number(std::size_t least, std::size_t most);

    std::string_view text_;
    std::size_t at_ = 0;
    std::optional<TextMistake> mistake_;
};

}  // namespace beffroi::calendar
