// SPDX-License-Identifier: AGPL-3.0-or-later

#include "base/text.hpp"

#include <catch2/catch.hpp>

#include <string>

using namespace beffroi::base;

TEST_CASE("a character's length is known only if it is well-formed UTF-8", "[base][text]") {
    CHECK(characterLength("") == 0);
    CHECK(characterLength("a") == 1);
    CHECK(characterLength("\xc3\xa9z") == 2);
    CHECK(characterLength("\xe2\x82\xac") == 3);
    CHECK(characterLength("\xf0\x9f\x94\x94") == 4);
    CHECK(characterLength("\xf4\x8f\xbf\xbf") == 4);  // U+10FFFF
    for (const char* broken : {"\x80", "\xc0\x80", "\xc1\xbf", "\xc3", "\xc3z", "\xe0\x9f\xbf", "\xed\xa0\x80",
                               "\xe2\x82", "\xf0\x8f\xbf\xbf", "\xf4\x90\x80\x80", "\xf5\x80\x80\x80", "\xff"}) {
        CAPTURE(broken);
        CHECK(characterLength(broken) == 0);
    }
}

TEST_CASE("control characters and turns of direction are not printable", "[base][text]") {
    CHECK(printableLength(" ") == 1);
    CHECK(printableLength("\xc2\xa0") == 2);
    CHECK(printableLength("\xe2\x80\xa7") == 3);
    for (const char* text :
         {"\n", "\x1b", "\x7f", "\xc2\x80", "\xc2\x9f", "\xe2\x80\xaa", "\xe2\x80\xae", "\xe2\x81\xa6"}) {
        CHECK(printableLength(text) == 0);
    }
}

TEST_CASE("lower case is of ASCII letters alone", "[base][text]") {
    CHECK(lowerCase("AZaz09-@[`{\xc3\x89") == "azaz09-@[`{\xc3\x89");
}

TEST_CASE("escaping keeps what is printable and shows the octets of the rest", "[base][text]") {
    std::string text{"> "};
    appendEscaped(text, "caf\xc3\xa9 \"x\" \\ \n\xff");
    CHECK(text == "> caf\xc3\xa9 \\\"x\\\" \\\\ \\x0a\\xff");
}
