// SPDX-License-Identifier: AGPL-3.0-or-later

#include "country/number_class.hpp"
#include "support/countries.hpp"

#include <catch2/catch.hpp>

#include <random>
#include <string>
#include <utility>
#include <vector>

using namespace beffroi;
using namespace beffroi::country;
using test::france;

namespace {

/// "free +33800123456", or what is wrong.
std::string read(std::string_view dialled, std::string_view outsidePrefix = {}) {
    const auto result = france().normalise(dialled, outsidePrefix);
    if (const auto* number = std::get_if<OutsideNumber>(&result)) {
        return std::string{toString(number->numberClass)} + ' ' + number->number;
    }
    return std::string{toString(std::get<NumberFault>(result))};
}

const std::string kShort = "is too short";
const std::string kLong = "is too long";
const std::string kNobody = "begins like nobody's number";

}  // namespace

TEST_CASE("every range of France has its class and its E.164 form", "[country][france]") {
    const std::vector<std::pair<std::string, std::string>> cases{
        // Geographic and polyvalent, first and last of each.
        {"0100000000", "national +33100000000"},
        {"0199999999", "national +33199999999"},
        {"0200000000", "national +33200000000"},
        {"0327000100", "national +33327000100"},
        {"0400000000", "national +33400000000"},
        {"0599999999", "national +33599999999"},
        {"0900000000", "national +33900000000"},
        {"0999999999", "national +33999999999"},
        {"0948000000", "national +33948000000"},
        // Mobile, and its borders.
        {"0600000000", "mobile +33600000000"},
        {"0612345678", "mobile +33612345678"},
        {"0638999999", "mobile +33638999999"},
        {"0640000000", "mobile +33640000000"},
        {"0695000000", "mobile +33695000000"},
        {"0698000000", "mobile +33698000000"},
        {"0699999999", "mobile +33699999999"},
        {"0730000000", "mobile +33730000000"},
        {"0799999999", "mobile +33799999999"},
        {"0729999999", kNobody},
        {"0710000000", kNobody},
        {"07001234567890", "mobile +337001234567890"},
        {"0700123456", kShort},
        {"070012345678901", kLong},
        // Overseas: other codes than 33.
        {"0262123456", "overseas +262262123456"},
        {"0261999999", "national +33261999999"},
        {"0263123456", "overseas +262263123456"},
        {"0264000000", "national +33264000000"},
        {"0268999999", "national +33268999999"},
        {"0269123456", "overseas +262269123456"},
        {"0270000000", "national +33270000000"},
        {"0508412345", "overseas +508412345"},
        {"0507999999", "national +33507999999"},
        {"0509000000", "national +33509000000"},
        {"0590123456", "overseas +590590123456"},
        {"0589999999", "national +33589999999"},
        {"0591000000", "national +33591000000"},
        {"0594123456", "overseas +594594123456"},
        {"0595000000", "national +33595000000"},
        {"0596123456", "overseas +596596123456"},
        {"0597000000", "national +33597000000"},
        {"0639123456", "overseas +262639123456"},
        {"0639981234", "mobile +33639981234"},  // of films and examples, not of Mayotte
        {"0690123456", "overseas +590690123456"},
        {"0691123456", "overseas +590691123456"},
        {"0692123456", "overseas +262692123456"},
        {"0693123456", "overseas +262693123456"},
        {"0694123456", "overseas +594694123456"},
        {"0696123456", "overseas +596696123456"},
        {"0697123456", "overseas +596697123456"},
        {"0708401234", "overseas +508708401234"},
        {"0709012345", "overseas +590709012345"},
        {"0709112345", "overseas +596709112345"},
        {"0709212345", "overseas +262709212345"},
        {"0709301234", "overseas +594709301234"},
        {"0709331234", "overseas +594709331234"},
        {"0709341234", kNobody},
        {"0709351234", "overseas +262709351234"},
        {"0709371234", "overseas +262709371234"},
        {"0709381234", kNobody},
        {"0709412345", kNobody},
        {"0939412345", "national +33939412345"},
        {"0939512345", "overseas +590939512345"},
        {"0939612345", "overseas +594939612345"},
        {"0939712345", "overseas +596939712345"},
        {"0939812345", "overseas +262939812345"},
        {"0939912345", "overseas +262939912345"},
        {"0947412345", "national +33947412345"},
        {"0947512345", "overseas +590947512345"},
        {"0947612345", "overseas +594947612345"},
        {"0947712345", "overseas +596947712345"},
        {"0947812345", "overseas +262947812345"},
        {"0947912345", "overseas +262947912345"},
        {"0976012345", "overseas +590976012345"},
        {"0976312345", "overseas +262976312345"},
        {"0976512345", "overseas +594976512345"},
        {"0976712345", "overseas +596976712345"},
        {"0976812345", "overseas +590976812345"},
        {"0976912345", "overseas +262976912345"},
        {"0977000000", "national +33977000000"},
        // Special numbers.
        {"0800000000", "free +33800000000"},
        {"0805999999", "free +33805999999"},
        {"0806000000", "shared-cost +33806000000"},
        {"0809999999", "shared-cost +33809999999"},
        {"0810000000", "premium +33810000000"},
        {"0829999999", "premium +33829999999"},
        {"0830000000", kNobody},
        {"0889999999", kNobody},
        {"0890000000", "premium +33890000000"},
        {"0899999999", "premium +33899999999"},
        // Short numbers.
        {"1000", "national 1000"},
        {"1099", "national 1099"},
        {"118000", "directory 118000"},
        {"118712", "directory 118712"},
        {"11871", kShort},
        {"1187120", kLong},
        {"116006", "free 116006"},
        {"116111", "free 116111"},
        {"117000", kNobody},
        {"3000", "free 3000"},
        {"3117", "free 3117"},
        {"3199", "free 3199"},
        {"3200", "premium 3200"},
        {"3299", "premium 3299"},
        {"3646", "shared-cost 3646"},
        {"3647", "premium 3647"},
        {"3919", "free 3919"},
        {"3949", "shared-cost 3949"},
        {"3999", "premium 3999"},
        {"39490", kLong},
        {"394", kShort},
        // The world.
        {"0041223456789", "international +41223456789"},
        {"0032270001", "international +32270001"},
        {"003227000", "international +3227000"},
        {"00322700", kShort},
        {"00" + std::string("321234567890123"), "international +321234567890123"},
        {"00" + std::string("3212345678901234"), kLong},
        {"0012025550123", "international +12025550123"},
        {"0019005550123", "premium +19005550123"},
        {"00442071234567", "international +442071234567"},
        {"00449012345678", "premium +449012345678"},
        {"00447012345678", "premium +447012345678"},
        {"00447112345678", "international +447112345678"},
        {"0087077123456", "premium +87077123456"},
        {"0088161234567", "premium +88161234567"},
        {"00882161234567", "premium +882161234567"},
        {"00883130123456", "premium +883130123456"},
        {"00979012345678", "premium +979012345678"},
        {"0080012345678", "international +80012345678"},
        {"00687251234", "overseas +687251234"},
        {"0068940412345", "overseas +68940412345"},
        {"00681721234", "overseas +681721234"},
        {"00508412345", "overseas +508412345"},
        {"00262262123456", "overseas +262262123456"},
        {"0026226212345", kShort},
        {"00262801234567", "overseas +262801234567"},
        {"00210123456789", kNobody},
        {"00999123456789", kNobody},
        {"0021", kShort},
    };
    for (const auto& [dialled, expected] : cases) {
        CAPTURE(dialled);
        CHECK(read(dialled) == expected);
        if (dialled.rfind("00", 0) == 0) CHECK(read('+' + dialled.substr(2)) == expected);
        // A number of ten digits is the same with the country's code before it, whatever its own code is.
        if (dialled.size() == 10 && dialled[1] != '0') {
            CHECK(read("+33" + dialled.substr(1)) == expected);
            CHECK(read("0033" + dialled.substr(1)) == expected);
            CHECK(read("+33" + dialled) == expected);
            CHECK(read(dialled + '0') == (expected == kNobody || dialled.rfind("0700", 0) == 0 ? expected : kLong));
            CHECK(read(dialled.substr(0, 9)) == (expected == kNobody ? kNobody : kShort));
        }
    }
}

TEST_CASE("the emergency numbers of Arcep's list are known by name", "[country][france]") {
    const std::vector<std::string> numbers{"15",  "17",  "18",  "112", "114",    "115",
                                           "119", "191", "196", "197", "116000", "116117"};
    REQUIRE(france().emergencyNumbers().size() == numbers.size());
    for (const auto& number : numbers) {
        CAPTURE(number);
        CHECK(read(number) == "emergency " + number);
        const auto plain = france().emergency(number);
        REQUIRE(plain);
        CHECK(plain->number->number == number);
        CHECK_FALSE(plain->number->name.empty());
        CHECK_FALSE(plain->byHabit);
        for (const std::string habit : {"0", "9"}) {
            REQUIRE(france().emergency(habit + number));
            CHECK(france().emergency(habit + number)->byHabit);
            CHECK(france().emergency(habit + number)->number == plain->number);
        }
        // An outside prefix of the town is no matter of habit, and its absence none of obedience.
        for (const std::string prefix : {"0", "9", "7", "00"}) {
            REQUIRE(france().emergency(prefix + number, prefix));
            CHECK_FALSE(france().emergency(prefix + number, prefix)->byHabit);
            REQUIRE(france().emergency(number, prefix));
            CHECK_FALSE(france().emergency(number, prefix)->byHabit);
            CHECK(read(prefix + number, prefix) == "emergency " + number);
            CHECK(read(number, prefix) == "emergency " + number);
        }
        for (const auto& other :
             {"+33" + number, "0033" + number, '+' + number, number + '0', '8' + number, ' ' + number, number + '#',
              number + ' ', "00" + number, "09" + number, number + std::string(1, '\0')}) {
            CAPTURE(other);
            CHECK_FALSE(france().emergency(other));
            CHECK(read(other).rfind("emergency", 0) == std::string::npos);
        }
    }
    CHECK(france().emergency("18")->number->name == "Sapeurs-pompiers");
    for (const std::string other :
         {"", "1", "0", "9", "13", "16", "113", "116", "11600", "116001", "+", "0327000112"}) {
        CAPTURE(other);
        CHECK_FALSE(france().emergency(other));
        CHECK_FALSE(france().emergency(other, "0"));
    }
}

TEST_CASE("the outside prefix stands before a number, and may be left out where nothing else is possible",
          "[country][france]") {
    const std::string lacks = "lacks the outside prefix";
    struct Case {
        std::string dialled;
        std::string prefix;
        std::string expected;
    };
    const std::vector<Case> cases{
        {"00327000100", "0", "national +33327000100"},
        {"0327000100", "0", "national +33327000100"},
        {"0612345678", "0", "mobile +33612345678"},
        {"+33327000100", "0", "national +33327000100"},
        {"0+33327000100", "0", "national +33327000100"},
        {"00041223456789", "0", "international +41223456789"},
        {"0041223456789", "0", "international +41223456789"},
        {"03949", "0", "shared-cost 3949"},
        {"3949", "0", lacks},
        {"118712", "0", lacks},
        {"0118712", "0", "directory 118712"},
        {"0", "0", "is empty"},
        {"2101", "0", kNobody},
        {"02101", "0", kNobody},
        {"90327000100", "9", "national +33327000100"},
        {"0327000100", "9", "national +33327000100"},
        {"93949", "9", "shared-cost 3949"},
        {"999", "9", kNobody},
        {"115", "1", "emergency 115"},                    // and not 15 after a prefix
        {"00327000100", "", "international +327000100"},  // without a prefix that is Belgium
    };
    for (const auto& [dialled, prefix, expected] : cases) {
        CAPTURE(dialled, prefix);
        CHECK(read(dialled, prefix) == expected);
    }
}

TEST_CASE("whatever is dialled is answered", "[country][france]") {
    const std::string nul{"03270\0010", 8};
    CHECK(read("") == "is empty");
    CHECK(read("+") == kShort);
    CHECK(read("00") == kShort);
    CHECK(read("+33") == kShort);
    CHECK(read("0") == kShort);
    CHECK(read("+330") == kShort);
    for (const auto& text : {std::string{"+0"}, std::string{"000"}, std::string{"5"}, std::string{"+0033327000100"}}) {
        CHECK(read(text) == kNobody);
    }
    for (const auto& text :
         {nul, std::string{"++33327000100"}, std::string{"0327 000100"}, std::string{"*21*"}, std::string{"03\xff"},
          std::string{"3327000100+"}, std::string{"anonymous"}, std::string{"٠٣٢٧"}, std::string(1000, ' ')}) {
        CHECK(read(text) == "has something else than digits");
        CHECK_FALSE(france().emergency(text));
    }
    for (const char digit : std::string{"0123456789"}) {
        const std::string many(1000, digit);
        CHECK((read(many) == kLong || read(many) == kNobody));
        CHECK((read('+' + many) == kLong || read('+' + many) == kNobody));
        CHECK((read("0033" + many) == kLong || read("0033" + many) == kNobody));
        CHECK_FALSE(france().emergency(many, many));
    }
}

TEST_CASE("what is written for human eyes is read, and a mistake has its place", "[country][france]") {
    for (const std::string text : {"03 27 00 01 00", "03.27.00.01.00", "03-27-00-01-00", "+33 3 27 00 01 00",
                                   "+33 (0)3 27 00 01 00", "+33(0)327000100", "(03) 27/00.01-00", "0033 3 27 00 01 00",
                                   "03\u00a027\u00a000\u202f01\u200900", " 0327000100 "}) {
        CAPTURE(text);
        const auto result = france().readWritten(text);
        REQUIRE(std::holds_alternative<OutsideNumber>(result));
        CHECK(std::get<OutsideNumber>(result).number == "+33327000100");
        CHECK(std::get<OutsideNumber>(result).name == "Nord-Est");
    }
    struct Wrong {
        std::string text;
        NumberFault fault;
        std::size_t offset;
    };
    const std::vector<Wrong> cases{{"", NumberFault::Empty, 0},
                                   {" - ", NumberFault::Empty, 0},
                                   {"03 27 O0 01 00", NumberFault::NotDigits, 6},
                                   {"03 27 +33", NumberFault::NotDigits, 6},
                                   {"03\u00a027é", NumberFault::NotDigits, 6},
                                   {"03 27 00 01", NumberFault::TooShort, 0},
                                   {"+33 3 27 00 01 000", NumberFault::TooLong, 0},
                                   {"2101", NumberFault::Unassigned, 0}};
    for (const auto& [text, fault, offset] : cases) {
        CAPTURE(text);
        const auto result = france().readWritten(text);
        REQUIRE(std::holds_alternative<NumberMistake>(result));
        CHECK(std::get<NumberMistake>(result).fault == fault);
        CHECK(std::get<NumberMistake>(result).offset == offset);
    }
}

TEST_CASE("an operator's number is understood in the format that was agreed, and in others", "[country][france]") {
    const auto from = [](std::string_view text, NumberFormat format) {
        const auto result = france().readFrom(text, format);
        const auto* number = std::get_if<OutsideNumber>(&result);
        return number == nullptr ? std::string{toString(std::get<NumberFault>(result))} : number->number;
    };
    for (const auto format :
         {NumberFormat::E164, NumberFormat::National, NumberFormat::International00, NumberFormat::Plain}) {
        for (const auto* text : {"+33327000100", "0327000100", "0033327000100", "33327000100"}) {
            CAPTURE(text);
            CHECK(from(text, format) == "+33327000100");
        }
        CHECK(from("+41223456789", format) == "+41223456789");
        CHECK(from("0041223456789", format) == "+41223456789");
        CHECK(from("41223456789", format) == "+41223456789");
        CHECK(from("0262123456", format) == "+262262123456");
        CHECK(from("262262123456", format) == "+262262123456");
        CHECK(from("3949", format) == "3949");
        CHECK(from("anonymous", format) == "has something else than digits");
        CHECK(from("", format) == "is empty");
    }
    // Seven digits of a German number are those of nothing here; ten that begin with 0 are nobody's abroad.
    CHECK(from("118712", NumberFormat::Plain) == "118712");
    CHECK(from("1187125", NumberFormat::Plain) == "+1187125");
    CHECK(from("1187125", NumberFormat::National) == "+1187125");
}

TEST_CASE("a number is written as the operator and as people want it", "[country][france]") {
    struct Written {
        std::string number;
        std::string national;
        std::string with00;
        std::string plain;
        std::string display;
    };
    const std::vector<Written> cases{
        {"+33327000100", "0327000100", "0033327000100", "33327000100", "03 27 00 01 00"},
        {"+33800123456", "0800123456", "0033800123456", "33800123456", "08 00 12 34 56"},
        {"+262262123456", "0262123456", "00262262123456", "262262123456", "02 62 12 34 56"},
        {"+508412345", "0508412345", "00508412345", "508412345", "05 08 41 23 45"},
        {"+262801234567", "00262801234567", "00262801234567", "262801234567", "+262 80 12 34 567"},
        {"+41223456789", "0041223456789", "0041223456789", "41223456789", "+41 22 34 56 789"},
        {"+12025550123", "0012025550123", "0012025550123", "12025550123", "+1 20 25 55 01 23"},
        {"+449012345678", "00449012345678", "00449012345678", "449012345678", "+44 90 12 34 56 78"},
        {"+337001234567890", "07001234567890", "00337001234567890", "337001234567890", "07 00 12 34 56 78 90"},
        {"15", "15", "15", "15", "15"},
        {"112", "112", "112", "112", "112"},
        {"3949", "3949", "3949", "3949", "39 49"},
        {"118712", "118712", "118712", "118712", "118 712"},
    };
    for (const auto& [number, national, with00, plain, display] : cases) {
        CAPTURE(number);
        CHECK(france().write(number, NumberFormat::E164) == number);
        CHECK(france().write(number, NumberFormat::National) == national);
        CHECK(france().write(number, NumberFormat::International00) == with00);
        CHECK(france().write(number, NumberFormat::Plain) == plain);
        CHECK(france().display(number) == display);
    }
}

TEST_CASE("any text may be written and displayed", "[country][france]") {
    for (const auto& text :
         {std::string{}, std::string{"+"}, std::string{"+33"}, std::string{"+262"}, std::string{"+262262"},
          std::string{"x"}, std::string{"+x"}, std::string(1000, '9'), '+' + std::string(1000, '9')}) {
        CAPTURE(text);
        CHECK(france().write(text, NumberFormat::E164) == text);
        CHECK(france().write(text, NumberFormat::National).size() <= text.size() + 2);
        CHECK(france().display(text).size() <= 2 * text.size() + 4);
    }
}

TEST_CASE("a number that was written is read back to itself", "[country][france][property]") {
    std::mt19937 random{20261125};
    std::uniform_int_distribution<int> digit{0, 9};
    std::uniform_int_distribution<std::size_t> length{1, 16};
    const std::vector<std::string> starts{"0", "01", "06", "069", "0976", "09",    "3",
                                          "1", "11", "00", "+",   "+33",  "+2626", "08"};
    std::size_t numbers = 0;
    for (int i = 0; i < 200'000; ++i) {
        auto dialled = starts[static_cast<std::size_t>(i) % starts.size()];
        for (auto left = length(random); left > 0; --left) dialled.push_back(static_cast<char>('0' + digit(random)));
        const auto result = france().normalise(dialled);
        const auto* number = std::get_if<OutsideNumber>(&result);
        if (number == nullptr) continue;
        ++numbers;
        CAPTURE(dialled, number->number);
        for (const auto format :
             {NumberFormat::E164, NumberFormat::National, NumberFormat::International00, NumberFormat::Plain}) {
            const auto written = france().write(number->number, format);
            const auto back = france().readFrom(written, format);
            REQUIRE(std::holds_alternative<OutsideNumber>(back));
            REQUIRE(std::get<OutsideNumber>(back) == *number);
            if (format == NumberFormat::Plain) continue;
            REQUIRE(france().normalise(written) == result);
        }
        const auto shown = france().readWritten(france().display(number->number));
        REQUIRE(std::holds_alternative<OutsideNumber>(shown));
        REQUIRE(std::get<OutsideNumber>(shown) == *number);
    }
    CHECK(numbers > 20'000);
}
