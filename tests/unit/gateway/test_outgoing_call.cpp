// SPDX-License-Identifier: AGPL-3.0-or-later
#include "gateway/outgoing_call.hpp"

#include "support/countries.hpp"

#include <catch2/catch.hpp>

using namespace beffroi;
using namespace beffroi::gateway;
using namespace beffroi::test;

namespace {

Gateway operatorAccess(NumberFormat called = NumberFormat::E164, NumberFormat calling = NumberFormat::E164) {
    Gateway gateway;
    gateway.id = "operator";
    gateway.number = "+33327000100";
    gateway.called = called;
    gateway.calling = calling;
    return gateway;
}

OutgoingCall outgoing(const DialOutside& dial, const Gateway& by = operatorAccess(), bool withheld = false,
                      std::string_view hop = "sip:sbc.example") {
    return outgoingCall(dial, by, hop, withheld, "town.example", france());
}

const DialOutside kDial{"+33612345678", "operator", "+33327000123", false};

}  // namespace

TEST_CASE("numbers are written as the operator wants them", "[gateway][rfc3325-9.1]") {
    struct Row {
        NumberFormat format;
        const char* called;
        const char* calling;
    };
    const Row rows[] = {{NumberFormat::E164, "+33612345678", "+33327000123"},
                        {NumberFormat::National, "0612345678", "0327000123"},
                        {NumberFormat::International00, "0033612345678", "0033327000123"},
                        {NumberFormat::Plain, "33612345678", "33327000123"}};
    for (const auto& called : rows) {
        for (const auto& calling : rows) {
            const auto call = outgoing(kDial, operatorAccess(called.format, calling.format));
            CHECK(call.requestUri == std::string{"sip:"} + called.called + "@sbc.example;user=phone");
            CHECK(call.to == '<' + call.requestUri + '>');
            CHECK(call.from == std::string{"<sip:"} + calling.calling + "@town.example;user=phone>");
            CHECK(call.assertedIdentity == call.from);
            CHECK(call.privacy.empty());
            CHECK(call.priority.empty());
            CHECK_FALSE(call.hidden);
        }
    }
}

TEST_CASE("the next hop is called by its own scheme, port and transport", "[gateway][rfc3261-19.1]") {
    const auto& [hop, uri] = GENERATE(table<const char*, const char*>(
        {{"sip:sbc.example:5080;transport=tcp", "sip:+33612345678@sbc.example:5080;transport=tcp;user=phone"},
         {"sips:sbc.example", "sips:+33612345678@sbc.example;user=phone"},
         {"sip:trunk@sbc.example;lr", "sip:+33612345678@sbc.example;user=phone"},
         {"sip:[2001:db8::1]:5060", "sip:+33612345678@[2001:db8::1]:5060;user=phone"},
         {"tel:+33612345678", ""},
         {"nonsense", ""},
         {"", ""}}));
    CHECK(outgoing(kDial, operatorAccess(), false, hop).requestUri == uri);
}

TEST_CASE("who withholds the number is told to the operator alone", "[gateway][rfc3323-4.1][rfc3325-9.3]") {
    const auto call = outgoing(kDial, operatorAccess(), true);
    CHECK(call.hidden);
    CHECK(call.from == "\"Anonymous\" <sip:anonymous@anonymous.invalid>");
    CHECK(call.privacy == "id");
    CHECK(call.assertedIdentity == "<sip:+33327000123@town.example;user=phone>");
    const auto unknown = outgoing({"+33612345678", "operator", "", false});
    CHECK(unknown.hidden);
    CHECK(unknown.assertedIdentity == "<sip:+33327000100@town.example;user=phone>");
    auto nameless = operatorAccess();
    nameless.number.clear();
    const auto nobody = outgoing({"+33612345678", "operator", "", false}, nameless);
    CHECK(nobody.from == "\"Anonymous\" <sip:anonymous@anonymous.invalid>");
    CHECK(nobody.assertedIdentity.empty());
    CHECK(nobody.hidden);
}

TEST_CASE("an emergency call shows its number whatever is withheld, and is written as it is dialled",
          "[gateway][emergency][rfc3261-20.26]") {
    const auto format = GENERATE(NumberFormat::E164, NumberFormat::National, NumberFormat::Plain);
    for (const bool withheld : {false, true}) {
        const auto call = outgoing({"18", "operator", "+33327000150", true}, operatorAccess(format), withheld);
        CHECK(call.requestUri == "sip:18@sbc.example;user=phone");
        CHECK(call.from == "<sip:+33327000150@town.example;user=phone>");
        CHECK(call.privacy.empty());
        CHECK(call.priority == "emergency");
        CHECK_FALSE(call.hidden);
    }
    CHECK(outgoing({"18", "operator", "", true}).from == "<sip:+33327000100@town.example;user=phone>");
}
