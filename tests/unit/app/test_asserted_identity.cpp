// SPDX-License-Identifier: AGPL-3.0-or-later
#include "app/asserted_identity.hpp"

#include "support/sip_messages.hpp"

#include <catch2/catch.hpp>

using namespace beffroi;
using namespace beffroi::app;
using namespace beffroi::test;

namespace {

using Values = std::vector<std::string_view>;

sip::Message asserted(const std::string& more, const std::string& name = "Anne",
                      const std::string& from = "<sip:2101@town.example>;tag=a") {
    RequestText text;
    text.from = from;
    text.more = more;
    auto request = readMessage(text.text());
    assertIdentity(request, identityOf("2101", name, "town.example"));
    return request;
}

}  // namespace

TEST_CASE("the callee is told who calls, as the exchange knows it", "[app][rfc3325-5]") {
    CHECK(asserted({}).headers("P-Asserted-Identity") == Values{"\"Anne\" <sip:2101@town.example>"});
    CHECK(asserted({}, "").headers("P-Asserted-Identity") == Values{"<sip:2101@town.example>"});
    CHECK(asserted({}, "A \"B\" \\C é").headers("P-Asserted-Identity") ==
          Values{"\"A \\\"B\\\" \\\\C é\" <sip:2101@town.example>"});
}

TEST_CASE("what the caller's phone claims to be is not passed on", "[app][security][rfc3325-5]") {
    const auto request = asserted(
        "P-Asserted-Identity: <sip:2000@town.example>\r\nP-Asserted-Identity: <tel:17>\r\n"
        "P-Preferred-Identity: <sip:2000@town.example>\r\nRemote-Party-ID: <sip:2000@town.example>;party=calling\r\n"
        "Diversion: <sip:2000@town.example>\r\n");
    CHECK(request.headers("P-Asserted-Identity") == Values{"\"Anne\" <sip:2101@town.example>"});
    CHECK(request.count("P-Preferred-Identity") == 0);
    CHECK(request.count("Remote-Party-ID") == 0);
    CHECK(request.count("Diversion") == 0);
}

TEST_CASE("a claim to be another is told from a telephone's own", "[app][security][rfc3325-9]") {
    const auto isOwn = [](const sip::UriView& uri) { return sip::dialledNumber(uri).number == "2101"; };
    struct Row {
        const char* more;
        const char* foreign;
    };
    const Row rows[] = {
        {"", ""},
        {"P-Preferred-Identity: \"Anne, Mairie\" <sip:2101@town.example>\r\n", ""},
        {"P-Asserted-Identity: <sip:2101@h>, <tel:21-01>\r\nRemote-Party-ID: <sip:2101@h>;party=calling\r\n", ""},
        {"Diversion: <sip:2000@h>\r\nHistory-Info: <sip:2000@h>;index=1\r\n", ""},
        {"P-Asserted-Identity: <sip:2101@h>, \"M\" <sip:2000@h>\r\n", "\"M\" <sip:2000@h>"},
        {"P-Preferred-Identity: <tel:112>\r\n", "<tel:112>"},
        {"P-Preferred-Identity: <sip:2101@h>\r\nremote-party-id: <sip:2000@h>;screen=yes\r\n",
         "<sip:2000@h>;screen=yes"},
        {"P-Asserted-Identity: nonsense\r\n", "nonsense"},
        {"P-Asserted-Identity: \r\n", ""},
    };
    for (const auto& row : rows) {
        INFO(row.more);
        RequestText text;
        text.more = row.more;
        const auto request = readMessage(text.text());
        const auto claim = foreignClaim(request, isOwn);
        CHECK(claim.value_or("") == row.foreign);
        CHECK(claim.has_value() == (*row.foreign != '\0' || std::string_view{row.more} == "P-Asserted-Identity: \r\n"));
    }
}

TEST_CASE("a caller that hides its number is hidden", "[app][rfc3323-4]") {
    struct Row {
        const char* from;
        const char* more;
        bool told;
    };
    const Row rows[] = {
        {"<sip:2101@town.example>;tag=a", "Privacy: id\r\n", false},
        {"<sip:2101@town.example>;tag=a", "Privacy: header;user;id;critical\r\n", false},
        {"<sip:2101@town.example>;tag=a", "Privacy: session\r\n", true},
        {"<sip:2101@town.example>;tag=a", "Privacy: None\r\n", true},
        {"\"Anonymous\" <sip:anonymous@anonymous.invalid>;tag=a", "", false},
        {"<sip:Anonymous@ANONYMOUS.invalid>;tag=a", "P-Asserted-Identity: <sip:2000@town.example>\r\n", false},
    };
    for (const auto& row : rows) {
        INFO(row.from << ' ' << row.more);
        const auto request = asserted(row.more, "Anne", row.from);
        CHECK(request.count("P-Asserted-Identity") == (row.told ? 1 : 0));
        CHECK(hidesCaller(request) == !row.told);
    }
}
