// SPDX-License-Identifier: AGPL-3.0-or-later
//
// Each text is read into a copy, which takes the place of the hours when it has no mistake.

#include "calendar/hours_text.hpp"

#include "calendar/text_cursor.hpp"

#include <algorithm>
#include <array>
#include <bitset>
#include <string>
#include <utility>
#include <vector>

namespace beffroi::calendar {
namespace {

using std::chrono::days;
using std::chrono::local_days;
using std::chrono::minutes;
using std::chrono::month_day;

constexpr minutes kMidnight{24 * 60};
constexpr days kLongestRange{400};

constexpr std::array<std::array<std::string_view, 4>, 7> kDays{{{"mon", "monday", "lun", "lundi"},
                                                                {"tue", "tuesday", "mar", "mardi"},
                                                                {"wed", "wednesday", "mer", "mercredi"},
                                                                {"thu", "thursday", "jeu", "jeudi"},
                                                                {"fri", "friday", "ven", "vendredi"},
                                                                {"sat", "saturday", "sam", "samedi"},
                                                                {"sun", "sunday", "dim", "dimanche"}}};
constexpr std::size_t kSunday = 6;

enum class Weeks : std::uint8_t { Every, Even, Odd };

std::string inQuotes(std::string_view text) { return '"' + std::string{text} + '"'; }

std::string twoDigits(std::int64_t number) {
    std::string text = std::to_string(number);
    if (number < 10) text.insert(text.begin(), '0');
    return text;
}

std::string toString(minutes time) { return twoDigits(time.count() / 60) + ':' + twoDigits(time.count() % 60); }

std::string toString(const OpenSpan& span) { return toString(span.from) + '-' + toString(span.to); }

std::size_t readDay(TextCursor& cursor) {
    const auto begin = cursor.offset();
    const auto name = cursor.word("-,/");
    for (std::size_t day = 0; day < kDays.size(); ++day) {
        if (std::find(kDays[day].begin(), kDays[day].end(), name) != kDays[day].end()) return day;
    }
    cursor.fail(begin, name.empty() ? "a day of the week is expected, such as mon or lun"
                                    : inQuotes(name) +
                                          " is no day of the week; mon, tue, wed, thu, fri, sat, sun or "
                                          "lun, mar, mer, jeu, ven, sam, dim are");
    return 0;
}

// "mon-fri", "mon,wed-fri"; a range may lead over the end of the week.
std::bitset<7> readDays(TextCursor& cursor) {
    std::bitset<7> chosen;
    do {
        const auto first = readDay(cursor);
        const auto last = cursor.take("-") ? readDay(cursor) : first;
        if (cursor.failed()) break;
        for (auto day = first;; day = (day + 1) % kDays.size()) {
            chosen.set(day);
            if (day == last) break;
        }
    } while (cursor.take(","));
    return chosen;
}

Weeks readWeeks(TextCursor& cursor) {
    if (!cursor.take("/")) return Weeks::Every;
    const auto begin = cursor.offset();
    const auto name = cursor.word("");
    if (name == "even" || name == "pair") return Weeks::Even;
    if (name == "odd" || name == "impair") return Weeks::Odd;
    cursor.fail(begin, "even or odd weeks are expected, not " + inQuotes(name));
    return Weeks::Every;
}

bool takeClosed(TextCursor& cursor) {
    for (const std::string_view word : {"closed", "fermé", "ferme"}) {
        if (cursor.rest() == word) return cursor.take(word);
    }
    return false;
}

struct WrittenSpan {
    OpenSpan span;  // `to` before `from`: it ends on the next day
    std::size_t offset = 0;
};

// "08:30-12:00 13:30-17:30", or "closed".
std::vector<WrittenSpan> readSpans(TextCursor& cursor) {
    std::vector<WrittenSpan> spans;
    if (takeClosed(cursor)) return spans;
    if (cursor.atEnd()) cursor.fail(cursor.offset(), "hours are expected, such as 08:30-12:00, or closed");
    while (!cursor.failed() && !cursor.atEnd()) {
        WrittenSpan written{{}, cursor.offset()};
        written.span.from = cursor.timeOfDay();
        if (!cursor.failed() && !cursor.take("-")) cursor.fail(cursor.offset(), "'-' and the end are expected");
        if (cursor.failed()) break;
        written.span.to = cursor.timeOfDay();
        if (written.span.from == written.span.to || written.span.from == kMidnight) {
            cursor.fail(written.offset, toString(written.span) + " is no time at all");
        }
        if (written.span.to == minutes{0}) written.span.to = kMidnight;
        spans.push_back(written);
        cursor.space();
    }
    return spans;
}

void addTo(OpenDay& day, const OpenSpan& span, std::size_t offset, TextCursor& cursor) {
    const auto after =
        std::find_if(day.begin(), day.end(), [&](const OpenSpan& other) { return other.to > span.from; });
    if (after != day.end() && after->from < span.to) {
        return cursor.fail(offset, toString(span) + " overlaps " + toString(*after));
    }
    day.insert(after, span);
}

// A week's hours, in even weeks, in odd ones or in all.
class Weekly {
public:
    Weekly(OpeningHours& hours, TextCursor& cursor) : hours_{hours}, cursor_{cursor} {}

    void add(std::size_t day, Weeks weeks, const WrittenSpan& written) {
        const auto& span = written.span;
        if (span.from < span.to) return addSpan(day, weeks, span, written.offset);
        addSpan(day, weeks, {span.from, kMidnight}, written.offset);
        const OpenSpan rest{minutes{0}, span.to};
        if (day == kSunday) return addToMonday(weeks, rest, written.offset);
        addSpan(day + 1, weeks, rest, written.offset);
    }

private:
    void addSpan(std::size_t day, Weeks weeks, const OpenSpan& span, std::size_t offset) {
        if (weeks != Weeks::Every) tellWeeksApart();
        if (weeks != Weeks::Even) addTo(hours_.week[day], span, offset, cursor_);
        if (weeks != Weeks::Even && day == 0) addAfterWeek53(span, offset);
        if (weeks != Weeks::Odd && hours_.evenWeek) addTo((*hours_.evenWeek)[day], span, offset, cursor_);
    }

    // What the Sunday of `weeks` begins ends in the week that follows: an odd one, or after an odd one an even one, or
    // after week 53 another odd one.
    void addToMonday(Weeks weeks, const OpenSpan& span, std::size_t offset) {
        if (weeks != Weeks::Every) tellWeeksApart();
        if (weeks != Weeks::Odd) addTo(hours_.week[0], span, offset, cursor_);
        if (weeks == Weeks::Even) return;
        if (hours_.evenWeek) addTo((*hours_.evenWeek)[0], span, offset, cursor_);
        addAfterWeek53(span, offset);
    }

    void addAfterWeek53(const OpenSpan& span, std::size_t offset) {
        if (hours_.mondayAfterWeek53) addTo(*hours_.mondayAfterWeek53, span, offset, cursor_);
    }

    void tellWeeksApart() {
        if (hours_.evenWeek) return;
        hours_.evenWeek = hours_.week;
        hours_.mondayAfterWeek53 = hours_.week[0];
    }

    OpeningHours& hours_;
    TextCursor& cursor_;
};

// Exceptions end at midnight: what follows would have to take the place of the next day's own hours.
OpenDay exceptionDay(TextCursor& cursor) {
    OpenDay day;
    for (const auto& [span, offset] : readSpans(cursor)) {
        if (span.from >= span.to) {
            cursor.fail(offset, toString(span) + " leads past midnight; write the next day as an exception of its own");
        } else {
            addTo(day, span, offset, cursor);
        }
    }
    return day;
}

std::string dateText(const std::chrono::year_month_day& date) {
    return std::to_string(static_cast<int>(date.year())) + '-' + twoDigits(static_cast<unsigned>(date.month())) + '-' +
           twoDigits(static_cast<unsigned>(date.day()));
}

void readDated(TextCursor& cursor, OpeningHours& hours) {
    const auto begin = cursor.offset();
    const auto first = cursor.date();
    const bool isRange = cursor.take("..");
    const auto second = cursor.offset();
    const auto last = isRange ? cursor.date() : first;
    cursor.space();
    const auto day = exceptionDay(cursor);
    if (cursor.failed()) return;
    const local_days from{first};
    const local_days to{last};
    if (to < from) return cursor.fail(second, "the last day is before the first");
    if (to - from >= kLongestRange) return cursor.fail(second, "a range has at most 400 days");
    for (auto at = from; at <= to; at += days{1}) {
        if (hours.exceptions.emplace(at, day).second) continue;
        return cursor.fail(begin, dateText(std::chrono::year_month_day{at}) + " has an exception already");
    }
}

void readYearly(TextCursor& cursor, OpeningHours& hours) {
    const auto begin = cursor.offset();
    const auto first = cursor.monthDay();
    const auto last = cursor.take("..") ? cursor.monthDay() : first;
    cursor.space();
    const auto day = exceptionDay(cursor);
    if (cursor.failed()) return;
    // The days of a leap year are those of every year.
    constexpr std::chrono::year kLeap{2000};
    auto at = local_days{kLeap / first.month() / first.day()};
    for (;;) {
        const std::chrono::year_month_day date{at};
        const auto ofYear = date.month() / date.day();
        if (!hours.yearly.emplace(ofYear, day).second) {
            return cursor.fail(begin, dateText(date).substr(5) + " has an exception of every year already");
        }
        if (ofYear == last) return;
        at = ofYear == std::chrono::December / 31 ? local_days{kLeap / 1 / 1} : at + days{1};
    }
}

std::chrono::local_time<minutes> readLocalTime(TextCursor& cursor) {
    const auto date = cursor.date();
    if (!cursor.failed()) cursor.space();
    const auto time = cursor.failed() ? minutes{0} : cursor.timeOfDay();
    return cursor.failed() ? std::chrono::local_time<minutes>{} : local_days{date} + time;
}

}  // namespace

std::optional<TextMistake> readWeekly(std::string_view text, OpeningHours& into) {
    TextCursor cursor{text};
    auto hours = into;
    const auto chosen = readDays(cursor);
    const auto weeks = readWeeks(cursor);
    cursor.space();
    const auto spans = cursor.failed() ? std::vector<WrittenSpan>{} : readSpans(cursor);
    Weekly weekly{hours, cursor};
    for (std::size_t day = 0; day < chosen.size() && !cursor.failed(); ++day) {
        if (!chosen.test(day)) continue;
        for (const auto& span : spans) weekly.add(day, weeks, span);
    }
    if (!cursor.failed()) into = std::move(hours);
    return cursor.mistake();
}

std::optional<TextMistake> readException(std::string_view text, OpeningHours& into) {
    TextCursor cursor{text};
    auto hours = into;
    if (cursor.hasYear()) {
        readDated(cursor, hours);
    } else {
        readYearly(cursor, hours);
    }
    if (!cursor.failed()) into = std::move(hours);
    return cursor.mistake();
}

std::optional<TextMistake> readTurn(std::string_view text, OnCallTurns& into) {
    TextCursor cursor{text};
    OnCallTurns::Turn turn{readLocalTime(cursor), {}};
    if (!cursor.failed()) cursor.space();
    turn.target = cursor.rest();
    if (turn.target.empty()) cursor.fail(cursor.offset(), "who is on call from then on is missing");
    if (!into.turns.empty() && turn.from <= into.turns.back().from) {
        cursor.fail(0, "a turn begins later than the one before it");
    }
    if (!cursor.failed()) into.turns.push_back(std::move(turn));
    return cursor.mistake();
}

std::optional<TextMistake> readStart(std::string_view text, OnCallTurns& into) {
    TextCursor cursor{text};
    const auto start = readLocalTime(cursor);
    if (!cursor.failed()) cursor.space();
    if (!cursor.failed() && !cursor.rest().empty()) cursor.fail(cursor.offset(), "nothing is expected after the time");
    if (!cursor.failed()) into.start = start;
    return cursor.mistake();
}

}  // namespace beffroi::calendar
