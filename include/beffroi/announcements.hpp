// SPDX-License-Identifier: AGPL-3.0-or-later
//
// What a caller can be told: names of prompts (config/prompts/*.txt has the words) and values that are spoken from
// parts, put together with '+': "closed+opens+day:mon+time:08:30". The exchange writes such a text, the bridge speaks
// it; both check it by isAnnouncement(), for a name is never a path.
//   say:2105     digits one by one, also '*'
//   time:08:30   a time of day
//   day:mon      a weekday; day:today, day:tomorrow
//   date:12-24   a day of a month
//   number:20    1 to 59, as minutes and seconds are counted
// Thread: any; values.
#pragma once

#include <algorithm>
#include <array>
#include <chrono>
#include <cstddef>
#include <string>
#include <string_view>

namespace beffroi::announcements {

// Why a call goes nowhere.
inline constexpr std::string_view kUnknownNumber = "unknown-number";
inline constexpr std::string_view kNotAllowed = "not-allowed";
inline constexpr std::string_view kPinNeeded = "pin-needed";
inline constexpr std::string_view kWrongPin = "wrong-pin";
inline constexpr std::string_view kLocked = "locked";  // too many wrong PINs
inline constexpr std::string_view kClosed = "closed";
inline constexpr std::string_view kOpens = "opens";  // followed by a moment
inline constexpr std::string_view kUnreachable = "unreachable";
inline constexpr std::string_view kBusy = "busy";
inline constexpr std::string_view kNoAnswer = "no-answer";
inline constexpr std::string_view kNotDisturbed = "not-disturbed";
inline constexpr std::string_view kNoLine = "no-line";  // no way outside just now
inline constexpr std::string_view kLoop = "loop";       // forwards that lead in a circle, or too far

// Why a code was not obeyed.
inline constexpr std::string_view kUnknownCode = "unknown-code";
inline constexpr std::string_view kCodeNotAllowed = "code-not-allowed";
inline constexpr std::string_view kCodeIncomplete = "code-incomplete";
inline constexpr std::string_view kForwardNotAllowed = "forward-not-allowed";
inline constexpr std::string_view kNotSaved = "not-saved";

// That a code was obeyed, or what is set; names that end in "-to" are followed by digits.
inline constexpr std::string_view kForwardAlwaysTo = "forward-always-to";
inline constexpr std::string_view kForwardAlwaysOff = "forward-always-off";
inline constexpr std::string_view kForwardBusyTo = "forward-busy-to";
inline constexpr std::string_view kForwardBusyOff = "forward-busy-off";
inline constexpr std::string_view kForwardNoAnswerTo = "forward-no-answer-to";
inline constexpr std::string_view kForwardNoAnswerOff = "forward-no-answer-off";
inline constexpr std::string_view kForwardUnreachableTo = "forward-unreachable-to";
inline constexpr std::string_view kForwardUnreachableOff = "forward-unreachable-off";
inline constexpr std::string_view kForwardsOff = "forwards-off";
inline constexpr std::string_view kAfter = "after";      // followed by a number
inline constexpr std::string_view kSeconds = "seconds";  // behind it
inline constexpr std::string_view kDoNotDisturbOn = "do-not-disturb-on";
inline constexpr std::string_view kDoNotDisturbOff = "do-not-disturb-off";
inline constexpr std::string_view kCallWaitingOn = "call-waiting-on";
inline constexpr std::string_view kCallWaitingOff = "call-waiting-off";
inline constexpr std::string_view kGroupLeft = "group-left";      // followed by digits
inline constexpr std::string_view kGroupJoined = "group-joined";  // likewise
inline constexpr std::string_view kHoursOpen = "hours-open";      // by hand
inline constexpr std::string_view kHoursClosed = "hours-closed";  // by hand
inline constexpr std::string_view kHoursPlanned = "hours-planned";
inline constexpr std::string_view kLoggedIn = "logged-in";      // followed by digits
inline constexpr std::string_view kLoggedOut = "logged-out";    // likewise
inline constexpr std::string_view kYourNumber = "your-number";  // likewise
inline constexpr std::string_view kNothingSet = "nothing-set";

/// Every prompt that the exchange asks for by itself.
inline constexpr std::array kAll{kUnknownNumber,
                                 kNotAllowed,
                                 kPinNeeded,
                                 kWrongPin,
                                 kLocked,
                                 kClosed,
                                 kOpens,
                                 kUnreachable,
                                 kBusy,
                                 kNoAnswer,
                                 kNotDisturbed,
                                 kNoLine,
                                 kLoop,
                                 kUnknownCode,
                                 kCodeNotAllowed,
                                 kCodeIncomplete,
                                 kForwardNotAllowed,
                                 kNotSaved,
                                 kForwardAlwaysTo,
                                 kForwardAlwaysOff,
                                 kForwardBusyTo,
                                 kForwardBusyOff,
                                 kForwardNoAnswerTo,
                                 kForwardNoAnswerOff,
                                 kForwardUnreachableTo,
                                 kForwardUnreachableOff,
                                 kForwardsOff,
                                 kAfter,
                                 kSeconds,
                                 kDoNotDisturbOn,
                                 kDoNotDisturbOff,
                                 kCallWaitingOn,
                                 kCallWaitingOff,
                                 kGroupLeft,
                                 kGroupJoined,
                                 kHoursOpen,
                                 kHoursClosed,
                                 kHoursPlanned,
                                 kLoggedIn,
                                 kLoggedOut,
                                 kYourNumber,
                                 kNothingSet};

/// Not a prompt: a plan may write "announcement:closed+next-opening", and routing puts kOpens and the moment in its
/// place.
inline constexpr std::string_view kNextOpening = "next-opening";

inline constexpr std::array<std::string_view, 7> kWeekdays{"mon", "tue", "wed", "thu", "fri", "sat", "sun"};
inline constexpr std::size_t kMostParts = 24;
inline constexpr std::size_t kLongest = 240;     // octets of the whole text
inline constexpr std::size_t kLongestName = 40;  // of a prompt

/// Letters a to z, digits, and '-' within: what a prompt may be called.
[[nodiscard]] constexpr bool isPromptName(std::string_view name) noexcept {
    const auto fits = [](char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-'; };
    return !name.empty() && name.size() <= kLongestName && name.front() != '-' && name.back() != '-' &&
           std::all_of(name.begin(), name.end(), fits);
}

/// The value behind `kind` ("time:"), if `part` has it.
[[nodiscard]] constexpr std::string_view valueOf(std::string_view part, std::string_view kind) noexcept {
    return part.starts_with(kind) ? part.substr(kind.size()) : std::string_view{};
}

/// Two digits as a number from `least` to `most`; -1 for anything else.
[[nodiscard]] constexpr int twoDigits(std::string_view text, int least, int most) noexcept {
    if (text.size() != 2 || text[0] < '0' || text[0] > '9' || text[1] < '0' || text[1] > '9') return -1;
    const int value = (text[0] - '0') * 10 + (text[1] - '0');
    return value >= least && value <= most ? value : -1;
}

[[nodiscard]] constexpr bool isPart(std::string_view part) noexcept {
    if (const auto colon = part.find(':'); colon == std::string_view::npos) return isPromptName(part);
    if (const auto digits = valueOf(part, "say:"); !digits.empty()) {
        return std::all_of(digits.begin(), digits.end(), [](char c) { return (c >= '0' && c <= '9') || c == '*'; });
    }
    if (const auto time = valueOf(part, "time:"); time.size() == 5) {
        return twoDigits(time.substr(0, 2), 0, 23) >= 0 && time[2] == ':' && twoDigits(time.substr(3), 0, 59) >= 0;
    }
    if (const auto date = valueOf(part, "date:"); date.size() == 5) {
        return twoDigits(date.substr(0, 2), 1, 12) >= 0 && date[2] == '-' && twoDigits(date.substr(3), 1, 31) >= 0;
    }
    if (const auto number = valueOf(part, "number:"); !number.empty()) return twoDigits(number, 1, 59) >= 0;
    const auto day = valueOf(part, "day:");
    return day == "today" || day == "tomorrow" || std::find(kWeekdays.begin(), kWeekdays.end(), day) != kWeekdays.end();
}

/// Whether this can be said, if its prompts exist: parts as above, not too many of them.
[[nodiscard]] constexpr bool isAnnouncement(std::string_view text) noexcept {
    if (text.empty() || text.size() > kLongest) return false;
    for (std::size_t parts = 1;; ++parts) {
        const auto plus = text.find('+');
        if (parts > kMostParts || !isPart(text.substr(0, plus))) return false;
        if (plus == std::string_view::npos) return true;
        text.remove_prefix(plus + 1);
    }
}

[[nodiscard]] inline std::string twoDigitText(unsigned value) {
    return {static_cast<char>('0' + value / 10 % 10), static_cast<char>('0' + value % 10)};
}

/// A moment as one says it on the day `today`: "day:today+time:17:30", "day:mon+time:08:30" within a week, else by its
/// date. Both are local time.
[[nodiscard]] inline std::string spokenMoment(std::chrono::local_days today,
                                              std::chrono::local_time<std::chrono::minutes> moment) {
    const auto day = std::chrono::floor<std::chrono::days>(moment);
    const auto away = (day - today).count();
    std::string text;
    if (away == 0) {
        text = "day:today";
    } else if (away == 1) {
        text = "day:tomorrow";
    } else if (away > 1 && away < 7) {
        text = "day:" + std::string{kWeekdays[std::chrono::weekday{day}.iso_encoding() - 1]};
    } else {
        const std::chrono::year_month_day date{day};
        text = "date:" + twoDigitText(unsigned{date.month()}) + '-' + twoDigitText(unsigned{date.day()});
    }
    const auto minutes = static_cast<unsigned>((moment - day).count());
    return text + "+time:" + twoDigitText(minutes / 60) + ':' + twoDigitText(minutes % 60);
}

}  // namespace beffroi::announcements
