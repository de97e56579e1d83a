// SPDX-License-Identifier: AGPL-3.0-or-later
#include "gateway/incoming_call.hpp"

#include "support/countries.hpp"
#include "support/sip_messages.hpp"

#include <catch2/catch.hpp>

using namespace beffroi;
using namespace beffroi::gateway;
using namespace beffroi::test;

namespace {

struct Incoming {
    Incoming() {
        invite.uri = "sip:+33327000123@192.0.2.1";
        invite.from = "\"Someone\" <sip:+33612345678@sbc.example>;tag=a";
        invite.to = "<sip:+33327000199@192.0.2.1>";
        directory.contacts["+33612345678"] = {"+33612345678", "Plombier"};
    }
    [[nodiscard]] IncomingCall read() const {
        return incomingCall(readMessage(invite.text()), gateway, directory, france());
    }
    RequestText invite;
    Gateway gateway;
    DirectorySnapshot directory;
};

}  // namespace

TEST_CASE("the number that is called is understood as the operator writes it", "[gateway]") {
    struct Row {
        NumberFormat format;
        const char* uri;
        const char* called;
    };
    const auto row = GENERATE(values<Row>({
        {NumberFormat::E164, "sip:+33327000123@192.0.2.1", "+33327000123"},
        {NumberFormat::National, "sip:0327000123@192.0.2.1;user=phone", "+33327000123"},
        {NumberFormat::International00, "sip:0033327000123@192.0.2.1", "+33327000123"},
        {NumberFormat::Plain, "sip:33327000123@192.0.2.1", "+33327000123"},
        {NumberFormat::E164, "sip:%2B33327000123@192.0.2.1", "+33327000123"},
        {NumberFormat::E164, "tel:+33-3-27-00-01-23", "+33327000123"},
        {NumberFormat::E164, "sip:trunk-account@192.0.2.1", "+33327000199"},  // as To has it
    }));
    INFO(row.uri);
    Incoming call;
    call.gateway.called = row.format;
    call.invite.uri = row.uri;
    CHECK(call.read().called == row.called);
}

TEST_CASE("what is no number is called as it came", "[gateway]") {
    Incoming call;
    call.invite.uri = "sip:2101@192.0.2.1";
    call.invite.to = "<sip:nobody@192.0.2.1>";
    CHECK(call.read().called == "2101");
}

TEST_CASE("who calls is whom the operator asserts, else From; a contact has the town's name", "[gateway][rfc3325-5]") {
    Incoming call;
    SECTION("From") {
        CHECK(call.read().caller == "+33612345678");
        CHECK(call.read().name == "Plombier");
        CHECK_FALSE(call.read().withheld);
    }
    SECTION("P-Asserted-Identity comes first") {
        call.invite.more = "P-Asserted-Identity: \"M\xc3\xa9tro\" <tel:+33327000777>, <sip:x@y>\r\n";
        CHECK(call.read().caller == "+33327000777");
        CHECK(call.read().name == "M\xc3\xa9tro");
    }
    SECTION("one that is no number is passed over") {
        call.invite.more = "P-Asserted-Identity: <sip:trunk@sbc.example>, <sip:+33327000777@sbc.example>\r\n";
        CHECK(call.read().caller == "+33327000777");
    }
    SECTION("national numbers") {
        call.gateway.calling = NumberFormat::National;
        call.invite.from = "<sip:0612345678@sbc.example>;tag=a";
        CHECK(call.read().caller == "+33612345678");
    }
    SECTION("what is no number has a name at most") {
        call.invite.from = "\"Someone\" <sip:nobody@sbc.example>;tag=a";
        CHECK(call.read().caller.empty());
        CHECK(call.read().name == "Someone");
    }
    SECTION("a name that no display should show") {
        call.invite.from = '"' + std::string(65, 'a') + "\" <sip:+33327000777@sbc.example>;tag=a";
        CHECK(call.read().name.empty());
    }
}

TEST_CASE("who withholds the number has neither number nor name", "[gateway][rfc3323-4.1]") {
    Incoming call;
    call.invite.more = "P-Asserted-Identity: <sip:+33612345678@sbc.example>\r\n";
    SECTION("by From") { call.invite.from = "\"Anonymous\" <sip:anonymous@anonymous.invalid>;tag=a"; }
    SECTION("by Privacy") { call.invite.more += "Privacy: id\r\n"; }
    CHECK(call.read().withheld);
    CHECK(call.read().caller.empty());
    CHECK(call.read().name.empty());
    CHECK(call.read().called == "+33327000123");
}

TEST_CASE("a telephone can call back what it is shown", "[gateway]") {
    DirectorySnapshot directory;
    CHECK(dialBack("+33612345678", directory, france()) == "0612345678");
    CHECK(dialBack("+41223456789", directory, france()) == "0041223456789");
    directory.town.outsidePrefix = "0";
    CHECK(dialBack("+33612345678", directory, france()) == "00612345678");
    CHECK(dialBack("3949", directory, france()) == "03949");
}
