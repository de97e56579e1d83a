// SPDX-License-Identifier: AGPL-3.0-or-later
//
// A line as the outside prefix and a text as what was dialled, written or sent by an operator: a number that is found
// is found again however it is written, an emergency is one in every reading, and a mistake stands within the text.

#include "base/assert.hpp"
#include "country/country.hpp"
#include "support/countries.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace {

using namespace beffroi;
using namespace beffroi::country;

constexpr NumberFormat kFormats[]{NumberFormat::E164, NumberFormat::National, NumberFormat::International00,
                                  NumberFormat::Plain};

void checkNumber(const Country& country, const OutsideNumber& number) {
    BEFFROI_ASSERT(number.number.size() <= 16 && number.numberClass != NumberClass::Unknown);
    for (const auto format : kFormats) {
        const auto again = country.readFrom(country.write(number.number, format), format);
        const auto* same = std::get_if<OutsideNumber>(&again);
        BEFFROI_ASSERT(same != nullptr && *same == number);
    }
    const auto shown = country.readWritten(country.display(number.number));
    const auto* same = std::get_if<OutsideNumber>(&shown);
    BEFFROI_ASSERT(same != nullptr && *same == number);
}

void checkDialled(const Country& country, std::string_view dialled, std::string_view prefix) {
    const auto result = country.normalise(dialled, prefix);
    const auto* number = std::get_if<OutsideNumber>(&result);
    if (number != nullptr) checkNumber(country, *number);
    const auto emergency = country.emergency(dialled, prefix);
    if (number != nullptr && number->numberClass == NumberClass::Emergency) {
        BEFFROI_ASSERT(emergency && !emergency->byHabit && emergency->number->number == number->number);
    }
    if (emergency && !emergency->byHabit &&
        std::all_of(prefix.begin(), prefix.end(), [](char c) { return c >= '0' && c <= '9'; })) {
        BEFFROI_ASSERT(number != nullptr);
    }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view bytes{reinterpret_cast<const char*>(data), size};
    const auto end = std::min(bytes.find('\n'), bytes.size());
    const auto prefix = bytes.substr(0, end);
    const auto text = end == bytes.size() ? std::string_view{} : bytes.substr(end + 1);
    const auto& country = test::france();
    checkDialled(country, text, prefix);
    checkDialled(country, text, {});
    const auto written = country.readWritten(text);
    if (const auto* mistake = std::get_if<NumberMistake>(&written)) {
        BEFFROI_ASSERT(mistake->offset <= text.size());
    } else {
        checkNumber(country, std::get<OutsideNumber>(written));
    }
    for (const auto format : kFormats) {
        const auto sent = country.readFrom(text, format);
        if (const auto* number = std::get_if<OutsideNumber>(&sent)) checkNumber(country, *number);
        BEFFROI_ASSERT(country.write(text, format).size() <= text.size() + 4);
    }
    BEFFROI_ASSERT(country.display(text).size() <= 2 * text.size() + 4);
    return 0;
}
