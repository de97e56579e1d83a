// SPDX-License-Identifier: AGPL-3.0-or-later
//
// Look-ups walk a tree of digits; nothing is tried out, so any text costs as much as its first digits.

#include "country/country.hpp"

#include "config/text_file.hpp"
#include "country/country_reader.hpp"

#include <algorithm>
#include <array>

namespace beffroi::country {
namespace {

// E.164 has 15 digits at most; with every prefix that may stand before them.
constexpr std::size_t kLongestDialled = 24;

bool isDigit(char c) noexcept { return c >= '0' && c <= '9'; }

std::string joined(std::initializer_list<std::string_view> parts) {
    std::string whole;
    for (const auto part : parts) whole.append(part);
    return whole;
}

// Octets of a separator between digits that are written for human eyes; 0 for anything else.
std::size_t separatorLength(std::string_view text) noexcept {
    static constexpr std::array<std::string_view, 9> kSeparators{" ", ".",      "-",      "/",     "(",
                                                                 ")", "\u00a0", "\u202f", "\u2009"};
    for (const auto separator : kSeparators) {
        if (text.starts_with(separator)) return separator.size();
    }
    return 0;
}

void appendGroups(std::string& to, std::string_view digits) {
    while (!digits.empty()) {
        const auto size = digits.size() == 3 ? std::size_t{3} : std::min<std::size_t>(2, digits.size());
        if (!to.empty()) to.push_back(' ');
        to.append(digits.substr(0, size));
        digits.remove_prefix(size);
    }
}

}  // namespace

std::string_view toString(NumberFault fault) noexcept {
    switch (fault) {
        case NumberFault::Empty: return "is empty";
        case NumberFault::NotDigits: return "has something else than digits";
        case NumberFault::NoPrefix: return "lacks the outside prefix";
        case NumberFault::TooShort: return "is too short";
        case NumberFault::TooLong: return "is too long";
        case NumberFault::Unassigned: break;
    }
    return "begins like nobody's number";
}

Country Country::read(const std::string& folder, const std::string& name) {
    const auto world = folder + "/world.toml";
    const auto own = folder + '/' + name + ".toml";
    const DataFile worldFile{world, config::readTextFile(world)};
    return CountryReader::read(worldFile, {own, config::readTextFile(own)});
}

// `shift`: how many digits more than in the country's own dialling there are.
Country::Result Country::found(const Range& range, std::size_t digits, std::size_t shift, std::string number) {
    if (digits < range.least + shift) return NumberFault::TooShort;
    if (digits > range.most + shift) return NumberFault::TooLong;
    return OutsideNumber{std::move(number), range.numberClass, range.name};
}

// As it is dialled within the country.
Country::Result Country::national(std::string_view digits) const {
    const auto matches = national_.beginningsOf(digits);
    if (matches.count == 0) return national_.continues(digits) ? NumberFault::TooShort : NumberFault::Unassigned;
    const auto& range = ranges_[matches.values[0]];
    if (digits.size() > kLongestDialled) return NumberFault::TooLong;
    auto number = range.isShort        ? std::string{digits}
                  : range.e164.empty() ? joined({"+", code_, digits.substr(trunkPrefix_.size())})
                                       : joined({"+", range.e164, digits.substr(range.begins.size())});
    return found(range, digits.size(), 0, std::move(number));
}

// After '+' or the international prefix.
Country::Result Country::international(std::string_view digits) const {
    if (digits.size() > kLongestDialled) return NumberFault::TooLong;
    if (digits.starts_with(code_)) {
        auto rest = digits.substr(code_.size());
        // "+33 (0)3 …" is a habit of people and of some telephones.
        if (rest.starts_with(trunkPrefix_)) rest.remove_prefix(trunkPrefix_.size());
        return rest.empty() ? NumberFault::TooShort : national(joined({trunkPrefix_, rest}));
    }
    const auto matches = international_.beginningsOf(digits);
    if (matches.count == 0) return international_.continues(digits) ? NumberFault::TooShort : NumberFault::Unassigned;
    const auto& range = ranges_[matches.values[0]];
    const auto shift = range.isAbroad ? 0 : range.e164.size() - range.begins.size();  // may wrap around, and back
    return found(range, digits.size(), shift, joined({"+", digits}));
}

Country::Result Country::whole(std::string_view dialled) const {
    if (dialled.empty()) return NumberFault::Empty;
    const auto digits = dialled.substr(dialled.front() == '+' ? 1 : 0);
    if (!std::all_of(digits.begin(), digits.end(), isDigit)) return NumberFault::NotDigits;
    if (dialled.front() == '+') return international(digits);
    if (digits.starts_with(internationalPrefix_)) return international(digits.substr(internationalPrefix_.size()));
    return national(digits);
}

Country::Result Country::normalise(std::string_view dialled, std::string_view outsidePrefix) const {
    if (outsidePrefix.empty() || dialled.starts_with('+')) return whole(dialled);
    auto asItIs = whole(dialled);
    const auto* number = std::get_if<OutsideNumber>(&asItIs);
    if (number != nullptr && number->numberClass == NumberClass::Emergency) return asItIs;
    const bool hasPrefix = dialled.starts_with(outsidePrefix);
    const auto afterPrefix = hasPrefix ? whole(dialled.substr(outsidePrefix.size())) : Result{NumberFault::NoPrefix};
    if (std::holds_alternative<OutsideNumber>(afterPrefix)) return afterPrefix;
    if (number == nullptr) return hasPrefix ? afterPrefix : asItIs;
    return number->isShort() ? Result{NumberFault::NoPrefix} : asItIs;
}

std::variant<OutsideNumber, NumberMistake> Country::readWritten(std::string_view written) const {
    std::string dialled;
    for (std::size_t at = 0; at < written.size();) {
        const char c = written[at];
        const auto separator = separatorLength(written.substr(at));
        if (separator == 0 && !isDigit(c) && (c != '+' || !dialled.empty())) {
            return NumberMistake{NumberFault::NotDigits, at};
        }
        if (separator == 0) dialled.push_back(c);
        at += std::max<std::size_t>(separator, 1);
    }
    const auto result = whole(dialled);
    if (const auto* number = std::get_if<OutsideNumber>(&result)) return *number;
    return NumberMistake{std::get<NumberFault>(result), 0};
}

Country::Result Country::readFrom(std::string_view text, NumberFormat format) const {
    auto asDialled = whole(text);
    const bool isBare = !text.empty() && std::all_of(text.begin(), text.end(), isDigit);
    if (!isBare) return asDialled;
    auto withoutPlus = international(text);
    const bool isDialled = std::holds_alternative<OutsideNumber>(asDialled);
    const bool isPlain = std::holds_alternative<OutsideNumber>(withoutPlus);
    if (isPlain && (format == NumberFormat::Plain || !isDialled)) return withoutPlus;
    return asDialled;
}

std::optional<EmergencyMatch> Country::emergency(std::string_view dialled, std::string_view outsidePrefix) const {
    const auto match = [this](std::string_view digits, std::string_view before) -> const EmergencyNumber* {
        if (!digits.starts_with(before)) return nullptr;
        digits.remove_prefix(before.size());
        const auto found = std::find_if(emergencyNumbers_.begin(), emergencyNumbers_.end(),
                                        [digits](const auto& emergency) { return emergency.number == digits; });
        return found == emergencyNumbers_.end() ? nullptr : &*found;
    };
    for (const auto before : {std::string_view{}, outsidePrefix}) {
        if (const auto* number = match(dialled, before)) return EmergencyMatch{number, false};
    }
    for (const auto& habit : habits_) {
        if (const auto* number = match(dialled, habit)) return EmergencyMatch{number, true};
    }
    return std::nullopt;
}

std::optional<std::string> Country::asDialledHere(std::string_view number) const {
    if (!number.starts_with('+')) return std::string{number};
    const auto digits = number.substr(1);
    if (digits.starts_with(code_)) return joined({trunkPrefix_, digits.substr(code_.size())});
    const auto matches = international_.beginningsOf(digits);
    if (matches.count == 0 || ranges_[matches.values[0]].isAbroad) return std::nullopt;
    const auto& range = ranges_[matches.values[0]];
    return joined({range.begins, digits.substr(range.e164.size())});
}

std::string Country::write(std::string_view number, NumberFormat format) const {
    if (!number.starts_with('+') || format == NumberFormat::E164) return std::string{number};
    const auto digits = number.substr(1);
    if (format == NumberFormat::Plain) return std::string{digits};
    auto here = format == NumberFormat::National ? asDialledHere(number) : std::nullopt;
    return here ? *here : joined({internationalPrefix_, digits});
}

std::string Country::display(std::string_view number) const {
    const auto here = asDialledHere(number);
    std::string shown;
    if (here) {
        if (here->size() == 6) return joined({here->substr(0, 3), " ", here->substr(3)});
        appendGroups(shown, *here);
        return shown;
    }
    const auto digits = number.substr(1);
    const auto matches = international_.beginningsOf(digits);
    const auto code = matches.count == 0 ? 0 : ranges_[matches.values[matches.count - 1]].begins.size();
    shown = joined({"+", digits.substr(0, code)});
    appendGroups(shown, digits.substr(code));
    return shown;
}

const Holidays* Country::holidays(std::string_view region) const {
    const auto found = holidays_.find(region);
    return found == holidays_.end() ? nullptr : &found->second;
}

std::vector<std::string_view> Country::regions() const {
    std::vector<std::string_view> names;
    for (const auto& [region, holidays] : holidays_) names.emplace_back(region);
    return names;
}

}  // namespace beffroi::country
