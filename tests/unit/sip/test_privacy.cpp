// SPDX-License-Identifier: AGPL-3.0-or-later
#include "sip/privacy.hpp"

#include "support/sip_messages.hpp"

#include <catch2/catch.hpp>

#include <string>

using namespace beffroi::sip;
using namespace beffroi::test;

namespace {

Message with(const std::string& more, const std::string& from = "<sip:2101@town.example>;tag=a") {
    RequestText request;
    request.from = from;
    request.more = more;
    return readMessage(request.text());
}

}  // namespace

TEST_CASE("what is asked to be kept back is kept back, or known to be beyond us", "[sip][rfc3323-4.2][rfc3325-9.3]") {
    struct Row {
        const char* more;
        bool hidden;
        bool impossible;
    };
    const auto row = GENERATE(values<Row>({
        {"", false, false},
        {"Privacy: none\r\n", false, false},
        {"Privacy: None\r\n", false, false},
        {"Privacy: \r\n", false, false},
        {"Privacy: id\r\n", true, false},
        {"privacy:ID\r\n", true, false},
        {"Privacy: user\r\n", true, false},
        {"Privacy: header\r\n", true, false},
        {"Privacy: session\r\n", false, false},
        {"Privacy: history\r\n", false, false},
        {"Privacy: critical\r\n", false, false},
        {"Privacy: id;critical\r\n", true, false},
        {"Privacy: user ; id ; critical\r\n", true, false},
        {"Privacy: header;critical\r\n", true, true},
        {"Privacy: critical;session\r\n", false, true},
        {"Privacy: critical\r\nPrivacy: header\r\n", true, true},
        {"Privacy: id, critical, session\r\n", true, true},
        {"Privacy: none;id\r\n", true, false},
        {"Privacy: x-later\r\n", true, false},
        {"Privacy: x-later;critical\r\n", true, true},
    }));
    CAPTURE(row.more);
    const auto privacy = privacyOf(with(row.more));
    CHECK(privacy.hidden == row.hidden);
    CHECK(privacy.impossible == row.impossible);
}

TEST_CASE("a hidden sender keeps its tag and nothing that names it", "[sip][rfc3323-5.3]") {
    auto request = with(
        "Subject: budget\r\nCall-Info: <http://town.example/anne.jpg>;purpose=icon\r\nOrganization: Mairie\r\n"
        "Reply-To: <sip:2101@town.example>\r\nIn-Reply-To: x@h\r\nUser-Agent: Anne's phone\r\n"
        "Referred-By: <sip:2101@town.example>\r\nX-Own: kept\r\n",
        "\"Anne\" <sip:2101@town.example>;tag=a1;x=2101");
    hideSender(request);
    CHECK(request.header("From") == "\"Anonymous\" <sip:anonymous@anonymous.invalid>;tag=a1");
    CHECK(request.from().tag() == "a1");
    CHECK(isAnonymous(request.from().uri));
    for (const auto* name :
         {"Subject", "Call-Info", "Organization", "Reply-To", "In-Reply-To", "User-Agent", "Referred-By"}) {
        CAPTURE(name);
        CHECK(request.count(name) == 0);
    }
    CHECK(request.header("X-Own") == "kept");

    auto old = with("", "sip:2101@town.example");  // RFC 2543: no tag
    hideSender(old);
    CHECK(old.header("From") == "\"Anonymous\" <sip:anonymous@anonymous.invalid>");
}

TEST_CASE("a sender is given another name, and nothing else", "[sip][rfc3261-20.20]") {
    struct Row {
        const char* from;
        const char* name;
        const char* named;
    };
    const auto row = GENERATE(values<Row>({
        {"\"The Mayor\" <sip:2101@h;x=1>;tag=a;y", "\"Anne\"", "\"Anne\" <sip:2101@h;x=1>;tag=a;y"},
        {"The Mayor<sip:2101@h> ; tag=a", "", "<sip:2101@h>; tag=a"},
        {"sip:2101@h;tag=a", "\"A \\\"B\\\"\"", "\"A \\\"B\\\"\" <sip:2101@h>;tag=a"},
        {"sip:2101@h;tag=a", "", "sip:2101@h;tag=a"},
        {"\"Anne\"   <sip:2101@h>;tag=a", "\"Anne\"", "\"Anne\"   <sip:2101@h>;tag=a"},
    }));
    CAPTURE(row.from, row.name);
    auto request = with("", row.from);
    nameSender(request, row.name);
    CHECK(request.header("From") == row.named);
    CHECK(request.from().tag() == "a");
}

TEST_CASE("anonymous is one address and no other", "[sip][rfc3323-4.1.1.3]") {
    for (const auto* from : {"<sip:anonymous@anonymous.invalid>", "\"2101\" <sips:Anonymous@ANONYMOUS.invalid;x>"}) {
        CHECK(isAnonymous(parseNameAddr(from)->uri));
    }
    for (const auto* from :
         {"<sip:2101@anonymous.invalid>", "<sip:anonymous@town.example>", "<tel:1>", "<sip:anonymous.invalid>"}) {
        CHECK_FALSE(isAnonymous(parseNameAddr(from)->uri));
    }
}

TEST_CASE("who asks for it keeps back by whom a call came", "[sip][rfc7044-10.1]") {
    const auto& [more, history] = GENERATE(table<const char*, bool>({{"", false},
                                                                     {"Privacy: id\r\n", false},
                                                                     {"Privacy: none\r\n", false},
                                                                     {"Privacy: history\r\n", true},
                                                                     {"Privacy: id;History\r\n", true},
                                                                     {"Privacy: header\r\n", true}}));
    INFO(more);
    CHECK(privacyOf(with(more)).history == history);
}
