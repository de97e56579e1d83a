// SPDX-License-Identifier: AGPL-3.0-or-later
#include "routing/code_table.hpp"

#include "beffroi/feature_functions.hpp"
#include "routing/feature_codes.hpp"

#include <catch2/catch.hpp>

#include <algorithm>

using namespace beffroi;
using namespace beffroi::routing;

namespace {

constexpr const char* kVerbs[] = {"set", "clear", "toggle", "query"};

// "forward-always set 2105", "… incomplete", "" for what is no code.
std::string read(std::string_view keys, const DirectorySnapshot& directory = {}) {
    const auto code = readCode(keys, directory);
    if (!code) return {};
    auto text = std::string{code->code.function} + ' ' + kVerbs[static_cast<int>(code->code.verb)];
    if (!code->complete) return text + " incomplete";
    if (!code->first.empty()) text += ' ' + code->first;
    if (!code->second.empty()) text += ' ' + code->second;
    return text;
}

}  // namespace

TEST_CASE("the codes of the profile france, as telephones send them", "[routing]") {
    const auto [keys, meaning] = GENERATE(table<const char*, const char*>({
        {"*21*2105#", "forward-always set 2105"},
        {"*21*2105", "forward-always set 2105"},
        {"*212105", "forward-always set 2105"},
        {"*212105#", "forward-always set 2105"},
        {"*21*+33612345678#", "forward-always set +33612345678"},
        {"*21*", "forward-always set incomplete"},
        {"*21#", "forward-always set incomplete"},
        {"#21#", "forward-always clear"},
        {"#21", "forward-always clear"},
        {"*#21#", "forward-always query"},
        {"*#21", "forward-always query"},
        {"*61*2105#", "forward-no-answer set 2105"},
        {"*61*2105*20#", "forward-no-answer set 2105 20"},
        {"*612105*20", "forward-no-answer set 2105 20"},
        {"*61*2105*#", "forward-no-answer set incomplete"},
        {"*61*2105*2000#", "forward-no-answer set incomplete"},
        {"*222105", "forward-no-answer set 2105"},
        {"#61#", "forward-no-answer clear"},
        {"*67*2105#", "forward-busy set 2105"},
        {"*69*2105#", "forward-busy set 2105"},
        {"*69", "forward-busy set incomplete"},
        {"*232105", "forward-busy set 2105"},
        {"#69#", "forward-busy clear"},
        {"*#67#", "forward-busy query"},
        {"*62*2105#", "forward-unreachable set 2105"},
        {"#62#", "forward-unreachable clear"},
        {"*20", "forwards clear"},
        {"#20", "forwards clear"},
        {"#002#", "forwards clear"},
        {"##002#", "forwards clear"},
        {"*25", "do-not-disturb toggle"},
        {"*25#", "do-not-disturb set"},
        {"#25#", "do-not-disturb clear"},
        {"#25", "do-not-disturb clear"},
        {"*#25#", "do-not-disturb query"},
        {"*43#", "call-waiting set"},
        {"#43#", "call-waiting clear"},
        {"*#43#", "call-waiting query"},
        {"*31*0612345678", "hide-number set 0612345678"},
        {"#31#0612345678", "hide-number set 0612345678"},
        {"36510612345678", "hide-number set 0612345678"},
        {"3651", "hide-number set incomplete"},
        {"*33*1234*0041223456789#", "call-by-pin set 1234 0041223456789"},
        {"*33*1234", "call-by-pin set incomplete"},
        {"*502100", "group toggle 2100"},
        {"*50*2100#", "group toggle 2100"},
        {"*27", "hours toggle"},
        {"*27#", "hours set"},
        {"#27#", "hours clear"},
        {"*70*2101*1234#", "hot-desk set 2101 1234"},
        {"*70*2101#", "hot-desk set incomplete"},
        {"#70#", "hot-desk clear"},
        {"*10", "status query"},
        {"*19", "echo-test set"},
        // no codes, or none that there are
        {"*98", ""},
        {"*255", ""},
        {"*25*1", ""},
        {"*1", ""},
        {"**2101", ""},
        {"*8", ""},
        {"365", ""},
        {"2101", ""},
        {"*", ""},
        {"#", ""},
        {"*21*21*05", ""},
        {"*21*21#05#", ""},
    }));
    CAPTURE(keys);
    CHECK(read(keys) == meaning);
}

TEST_CASE("a plan changes codes, takes them away, and adds its own", "[routing]") {
    DirectorySnapshot directory;
    directory.codes = {{"*21*", "off"},
                       {"*25", "forwards"},
                       {"*72*", "forward-always"},
                       {"#72#", "forward-always"},
                       {"*#72#", "forward-always"},
                       {"*2525", "echo-test"}};
    const auto [keys, meaning] = GENERATE(table<const char*, const char*>({
        {"*21*2105#", ""},
        {"#21#", "forward-always clear"},
        {"*25", "forwards clear"},
        {"*25#", "do-not-disturb set"},
        {"*72*2105#", "forward-always set 2105"},
        {"#72", "forward-always clear"},
        {"*#72#", "forward-always query"},
        {"*2525", "echo-test set"},
    }));
    CAPTURE(keys);
    CHECK(read(keys, directory) == meaning);
    directory.town.codes = "none";
    CHECK(read(keys, directory).empty());
}

TEST_CASE("every function has a code, and every code a function", "[routing]") {
    const auto& codes = franceCodes();
    for (const auto function : functions::kAll) {
        CAPTURE(function);
        const auto has = [function](const Code& code) { return code.function == function; };
        CHECK(std::any_of(codes.begin(), codes.end(), has) == (function != functions::kOff));
    }
    for (const auto& code : codes) {
        CAPTURE(code.code);
        CHECK(std::find(functions::kAll.begin(), functions::kAll.end(), code.function) != functions::kAll.end());
    }
}

TEST_CASE("a PIN is not shown", "[routing][security]") {
    const auto [dialled, shown] = GENERATE(table<const char*, const char*>({
        {"*33*1234*0612345678#", "*33*0612345678"},
        {"*331234*0612345678", "*33*0612345678"},
        {"*33*1234", "*33*"},
        {"*70*2101*1234#", "*70*2101"},
        {"*70*2101*12 34#", "*70*2101"},
        {"*21*2105#", "*21*2105#"},
        {"2101", "2101"},
        {"not a number", "not a number"},
    }));
    CHECK(withoutPin(dialled, {}) == shown);
}
