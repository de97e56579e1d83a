// SPDX-License-Identifier: AGPL-3.0-or-later
//
// What a country says of its numbers and its holidays, all of it read from data files (config/countries): which numbers
// there are, what they cost whom, which of them call for help, how they are written.
// Numbers are normalised once, where they come in; from then on a number is its E.164 form ("+33327000100") or, if it
// has none, the short number as it is dialled ("15", "3949").
// Thread: any; never changes once read. Any text may be handed in.
#pragma once

#include "beffroi/directory.hpp"
#include "beffroi/holidays.hpp"
#include "country/digit_tree.hpp"

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace beffroi::country {

struct EmergencyNumber {
    std::string number;
    std::string name;  // "Pompiers"
};

struct EmergencyMatch {
    const EmergencyNumber* number = nullptr;  // lives as long as the country
    // Dialled with a digit that other exchanges want before a number outside, and ours does not: an emergency call
    // unless the whole is an extension of the town.
    bool byHabit = false;
};

/// A number outside, the same however it was written.
struct OutsideNumber {
    std::string number;  // E.164 with '+', or a short number
    NumberClass numberClass = NumberClass::Unknown;
    std::string_view name;  // of its range, "La Réunion"; lives as long as the country
    [[nodiscard]] bool isShort() const noexcept { return number.front() != '+'; }
    friend bool operator==(const OutsideNumber&, const OutsideNumber&) = default;
};

enum class NumberFault : std::uint8_t {
    Empty,
    NotDigits,   // something else than digits and a '+' before them
    NoPrefix,    // it could be one, if the outside prefix stood before it
    TooShort,    // it begins as a number does
    TooLong,     // for its range, or for any number
    Unassigned,  // nobody's range begins like that
};

/// "is too short", to follow the number.
[[nodiscard]] std::string_view toString(NumberFault fault) noexcept;

/// What is wrong with a number that somebody wrote, and where: an octet of the text.
struct NumberMistake {
    NumberFault fault = NumberFault::Empty;
    std::size_t offset = 0;
};

class Country {
public:
    /// Reads `folder`/`name`.toml and `folder`/world.toml. Throws config::ConfigError with every mistake and its place.
    [[nodiscard]] static Country read(const std::string& folder, const std::string& name);

    /// What was dialled: digits, perhaps with '+' before them. `outsidePrefix` ("0") stands before it, or not if it
    /// begins with '+' or could be nothing else than a whole number outside; where both readings are possible, the one
    /// with a prefix counts. A short number needs the prefix. Extensions are not known here: ask for those first.
    /// Emergency numbers are short numbers of class Emergency, need no prefix and are no other number after one;
    /// emergency() has more patience with them.
    [[nodiscard]] std::variant<OutsideNumber, NumberFault> normalise(std::string_view dialled,
                                                                     std::string_view outsidePrefix = {}) const;

    /// What somebody wrote in a plan, for human eyes: as normalise() without a prefix, and spaces (no-break ones too),
    /// '.', '-', '/' and parentheses between the digits ("+33 (0)3 27 00 01 00"). RFC 3966 §5.1.1.
    [[nodiscard]] std::variant<OutsideNumber, NumberMistake> readWritten(std::string_view written) const;

    /// What an operator sent who writes numbers in `format`. Whatever is unambiguous is understood in every format.
    [[nodiscard]] std::variant<OutsideNumber, NumberFault> readFrom(std::string_view text, NumberFormat format) const;

    /// The emergency number that was dialled, with the outside prefix, without it, or with the digits of habit.
    [[nodiscard]] std::optional<EmergencyMatch> emergency(std::string_view dialled,
                                                          std::string_view outsidePrefix = {}) const;
    [[nodiscard]] const std::vector<EmergencyNumber>& emergencyNumbers() const noexcept { return emergencyNumbers_; }

    /// A normalised number as an operator wants it. Short numbers stay as they are, in every format.
    [[nodiscard]] std::string write(std::string_view number, NumberFormat format) const;
    /// A normalised number for human eyes: "03 27 00 01 00", "+41 22 34 56 789", "39 49".
    [[nodiscard]] std::string display(std::string_view number) const;

    /// Null for a region that the country has not.
    [[nodiscard]] const Holidays* holidays(std::string_view region) const;
    [[nodiscard]] std::vector<std::string_view> regions() const;

private:
    friend class CountryReader;
    struct Range {
        std::string begins;     // as it is dialled in the country: "0262"; abroad: after '+'
        std::string e164;       // what takes the place of `begins` after '+', where it is not the country's own code
        std::size_t least = 0;  // digits of the whole, counted as `begins` is
        std::size_t most = 0;
        NumberClass numberClass = NumberClass::Unknown;
        bool isShort = false;
        bool isAbroad = false;
        std::string name;
    };
    using Result = std::variant<OutsideNumber, NumberFault>;
    Country() = default;
    [[nodiscard]] static Result found(const Range& range, std::size_t digits, std::size_t shift, std::string number);
    [[nodiscard]] Result national(std::string_view digits) const;
    [[nodiscard]] Result international(std::string_view digits) const;
    [[nodiscard]] Result whole(std::string_view dialled) const;
    [[nodiscard]] std::optional<std::string> asDialledHere(std::string_view number) const;

    std::string trunkPrefix_;          // "0"
    std::string internationalPrefix_;  // "00"
    std::string code_;                 // "33"
    std::vector<std::string> habits_;  // outside prefixes that people dial by habit
    std::vector<Range> ranges_;
    DigitTree national_;       // digits as dialled in the country → index of the range
    DigitTree international_;  // digits after '+' → index of the range
    std::vector<EmergencyNumber> emergencyNumbers_;
    std::map<std::string, Holidays, std::less<>> holidays_;  // by region
};

}  // namespace beffroi::country
