// SPDX-License-Identifier: AGPL-3.0-or-later
//
// Keys in the bodies of INFO requests, as telephones of several makes write them.

#include "bridge/invitation.hpp"

#include <catch2/catch.hpp>

using beffroi::bridge::parseKey;

TEST_CASE("a key is found in the body of an INFO", "[bridge][rfc6086]") {
    CHECK(parseKey("Signal=5\r\nDuration=160\r\n") == '5');
    CHECK(parseKey("Signal= 5\r\nDuration= 160\r\n") == '5');
    CHECK(parseKey("signal=*") == '*');
    CHECK(parseKey("SIGNAL=#\nDURATION=250") == '#');
    CHECK(parseKey("Duration=100\r\nSignal=0\r\n") == '0');
    CHECK(parseKey("Signal=d") == 'D');
    CHECK(parseKey("5") == '5');
    CHECK(parseKey("#\r\n") == '#');
    CHECK(parseKey("a\r\n") == 'A');
}

TEST_CASE("a body without exactly one key has none", "[bridge][rfc6086]") {
    for (const char* body : {"", " ", "Signal=", "Signal=\r\n", "Signal=55", "Signal=E", "Signal=flash", "12", "x",
                             "Duration=160\r\n", "Signal=\xc3\xa9"}) {
        CAPTURE(body);
        CHECK_FALSE(parseKey(body));
    }
}
