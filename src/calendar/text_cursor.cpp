// SPDX-License-Identifier: AGPL-3.0-or-later

#include "calendar/text_cursor.hpp"

#include <utility>

namespace beffroi::calendar {
namespace {

using std::chrono::minutes;
using std::chrono::month_day;
using std::chrono::year_month_day;

bool isDigit(char c) noexcept { return c >= '0' && c <= '9'; }

}  // namespace

std::string_view TextCursor::rest() const noexcept {
    auto rest = text_.substr(at_);
    while (!rest.empty() && rest.back() == ' ') rest.remove_suffix(1);
    return rest;
}

void TextCursor::fail(std::size_t offset, std::string text) {
    if (!mistake_) mistake_ = TextMistake{offset, std::move(text)};
}

bool TextCursor::take(std::string_view word) {
    if (failed() || !text_.substr(at_).starts_with(word)) return false;
    at_ += word.size();
    return true;
}

void TextCursor::space() {
    const auto before = at_;
    skipSpace();
    if (before == at_ && !atEnd()) fail(at_, "a space is expected");
}

void TextCursor::skipSpace() {
    while (at_ < text_.size() && text_[at_] == ' ') ++at_;
}

std::string_view TextCursor::word(std::string_view ends) {
    const auto begin = at_;
    while (at_ < text_.size() && text_[at_] != ' ' && ends.find(text_[at_]) == std::string_view::npos) ++at_;
    return text_.substr(begin, at_ - begin);
}

std::optional<unsigned> TextCursor::number(std::size_t least, std::size_t most) {
    unsigned value = 0;
    std::size_t count = 0;
    for (; at_ < text_.size() && isDigit(text_[at_]) && count <= most; ++at_, ++count) {
        value = value * 10 + static_cast<unsigned>(text_[at_] - '0');
    }
    return count < least || count > most ? std::nullopt : std::optional{value};
}

bool TextCursor::hasYear() const noexcept {
    const auto rest = text_.substr(at_);
    return rest.size() > 4 && rest[4] == '-';
}

year_month_day TextCursor::date() {
    const auto begin = at_;
    const auto year = number(4, 4);
    const auto month = year && take("-") ? number(2, 2) : std::nullopt;
    const auto day = month && take("-") ? number(2, 2) : std::nullopt;
    const year_month_day date{std::chrono::year{static_cast<int>(year.value_or(0))},
                              std::chrono::month{month.value_or(0)}, std::chrono::day{day.value_or(0)}};
    if (!day) {
        fail(begin, "a date is expected, such as 2026-12-24");
    } else if (!date.ok() || *year < 2000) {
        fail(begin, std::string{text_.substr(begin, at_ - begin)} + " is no day of the calendar");
    }
    return date;
}

month_day TextCursor::monthDay() {
    const auto begin = at_;
    const auto month = number(2, 2);
    const auto day = month && take("-") ? number(2, 2) : std::nullopt;
    const month_day date{std::chrono::month{month.value_or(0)}, std::chrono::day{day.value_or(0)}};
    if (!day) {
        fail(begin, "a date is expected, such as 2026-12-24, or 12-24 for every year");
    } else if (!date.ok()) {
        fail(begin, std::string{text_.substr(begin, at_ - begin)} + " is no day of the calendar");
    }
    return date;
}

minutes TextCursor::timeOfDay() {
    const auto begin = at_;
    const auto hour = number(1, 2);
    const auto minute = hour && take(":") ? number(2, 2) : std::nullopt;
    if (!minute) {
        fail(begin, "a time of day is expected, such as 08:30");
    } else if (*minute > 59 || *hour * 60 + *minute > 24 * 60) {
        fail(begin, std::string{text_.substr(begin, at_ - begin)} + " is no time of day");
    }
    return minutes{hour.value_or(0) * 60 + minute.value_or(0)};
}

}  // namespace beffroi::calendar
