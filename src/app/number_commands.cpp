// SPDX-License-Identifier: AGPL-3.0-or-later

#include "app/number_commands.hpp"

#include "app/command_output.hpp"
#include "app/text_table.hpp"
#include "calendar/holiday_days.hpp"
#include "calendar/spoken.hpp"
#include "country/country.hpp"
#include "country/country_options.hpp"
#include "country/number_class.hpp"
#include "directory/plan_words.hpp"

#include <nlohmann/json.hpp>

#include <array>
#include <cstdio>
#include <stdexcept>

namespace beffroi::app {
namespace {

using country::Country;
using nlohmann::json;

constexpr std::array kFormats{NumberFormat::E164, NumberFormat::National, NumberFormat::International00,
                              NumberFormat::Plain};

Country countryOf(const config::Settings& settings, const CommandOptions& options) {
    return Country::read(settings[country::kFolder], options.country);
}

json describe(const Country& country, const country::OutsideNumber& number) {
    json answer{{"number", number.number},
                {"class", country::toString(number.numberClass)},
                {"range", number.name},
                {"display", country.display(number.number)}};
    for (const auto format : kFormats) {
        answer["written"][std::string{directory::wordOf(format)}] = country.write(number.number, format);
    }
    return answer;
}

std::string textOf(const json& answer, bool isShort) {
    std::string text = answer["display"].get<std::string>() + (isShort ? ", a short number" : "") +
                       "\nclass:  " + answer["class"].get<std::string>() +
                       "\nrange:  " + answer["range"].get<std::string>() + "\n\n";
    TextTable table{{"FORMAT", "WRITTEN TO AN OPERATOR"}};
    for (const auto format : kFormats) {
        const std::string name{directory::wordOf(format)};
        table.add({name, answer["written"][name]});
    }
    return text + table.toString();
}

// As it is written in a plan; else as it is dialled, with the outside prefix before it.
std::variant<country::OutsideNumber, country::NumberFault> read(const Country& country, const CommandOptions& options) {
    const auto dialled = country.normalise(options.number, options.outsidePrefix);
    if (!options.outsidePrefix.empty() || std::holds_alternative<country::OutsideNumber>(dialled)) return dialled;
    const auto written = country.readWritten(options.number);
    if (const auto* number = std::get_if<country::OutsideNumber>(&written)) return *number;
    return std::get<country::NumberMistake>(written).fault;
}

std::string dateOf(std::chrono::local_days day) {
    const std::chrono::year_month_day date{day};
    std::array<char, 32> text{};
    const auto size = std::snprintf(text.data(), text.size(), "%04d-%02u-%02u", static_cast<int>(date.year()),
                                    static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()));
    return {text.data(), static_cast<std::size_t>(size)};
}

const Holidays& holidaysOf(const Country& country, const std::string& region) {
    if (const auto* holidays = country.holidays(region)) return *holidays;
    std::string known;
    for (const auto name : country.regions()) known.append(known.empty() ? "" : ", ").append(name);
    throw std::runtime_error{"there is no region \"" + region + "\"; there are " + known};
}

}  // namespace

int explainNumber(const config::Settings& settings, const CommandOptions& options) {
    const auto country = countryOf(settings, options);
    const auto result = read(country, options);
    if (const auto* fault = std::get_if<country::NumberFault>(&result)) {
        const std::string problem{country::toString(*fault)};
        show({{"problem", problem}}, options, [&] { return '"' + options.number + "\" " + problem + ".\n"; });
        return kRefused;
    }
    const auto& number = std::get<country::OutsideNumber>(result);
    const auto answer = describe(country, number);
    return show(answer, options, [&] { return textOf(answer, number.isShort()); });
}

int listHolidays(const config::Settings& settings, const CommandOptions& options) {
    const auto country = countryOf(settings, options);
    const auto& holidays = holidaysOf(country, options.region);
    auto answer = json::array();
    TextTable table{{"DATE", "DAY", "HOLIDAY"}};
    for (const auto& [day, holiday] : calendar::holidaysOf(holidays, std::chrono::year{options.year})) {
        const std::string weekday{calendar::dayName(day, calendar::Language::English)};
        table.add({dateOf(day), weekday, holiday->name});
        answer.push_back(
            {{"date", dateOf(day)}, {"day", weekday}, {"name", holiday->name}, {"english", holiday->english}});
    }
    return show({{"region", options.region}, {"year", options.year}, {"holidays", answer}}, options,
                [&table] { return table.toString(); });
}

}  // namespace beffroi::app
