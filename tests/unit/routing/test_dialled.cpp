// SPDX-License-Identifier: AGPL-3.0-or-later
#include "routing/dialled.hpp"

#include <catch2/catch.hpp>

using beffroi::routing::readDialled;

TEST_CASE("a number is its keys, however an address book writes it", "[routing][rfc3966]") {
    const auto [written, keys] = GENERATE(table<std::string, std::string>({
        {"2101", "2101"},
        {"*21*2105#", "*21*2105#"},
        {"03 27 00 01 00", "0327000100"},
        {"03.27.00.01.00", "0327000100"},
        {"+33(3)27-00-01-00", "+33327000100"},
        {" 2101 ", "2101"},
        {std::string(32, '7'), std::string(32, '7')},
    }));
    CAPTURE(written);
    CHECK(readDialled(written) == keys);
}

TEST_CASE("what has anything else than keys is no number", "[routing]") {
    const std::string written =
        GENERATE(values<std::string>({"", "+", "- -", "anne.castelain", "2101;phone-context=ville", "21+01", "++33",
                                      std::string{"2001\0", 5}, "２００１", "2101a", std::string(33, '7')}));
    CAPTURE(written);
    CHECK_FALSE(readDialled(written));
}
