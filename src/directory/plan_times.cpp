// SPDX-License-Identifier: AGPL-3.0-or-later
#include "directory/plan_times.hpp"

#include "base/text.hpp"
#include "calendar/hours_text.hpp"
#include "directory/plan_notes.hpp"

#include <algorithm>

namespace beffroi::directory {
namespace {

constexpr std::chrono::hours kWeek{168};

// Columns count characters, and the quotation mark is one of them.
std::size_t columnsBefore(std::string_view text, std::size_t octets) {
    std::size_t columns = 1;
    while (octets > 0 && !text.empty()) {
        const auto length = std::clamp<std::size_t>(base::characterLength(text), 1, octets);
        text.remove_prefix(length);
        octets -= length;
        ++columns;
    }
    return columns;
}

template <typename Times>
void readEach(std::string_view key, const std::vector<std::string>& texts, Times& times,
              std::vector<TimeMistake>* mistakes,
              std::optional<calendar::TextMistake> (*read)(std::string_view, Times&)) {
    for (std::size_t i = 0; i < texts.size(); ++i) {
        auto wrong = read(texts[i], times);
        if (wrong && mistakes != nullptr)
            mistakes->push_back({key, i, columnsBefore(texts[i], wrong->offset), std::move(wrong->text)});
    }
}

}  // namespace

OpeningHours timesOf(const Hours& hours, std::vector<TimeMistake>* mistakes) {
    OpeningHours times;
    times.openOnHolidays = hours.openOnHolidays;
    readEach("weekly", hours.weekly, times, mistakes, calendar::readWeekly);
    readEach("exceptions", hours.exceptions, times, mistakes, calendar::readException);
    return times;
}

OnCallTurns timesOf(const Rota& rota, std::vector<TimeMistake>* mistakes) {
    OnCallTurns times;
    readEach("turns", rota.turns, times, mistakes, calendar::readTurn);
    times.cycle = rota.cycle;
    times.period = rota.period.count() == 0 ? kWeek : rota.period;
    if (rota.start.empty()) return times;
    auto wrong = calendar::readStart(rota.start, times);
    if (wrong && mistakes != nullptr) {
        mistakes->push_back(
            {"start", PlanSpot::kWhole, columnsBefore(rota.start, wrong->offset), std::move(wrong->text)});
    }
    return times;
}

}  // namespace beffroi::directory
