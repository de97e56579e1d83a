// SPDX-License-Identifier: AGPL-3.0-or-later
#include "sip/grammar.hpp"

#include <catch2/catch.hpp>

#include <string>
#include <vector>

using namespace beffroi::sip;

namespace {

std::string repeated(std::string_view part, std::size_t times) {
    std::string text;
    for (std::size_t i = 0; i < times; ++i) text.append(part);
    return text;
}

std::vector<std::string> listValues(std::string_view text) {
    std::vector<std::string> values;
    while (const auto value = nextListValue(text)) values.emplace_back(*value);
    return values;
}

bool same(std::string_view a, std::string_view b) {
    const auto first = parseUri(a);
    const auto second = parseUri(b);
    REQUIRE(first);
    REQUIRE(second);
    CHECK(equivalent(*first, *second) == equivalent(*second, *first));
    return equivalent(*first, *second);
}

}  // namespace

TEST_CASE("a token has the characters of RFC 3261 and no other", "[sip][rfc3261-25.1]") {
    CHECK(isToken("INVITE"));
    CHECK(isToken("!interesting-Method0123456789_*+`.%indeed'~"));
    for (const char* const text : {"", " ", "a b", "a,b", "a;b", "a=b", "a@b", "a/b", "a:b", "\"a\"", "<a>", "(a)",
                                   "a\t", "caf\xc3\xa9", "a\x7f"}) {
        CAPTURE(text);
        CHECK_FALSE(isToken(text));
    }
    CHECK_FALSE(isToken(std::string_view{"a\0b", 3}));
}

TEST_CASE("a number is digits within its bound", "[sip][rfc3261-25.1]") {
    CHECK(parseNumber("0", 255) == 0U);
    CHECK(parseNumber("0068", 255) == 68U);
    CHECK(parseNumber("255", 255) == 255U);
    CHECK(parseNumber(std::string(500, '0') + "7", 255) == 7U);
    for (const char* const text : {"", "256", "-1", "+1", "1.5", " 1", "1 ", "0x1", "99999999999999999999999999"}) {
        CAPTURE(text);
        CHECK_FALSE(parseNumber(text, 255));
    }
}

TEST_CASE("an escape is undone once", "[sip][rfc4475-3.1.1.3]") {
    CHECK(unescape("value%25%34%31") == "value%41");
    CHECK(unescape("%6c%6C") == "ll");
    CHECK(unescape("null-%00-null") == std::string("null-\0-null", 11));
    CHECK(unescape("50% of %zz and %4") == "50% of %zz and %4");
    CHECK(unescape("%") == "%");
}

TEST_CASE("parameters are found by name, in any case and with any white space", "[sip][rfc3261-7.3.1]") {
    const auto parameters = Parameters::parse(R"(;tag=one ; LR;q = 0.5; reason="a;b=\"c\"" ;received=[2001:db8::1])");
    REQUIRE(parameters);
    CHECK(parameters->find("Tag") == "one");
    CHECK(parameters->find("lr") == "");
    CHECK(parameters->find("q") == "0.5");
    CHECK(parameters->find("REASON") == R"("a;b=\"c\"")");
    CHECK(parameters->find("received") == "[2001:db8::1]");
    CHECK_FALSE(parameters->has("b"));
    CHECK(Parameters::parse("")->text().empty());

    SECTION("% is an escape in a URI and a character like any other in a header field") {
        CHECK(parseUri("sip:h;%6C%72")->looseRouter());
        CHECK_FALSE(Parameters::parse(";%74ag=x")->has("tag"));
        CHECK(Parameters::parse(";%74ag=x")->find("%74AG") == "x");
    }
    SECTION("they are walked in the order in which they stand") {
        auto rest = parameters->text();
        std::vector<std::string> names;
        while (const auto pair = Parameters::next(rest)) names.emplace_back(pair->name);
        CHECK(names == std::vector<std::string>{"tag", "LR", "q", "reason", "received"});
        CHECK(rest.empty());
    }
    SECTION("what is none is refused whole") {
        for (const char* const text :
             {"tag=x", ";", ";;a", ";a;", ";=b", ";a=", ";a= ;b", ";a=\"open", ";a=\"x\"y", ";a b", ";a=b c", ";a=b,c",
              ";a=b\"c\"", ";a=<b>", ";\xc3\xa9=1", ";a=\"x\\\""}) {
            CAPTURE(text);
            CHECK_FALSE(Parameters::parse(text));
        }
    }
}

TEST_CASE("a SIP URI is taken apart", "[sip][rfc3261-19.1]") {
    SECTION("all parts") {
        const auto uri =
            parseUri("sips:al%69ce:s%20cret@[2001:db8::9:1]:5070;transport=tcp;lr?Subject=a%20b&Priority=");
        REQUIRE(uri);
        CHECK(uri->scheme == UriView::Scheme::Sips);
        CHECK(uri->user == "al%69ce");
        CHECK(uri->userUnescaped() == "alice");
        CHECK(uri->password == "s%20cret");
        CHECK(uri->host == "2001:db8::9:1");
        CHECK(uri->port == 5070);
        CHECK(uri->params.find("transport") == "tcp");
        CHECK(uri->looseRouter());
        CHECK(uri->headers == "Subject=a%20b&Priority=");
        CHECK(uri->isSip());
    }
    SECTION("the port that seems to be one belongs to the address", "[rfc5118-4.3]") {
        const auto uri = parseUri("sip:[2001:db8::10:5070]");
        REQUIRE(uri);
        CHECK(uri->host == "2001:db8::10:5070");
        CHECK(uri->port == 0);
    }
    struct Accepted {
        const char* text;
        const char* user;
        const char* host;
    };
    const auto accepted = GENERATE(values<Accepted>({
        {"sip:example.org", "", "example.org"},
        {"SIP:2101@pbx", "2101", "pbx"},
        {"sip:*72#@192.0.2.1", "*72#", "192.0.2.1"},
        {"sip:user;par=u%40example.net@example.com", "user;par=u%40example.net", "example.com"},
        {"sip:null-%00-null@example.com", "null-%00-null", "example.com"},
        {"sip:a,b?c/d&e=f+g$h@example.com.", "a,b?c/d&e=f+g$h", "example.com."},
        {"sip:2101:@example.com", "2101", "example.com"},
        {"sip:2101@under_score.lan;a=[::1];b", "2101", "under_score.lan"},
        {"sip:[2001:db8:::192.0.2.1]", "", "2001:db8:::192.0.2.1"},
    }));
    CAPTURE(accepted.text);
    const auto uri = parseUri(accepted.text);
    REQUIRE(uri);
    CHECK(uri->text == accepted.text);
    CHECK(uri->user == accepted.user);
    CHECK(uri->host == accepted.host);
}

TEST_CASE("a malformed URI is refused", "[sip][rfc3261-19.1]") {
    const char* const text = GENERATE(
        "", "sip", "sip:", ":a@b", "1sip:a@b", "s p:a@b", "<sip:a@b>", "sip:@b", "sip: a@b", "sip:a@b ", "sip:a b@c",
        "sip:a@", "sip:a@b@c", "sip:a@b:", "sip:a@b:0", "sip:a@b:65536", "sip:a@b:5x", "sip:a@b:-1", "sip:a@.b",
        "sip:a@b..c", "sip:a@-b", "sip:a@b/c", "sip:a@2001:db8::10", "sip:a@[2001:db8::1", "sip:a@[]",
        "sip:a@[1.2.3.4]", "sip:a@[::g]", "sip:a@[fe80::1%25eth0]", "sip:%4@b", "sip:%zz@b", "sip:a%@b", "sip:a\"b@c",
        "sip:a@b;", "sip:a@b;;lr", "sip:a@b;=x", "sip:a@b;x=", "sip:a@b;x=y@z", "sip:a@b;x y", "sip:a@b;x=\"y\"",
        "sip:a@b?", "sip:a@b?x", "sip:a@b?=y", "sip:a@b?x=y&", "sip:a@b?x=<y>", "sip:\xc3\xa9@b", "sip:a@b\xc3\xa9",
        "tel:", "tel:x", "tel:+33 1", "tel:+33;", "http:", "http:a b", "mailto:\"a\"@b");
    CAPTURE(text);
    CHECK_FALSE(parseUri(text));
}

TEST_CASE("other URIs than SIP's are known for what they are", "[sip][rfc3966]") {
    const auto number = parseUri("tel:+33-3(20).49;phone-context=ville.example");
    REQUIRE(number);
    CHECK(number->scheme == UriView::Scheme::Tel);
    CHECK(number->user == "+33-3(20).49");
    CHECK(number->params.find("phone-context") == "ville.example");
    CHECK_FALSE(number->isSip());

    const auto other = parseUri("soap.beep://192.0.2.103:3002");
    REQUIRE(other);
    CHECK(other->scheme == UriView::Scheme::Other);
    CHECK(other->host.empty());
}

TEST_CASE("a telephone number is keys and separators", "[sip][rfc3966-3]") {
    for (const char* const text :
         {"tel:+1", "tel:+33-3-20.49(50)00", "tel:2101", "tel:*21*0612345678#", "tel:%2A21%2a06%23", "tel:(0)3",
          "tel:7042;phone-context=ville.example", "tel:863-1234;phone-context=+1-914-555", "tel:+33320495000;ext=12",
          "tel:+33320495000;isub=1411;unknown", "tel:abcdef", "TEL:+1"}) {
        CAPTURE(text);
        CHECK(parseUri(text));
    }
    for (const char* const text :
         {"tel:", "tel:+", "tel:-", "tel:()", "tel:+-.", "tel:+a", "tel:+3*", "tel:+3#", "tel:3+3", "tel:g", "tel:%22",
          "tel:1%2", "tel:1 2", "tel:1;", "tel:1@h", "tel:1?x=y", "tel:\xc3\xa9"}) {
        CAPTURE(text);
        CHECK_FALSE(parseUri(text));
    }
}

TEST_CASE("what was dialled is told from how it is written", "[sip][rfc3966-3][rfc3261-19.1.6]") {
    struct Row {
        const char* uri;
        const char* number;
        const char* context;
    };
    const auto row = GENERATE(values<Row>({
        {"sip:2101@h", "2101", ""},
        {"sip:%32101@h", "2101", ""},
        {"sip:*21*0612345678#@h", "*21*0612345678#", ""},
        {"sip:*21*0612345678%23@h", "*21*0612345678#", ""},
        {"sip:%2a72@h;user=ip", "*72", ""},
        {"sip:21-01@h", "21-01", ""},
        {"sip:21-01@h;user=phone", "2101", ""},
        {"sip:2101@h;USER=Phone", "2101", ""},
        {"sip:2101;par=x@h", "2101;par=x", ""},
        {"sip:2101;isub=1@h;user=phone", "2101", ""},
        {"sip:21.01;phone-context=ville.example@h;user=phone", "2101", "ville.example"},
        {"sip:%2B33(3)20@h;user=phone", "+33320", ""},
        {"sip:2101:secret@h", "2101", ""},
        {"sip:value%2541@h", "value%41", ""},
        {"tel:+33-(3)20.49", "+3332049", ""},
        {"tel:*21*06%23", "*21*06#", ""},
        {"tel:21-01;ext=3;Phone-Context=ville.example", "2101", "ville.example"},
        {"tel:2101;phone-context=+33", "2101", "+33"},
        {"sip:h", "", ""},
    }));
    CAPTURE(row.uri);
    const auto dialled = dialledNumber(parseUri(row.uri).value());
    CHECK(dialled.number == row.number);
    CHECK(dialled.context == row.context);
}

TEST_CASE("telephone numbers are equivalent as RFC 3966 says", "[sip][rfc3966-4]") {
    CHECK(same("tel:+33320495000", "TEL:+33-3-20(49).50-00"));
    CHECK(same("tel:7042;phone-context=Ville.example;ext=1-2", "tel:70-42;EXT=12;phone-context=ville.example"));
    CHECK(same("tel:1;phone-context=+33-3", "tel:1;phone-context=+333"));
    CHECK(same("tel:ab*%23", "tel:AB*#"));
    CHECK_FALSE(same("tel:+33320495000", "tel:33320495000"));
    CHECK_FALSE(same("tel:+333", "tel:+3333"));
    CHECK_FALSE(same("tel:7042;phone-context=a.example", "tel:7042;phone-context=b.example"));
    CHECK_FALSE(same("tel:7042;phone-context=a.example", "tel:7042"));
    CHECK_FALSE(same("tel:7042;ext=1", "tel:7042;ext=1;isub=2"));
    CHECK_FALSE(same("tel:7042", "sip:7042@h"));
}

TEST_CASE("URIs are equivalent as RFC 3261 says", "[sip][rfc3261-19.1.4]") {
    SECTION("the same") {
        CHECK(same("sip:%61lice@atlanta.com;transport=TCP", "sip:alice@AtLanTa.CoM;Transport=tcp"));
        CHECK(same("sip:carol@chicago.com", "sip:carol@chicago.com;newparam=5"));
        CHECK(same("sip:carol@chicago.com", "sip:carol@chicago.com;security=on"));
        CHECK(same("sip:biloxi.com;transport=tcp;method=REGISTER?to=sip:bob%40biloxi.com",
                   "sip:biloxi.com;method=REGISTER;transport=tcp?to=sip:bob%40biloxi.com"));
        CHECK(same("sip:alice@atlanta.com?subject=project%20x&priority=urgent",
                   "sip:alice@atlanta.com?priority=urgent&subject=project%20x"));
        CHECK(same("sip:a%3bb@h", "sip:a%3Bb@h"));
        CHECK(same("sip:a@h;tr%61nsport=t%63p", "sip:a@h;transport=tcp"));
        CHECK(same("sip:*21*06#@h", "sip:%2a21%2A06%23@h"));
        CHECK(same("SIPS:a@h:5061", "sips:%61@H:5061"));
        CHECK(same("sip:a@[2001:db8::1]", "sip:a@[2001:0DB8:0:0:0:0:0:1]"));
        CHECK(same("sip:a@h;x=1;x=2", "sip:a@h;x=1;x=2"));  // which nobody may send, but is renewed by who did
    }
    SECTION("not the same") {
        CHECK_FALSE(same("SIP:ALICE@AtLanTa.CoM;Transport=udp", "sip:alice@AtLanTa.CoM;Transport=UDP"));
        CHECK_FALSE(same("sip:bob@biloxi.com", "sip:bob@biloxi.com:5060"));
        CHECK_FALSE(same("sip:bob@biloxi.com", "sip:bob@biloxi.com;transport=udp"));
        CHECK_FALSE(same("sip:bob@biloxi.com", "sip:bob@biloxi.com;%74ransport=udp"));
        CHECK_FALSE(same("sip:bob@biloxi.com", "sip:bob@biloxi.com:6000;transport=tcp"));
        CHECK_FALSE(same("sip:carol@chicago.com", "sip:carol@chicago.com?Subject=next%20meeting"));
        CHECK_FALSE(same("sip:bob@phone21.boxesbybob.com", "sip:bob@192.0.2.4"));
        CHECK_FALSE(same("sip:bob@biloxi.com", "sips:bob@biloxi.com"));
        CHECK_FALSE(same("sip:biloxi.com", "sip:bob@biloxi.com"));
        CHECK_FALSE(same("sip:bob:x@biloxi.com", "sip:bob:y@biloxi.com"));
        CHECK_FALSE(same("sip:carol@chicago.com;newparam=5", "sip:carol@chicago.com;newparam=6"));
        CHECK_FALSE(same("sip:null-%00-null@example.com", "sip:null-@example.com"));
        CHECK_FALSE(same("sip:a@[2001:db8::1]", "sip:a@[2001:db8::2]"));
        CHECK_FALSE(same("sip:a@h;user=phone", "sip:a@h"));
        CHECK_FALSE(same("sip:a@h;maddr=192.0.2.1", "sip:a@h"));
        CHECK_FALSE(same("sip:a@h;method=INVITE", "sip:a@h;method=BYE"));
        CHECK_FALSE(same("sip:a@h;ttl=1", "sip:a@h"));
        CHECK_FALSE(same("sip:a@h?x=1", "sip:a@h?x=1&y=2"));
    }
    SECTION("a reserved character and its escape are two characters") {
        CHECK_FALSE(same("sip:a%3Bb@h", "sip:a;b@h"));
        CHECK_FALSE(same("sip:a%2bb@h", "sip:a+b@h"));
    }
    SECTION("security: it does not follow that what both equal is equal") {
        CHECK_FALSE(same("sip:carol@chicago.com;security=on", "sip:carol@chicago.com;security=off"));
    }
}

TEST_CASE("an address has a name, a URI and parameters of its own", "[sip][rfc3261-20.10]") {
    struct Row {
        const char* text;
        const char* name;  // as written
        const char* shown;
        const char* uri;
        const char* tag;
    };
    const auto row = GENERATE(values<Row>({
        {R"("Mairie, \"accueil\"\\" <sip:2101@h;tag=no>;x=1;TAG=a)", R"("Mairie, \"accueil\"\\")",
         R"(Mairie, "accueil"\)", "sip:2101@h;tag=no", "a"},
        {R"("<sip:evil@h>"<sip:2101@h>)", R"("<sip:evil@h>")", "<sip:evil@h>", "sip:2101@h", ""},
        {"caller<sip:caller@example.com>;tag=323", "caller", "caller", "sip:caller@example.com", "323"},
        {"Mairie de Lille <sip:2101@h> ; tag = a", "Mairie de Lille", "Mairie de Lille", "sip:2101@h", "a"},
        {"H\xc3\xb4tel (1er) <sip:2101@h>", "H\xc3\xb4tel (1er)", "H\xc3\xb4tel (1er)", "sip:2101@h", ""},
        {"H\xf4tel <sip:2101@h>", "H\xf4tel", "H\xf4tel", "sip:2101@h", ""},
        {R"("" <sip:2101@h>;tag=a)", R"("")", "", "sip:2101@h", "a"},
        {"<sip:user;par=u%40example.net@example.com>", "", "", "sip:user;par=u%40example.net@example.com", ""},
        {"  sip:2101@h;tag=a  ", "", "", "sip:2101@h", "a"},
        {"sip:2101@h ;tag=a", "", "", "sip:2101@h", "a"},
        {"<sip:h?Route=%3Csip:x%3E>", "", "", "sip:h?Route=%3Csip:x%3E", ""},
        {"tel:+33320495000;tag=a", "", "", "tel:+33320495000", "a"},
        {"<http://example.org/a;b>", "", "", "http://example.org/a;b", ""},
    }));
    CAPTURE(row.text);
    const auto address = parseNameAddr(row.text);
    REQUIRE(address);
    CHECK(address->displayName == row.name);
    CHECK(displayNameText(address->displayName) == row.shown);
    CHECK(address->uri.text == row.uri);
    CHECK(address->tag() == row.tag);
}

TEST_CASE("a malformed address is refused", "[sip][rfc4475-3.1.2]") {
    const char* const text =
        GENERATE("", " ", "<>", "<", "*", "\"Mr. J. User <sip:j.user@example.com>", "\"a\" sip:a@b", "\"a\"",
                 "\"a\\\" <sip:a@b>", "Bell, Alexander <sip:a.g.bell@example.com>", "a;b <sip:a@b>", "a\"b\" <sip:a@b>",
                 "\"a\" b <sip:a@b>", "Watson < sip:t.watson@example.org >", "<sip:a@b", "<sip:a@b>>", "<sip:a@b> c",
                 "<sip:a@b>,<sip:c@d>", "<sip:a@b>;", "<sip:a@b>;;x", "<sip:a@b>;tag=\"open",
                 "sip:a@b?Route=%3Csip:c%3E", "sip:a,b@c", "sip:a@b c", "a <sip:a@b> <sip:c@d>", "a=b <sip:a@b>");
    CAPTURE(text);
    CHECK_FALSE(parseNameAddr(text));
}

TEST_CASE("a Via has protocol, transport, sent-by and parameters", "[sip][rfc3261-20.42]") {
    SECTION("written with all the white space that it may have") {
        const auto via =
            parseVia("SIP  / 2.0  / TCP \t spindle.example.com  : 5070  ; branch  =   z9hG4bK9ikj8  ; rport");
        REQUIRE(via);
        CHECK(via->protocol == "SIP  / 2.0");
        CHECK(via->transport == "TCP");
        CHECK(via->host == "spindle.example.com");
        CHECK(via->port == 5070);
        CHECK(via->branch() == "z9hG4bK9ikj8");
        CHECK(via->params.has("rport"));
    }
    SECTION("IPv6, and received with and without brackets", "[rfc5118-4.5]") {
        const auto via = parseVia("SIP/2.0/UDP [2001:db8::9:1]:5070;received=[2001:db8::9:255];branch=z9hG4bKas3");
        REQUIRE(via);
        CHECK(via->host == "2001:db8::9:1");
        CHECK(via->params.find("received") == "[2001:db8::9:255]");
        CHECK(parseVia("SIP/2.0/UDP [::1];received=2001:db8::9:255")->params.find("received") == "2001:db8::9:255");
    }
    SECTION("no branch, and a transport nobody knows") {
        const auto via = parseVia("SIP/2.0/UNKNOWN 192.0.2.1");
        REQUIRE(via);
        CHECK(via->transport == "UNKNOWN");
        CHECK(via->branch().empty());
        CHECK(via->port == 0);
    }
    SECTION("malformed") {
        for (const char* const text :
             {"", "SIP/2.0", "SIP/2.0/UDP", "SIP/2.0/UDP ", "SIP/2.0/UDP;branch=x", "SIP/2.0 UDP 192.0.2.1",
              "SIP//UDP 192.0.2.1", "/2.0/UDP 192.0.2.1", "SIP/2.0/UDP 192.0.2.1:", "SIP/2.0/UDP 192.0.2.1:0",
              "SIP/2.0/UDP 192.0.2.1:70000", "SIP/2.0/UDP 2001:db8::1", "SIP/2.0/UDP [2001:db8::1", "SIP/2.0/UDP a b",
              "SIP/2.0/UDP 192.0.2.15;;,;,,", "SIP/2.0/UDP 192.0.2.1;branch=", "SIP/2.0/UDP <192.0.2.1>"}) {
            CAPTURE(text);
            CHECK_FALSE(parseVia(text));
        }
    }
}

TEST_CASE("CSeq is a number below 2^31 and a method", "[sip][rfc3261-8.1.1.5]") {
    const auto cseq = parseCSeq("0009 \t INVITE ");
    REQUIRE(cseq);
    CHECK(cseq->number == 9);
    CHECK(cseq->method == "INVITE");
    CHECK(parseCSeq("2147483647 X")->number == 2147483647U);
    for (const char* const text : {"", "1", "INVITE", "INVITE 1", "1INVITE", "2147483648 INVITE",
                                   "36893488147419103232 X", "-1 INVITE", "1 INVITE 2", "1 INV/ITE", "1,2 INVITE"}) {
        CAPTURE(text);
        CHECK_FALSE(parseCSeq(text));
    }
}

TEST_CASE("a list is split at commas that are not in quotes or brackets", "[sip][rfc3261-7.3.1]") {
    using Values = std::vector<std::string>;
    CHECK(listValues(R"("a,\",b" <sip:x,y@h>;p="c,d" , <sip:z@h>)") ==
          Values{R"("a,\",b" <sip:x,y@h>;p="c,d")", "<sip:z@h>"});
    CHECK(listValues("a,b ,\tc") == Values{"a", "b", "c"});
    SECTION("an empty element is given for the caller to refuse") {
        CHECK(listValues(",a,,b,") == Values{"", "a", "", "b", ""});
        CHECK(listValues(" ") == Values{""});
    }
    SECTION("an open quote or bracket hides the rest") {
        CHECK(listValues("a,\"b,c") == Values{"a", "\"b,c"});
        CHECK(listValues("<a,b") == Values{"<a,b"});
        CHECK(listValues("\"a\\") == Values{"\"a\\"});
    }
}

TEST_CASE("every part of a hostile list is given out once", "[sip]") {
    // Each of these is a megabyte: work that grows with the square of it would not end within the test's patience.
    constexpr std::size_t kMany = 1U << 20U;
    CHECK(listValues(repeated(",", kMany)).size() == kMany + 1);
    CHECK(listValues(repeated("\"\"", kMany)).size() == 1);
    CHECK(listValues(repeated("<,>", kMany)).size() == 1);
    CHECK_FALSE(Parameters::parse(repeated(";", kMany)));
    CHECK(Parameters::parse(repeated(";a", kMany))->text().size() == 2 * kMany);
    CHECK(Parameters::parse(repeated(";a=\"\\\"\"", kMany))->find("b") == std::nullopt);
    CHECK_FALSE(parseUri("sip:" + repeated("%41", kMany)));
    CHECK(parseUri("sip:" + repeated("%41", kMany) + "@h")->userUnescaped() == std::string(kMany, 'A'));
    CHECK_FALSE(parseUri("sip:" + repeated("a@", kMany)));
    CHECK_FALSE(parseNameAddr(repeated("<", kMany)));
    CHECK_FALSE(parseNameAddr(repeated("\"\\", kMany)));
    CHECK_FALSE(parseVia("SIP/2.0/UDP h" + repeated(" ", kMany) + "x"));
}
