// SPDX-License-Identifier: AGPL-3.0-or-later
#include "sip/method.hpp"

#include <catch2/catch.hpp>

#include <string>

using namespace beffroi::sip;

TEST_CASE("a method is known by its exact name", "[sip][rfc3261-7.1]") {
    for (int i = 0; i < static_cast<int>(Method::Other); ++i) {
        const auto method = static_cast<Method>(i);
        CAPTURE(toString(method));
        CHECK_FALSE(toString(method).empty());
        CHECK(methodFromName(toString(method)) == method);
    }
    CHECK(toString(Method::Register) == "REGISTER");
    CHECK(toString(Method::Other).empty());
    for (const char* const name : {"", "invite", "INVITE ", "RE%47IST%45R", "INVITES", "NEWMETHOD"}) {
        CAPTURE(name);
        CHECK(methodFromName(name) == Method::Other);
    }
}
