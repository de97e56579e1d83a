// SPDX-License-Identifier: AGPL-3.0-or-later
#include "app/local_moment.hpp"

#include "beffroi/announcements.hpp"

namespace beffroi::app {
namespace {

using announcements::twoDigits;
using announcements::twoDigitText;
using std::chrono::days;
using std::chrono::local_days;
using std::chrono::sys_seconds;

std::optional<std::chrono::minutes> readTime(std::string_view text) {
    if (text.size() != 5 || text[2] != ':') return std::nullopt;
    const auto hour = twoDigits(text.substr(0, 2), 0, 23);
    const auto minute = twoDigits(text.substr(3), 0, 59);
    if (hour < 0 || minute < 0) return std::nullopt;
    return std::chrono::hours{hour} + std::chrono::minutes{minute};
}

std::optional<local_days> readDay(std::string_view text) {
    if (text.size() != 10 || text[4] != '-' || text[7] != '-') return std::nullopt;
    const auto century = twoDigits(text.substr(0, 2), 19, 99);
    const auto year = twoDigits(text.substr(2, 2), 0, 99);
    const auto month = twoDigits(text.substr(5, 2), 1, 12);
    const auto day = twoDigits(text.substr(8), 1, 31);
    if (century < 0 || year < 0 || month < 0 || day < 0) return std::nullopt;
    const auto date = std::chrono::year{century * 100 + year} / month / day;
    return date.ok() ? std::optional{local_days{date}} : std::nullopt;
}

}  // namespace

std::optional<sys_seconds> readMoment(std::string_view text, const TimeZone& zone, sys_seconds now, Day day) {
    const bool dated = text.size() == 16 && (text[10] == ' ' || text[10] == 'T');
    const auto time = readTime(dated ? text.substr(11) : text);
    if (!time) return std::nullopt;
    if (dated) {
        const auto date = readDay(text.substr(0, 10));
        return date ? std::optional{zone.toInstant(*date + *time)} : std::nullopt;
    }
    const auto today = std::chrono::floor<days>(zone.toLocal(now));
    const auto moment = zone.toInstant(today + *time);
    return moment > now || day == Day::Today ? moment : zone.toInstant(today + days{1} + *time);
}

std::string writeMoment(const std::optional<sys_seconds>& moment, const TimeZone& zone) {
    if (!moment) return "-";
    const auto local = zone.toLocal(*moment);
    const auto day = std::chrono::floor<days>(local);
    const std::chrono::year_month_day date{day};
    const auto minutes = static_cast<unsigned>(std::chrono::floor<std::chrono::minutes>(local - day).count());
    return std::to_string(int{date.year()}) + '-' + twoDigitText(unsigned{date.month()}) + '-' +
           twoDigitText(unsigned{date.day()}) + ' ' + twoDigitText(minutes / 60) + ':' + twoDigitText(minutes % 60);
}

}  // namespace beffroi::app
