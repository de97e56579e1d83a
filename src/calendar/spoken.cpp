// SPDX-License-Identifier: AGPL-3.0-or-later

#include "calendar/spoken.hpp"

#include <array>
#include <string_view>

namespace beffroi::calendar {
namespace {

using std::chrono::days;
using std::chrono::local_days;
using std::chrono::sys_seconds;
using std::chrono::year_month_day;

constexpr std::array<std::string_view, 7> kFrenchDays{"lundi",    "mardi",  "mercredi", "jeudi",
                                                      "vendredi", "samedi", "dimanche"};
constexpr std::array<std::string_view, 7> kEnglishDays{"Monday", "Tuesday",  "Wednesday", "Thursday",
                                                       "Friday", "Saturday", "Sunday"};
constexpr std::array<std::string_view, 12> kFrenchMonths{"janvier",   "février", "mars",     "avril",
                                                         "mai",       "juin",    "juillet",  "août",
                                                         "septembre", "octobre", "novembre", "décembre"};
constexpr std::array<std::string_view, 12> kEnglishMonths{"January",   "February", "March",    "April",
                                                          "May",       "June",     "July",     "August",
                                                          "September", "October",  "November", "December"};

std::string dateOf(local_days day, Language language) {
    const year_month_day date{day};
    const auto ofMonth = static_cast<unsigned>(date.day());
    const auto month = static_cast<unsigned>(date.month()) - 1;
    const bool isFrench = language == Language::French;
    std::string text{dayName(day, language)};
    text.append(" ").append(std::to_string(ofMonth)).append(isFrench && ofMonth == 1 ? "er " : " ");
    text.append((isFrench ? kFrenchMonths : kEnglishMonths)[month]);
    return text.append(" ").append(std::to_string(static_cast<int>(date.year())));
}

struct Spoken {
    std::string text;
    bool isDate = false;  // "lundi 4 mai 2026 à 8 h 30", which wants an article in French
};

Spoken spoken(sys_seconds instant, sys_seconds now, const TimeZone& zone, Language language) {
    const auto local = zone.toLocal(instant);
    const auto day = std::chrono::floor<days>(local);
    const auto today = std::chrono::floor<days>(zone.toLocal(now));
    const auto time = spokenTime(std::chrono::floor<std::chrono::minutes>(local - day), language);
    const bool isFrench = language == Language::French;
    if (day == today) return {time};
    if (day == today + days{1}) return {(isFrench ? "demain " : "tomorrow ") + time};
    if (day > today && day < today + days{7}) return {std::string{dayName(day, language)} + ' ' + time};
    return {dateOf(day, language) + (isFrench ? " à " : " at ") + time, true};
}

std::string reasonOf(const OpeningState& state, Language language) {
    const bool isFrench = language == Language::French;
    switch (state.reason) {
        case OpeningReason::Lunch: return isFrench ? "pause de midi" : "lunch break";
        case OpeningReason::Holiday:
            if (state.holiday == nullptr) return {};
            return isFrench || state.holiday->english.empty() ? state.holiday->name : state.holiday->english;
        case OpeningReason::Exception:
            if (state.open) return isFrench ? "ouverture exceptionnelle" : "exceptional opening";
            return isFrench ? "fermeture exceptionnelle" : "exceptional closure";
        case OpeningReason::Hours:
        case OpeningReason::Weekday: break;
    }
    return {};
}

}  // namespace

std::string_view dayName(local_days day, Language language) noexcept {
    const auto at = static_cast<std::size_t>((std::chrono::weekday{day} - std::chrono::Monday).count());
    return (language == Language::French ? kFrenchDays : kEnglishDays)[at];
}

std::string spokenTime(std::chrono::minutes ofDay, Language language) {
    const auto hour = ofDay.count() / 60 % 24;
    const auto minute = ofDay.count() % 60;
    const bool isFrench = language == Language::French;
    if (minute == 0 && hour == 0) return isFrench ? "minuit" : "midnight";
    if (minute == 0 && hour == 12) return isFrench ? "midi" : "noon";
    std::string minutes = minute == 0 ? "" : std::to_string(minute);
    if (minutes.size() == 1) minutes.insert(minutes.begin(), '0');
    if (isFrench) return std::to_string(hour).append(" h").append(minutes.empty() ? "" : " ").append(minutes);
    return std::to_string(hour % 12 == 0 ? 12 : hour % 12)
        .append(minutes.empty() ? "" : ":")
        .append(minutes)
        .append(hour < 12 ? " a.m." : " p.m.");
}

std::string spokenInstant(sys_seconds instant, sys_seconds now, const TimeZone& zone, Language language) {
    const auto [text, isDate] = spoken(instant, now, zone, language);
    return isDate && language == Language::French ? "le " + text : text;
}

std::string describe(const OpeningState& state, sys_seconds now, const TimeZone& zone, Language language) {
    const bool isFrench = language == Language::French;
    std::string text = state.open ? (isFrench ? "ouvert" : "open") : (isFrench ? "fermé" : "closed");
    if (state.until) {
        const auto [until, isDate] = spoken(*state.until, now, zone, language);
        text.append(isFrench ? (isDate ? " jusqu'au " : " jusqu'à ") : " until ").append(until);
    }
    const auto reason = reasonOf(state, language);
    return reason.empty() ? text : text + " (" + reason + ')';
}

}  // namespace beffroi::calendar
