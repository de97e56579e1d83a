// SPDX-License-Identifier: AGPL-3.0-or-later
#include "services/speech.hpp"

#include "beffroi/announcements.hpp"

namespace beffroi::services {
namespace {

std::string numbered(const char* name, int number) { return name + std::to_string(number); }

void addDigits(std::string_view digits, std::vector<std::string>& names) {
    for (const char digit : digits) names.push_back(digit == '*' ? "digit-star" : numbered("digit-", digit - '0'));
}

void addTime(std::string_view time, std::vector<std::string>& names) {
    const auto hour = announcements::twoDigits(time.substr(0, 2), 0, 23);
    const auto minute = announcements::twoDigits(time.substr(3), 0, 59);
    names.push_back(numbered(minute == 0 ? "time-" : "hour-", hour));
    if (minute > 0) names.push_back(numbered("minute-", minute));
}

void addPart(std::string_view part, std::vector<std::string>& names) {
    using announcements::valueOf;
    if (const auto digits = valueOf(part, "say:"); !digits.empty()) return addDigits(digits, names);
    if (const auto time = valueOf(part, "time:"); !time.empty()) return addTime(time, names);
    if (const auto day = valueOf(part, "day:"); !day.empty()) return names.push_back("day-" + std::string{day});
    if (const auto date = valueOf(part, "date:"); !date.empty()) {
        names.push_back(numbered("date-", announcements::twoDigits(date.substr(3), 1, 31)));
        return names.push_back(numbered("month-", announcements::twoDigits(date.substr(0, 2), 1, 12)));
    }
    if (const auto number = valueOf(part, "number:"); !number.empty()) {
        return names.push_back(numbered("minute-", announcements::twoDigits(number, 1, 59)));
    }
    names.emplace_back(part);
}

}  // namespace

std::vector<std::string> promptNames(std::string_view announcement) {
    std::vector<std::string> names;
    for (;;) {
        const auto plus = announcement.find('+');
        addPart(announcement.substr(0, plus), names);
        if (plus == std::string_view::npos) return names;
        announcement.remove_prefix(plus + 1);
    }
}

std::vector<std::string> valuePrompts() {
    std::vector<std::string> names{"digit-star", "day-today", "day-tomorrow"};
    const auto add = [&names](const char* name, int first, int last) {
        for (int number = first; number <= last; ++number) names.push_back(numbered(name, number));
    };
    add("digit-", 0, 9);
    add("hour-", 0, 23);
    add("time-", 0, 23);
    add("minute-", 1, 59);
    add("date-", 1, 31);
    add("month-", 1, 12);
    for (const auto day : announcements::kWeekdays) names.push_back("day-" + std::string{day});
    return names;
}

}  // namespace beffroi::services
