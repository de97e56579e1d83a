// SPDX-License-Identifier: AGPL-3.0-or-later
#include "sip/message.hpp"

#include "support/sip_messages.hpp"

#include <catch2/catch.hpp>

#include <string>
#include <vector>

using namespace beffroi::sip;
using namespace beffroi::test;

namespace {

using Values = std::vector<std::string_view>;

// Everything that may be written in another way: kept as it is, since the exchange has no reason to touch it.
constexpr std::string_view kOdd =
    "INVITE sip:*72#;x=%23@192.0.2.1:5060;transport=udp SIP/2.0\r\n"
    "Via: SIP / 2.0 / UDP  192.0.2.10:5060;Branch = z9hG4bKodd;rport\r\n"
    "Via: SIP/2.0/UDP a.example;branch=z9hG4bK-.!%66*_+`'~\r\n"
    "From: \"H\xc3\xb4tel \\\"1\\\\2\\\"\" <sip:2101#@192.0.2.1;user=phone?x=%41>;tag=a;unknown=\"q;,\"\r\n"
    "To: H\xf4tel de Ville<SIP:2102@[2001:DB8::1]:5060>\r\n"
    "Call-ID: word%ZK-!.*_+'@word`~)(><:\\/\"][?}{\r\n"
    "CSeq: 0009   INVITE\r\n"
    "Max-Forwards: 0068\r\n"
    "Contact: \"a, b\" <sip:2101@192.0.2.10>;q=0.70;+sip.instance=\"<urn:uuid:0-1>\"\r\n"
    "Date: Sat,  01 Jan 2028   00:00:00 EST\r\n"
    "Authorization: Digest username=\"2101\" ,realm=\"r\",nc=00000001\r\n"
    "Subject: \r\n"
    "x-Odd_Name: \xef\xbf\xbd value;;,,=\"<\r\n"
    "Content-Length: 4\r\n\r\n";

}  // namespace

TEST_CASE("what the exchange does not change goes out byte for byte", "[sip][rfc3261-16.6]") {
    std::string text{kOdd};
    text.append("\0\r\n\xff", 4);
    CHECK(readMessage(text).toString() == text);

    SECTION("compact names are written out, folds are one space, lists become one value a header") {
        const auto message = readMessage(
            "OPTIONS sip:h SIP/2.0\r\nv: SIP/2.0/UDP 192.0.2.10;branch=z9hG4bKa, SIP/2.0/TCP b\r\n"
            "f:<sip:a@h>;tag=1\r\nT : <sip:b@h>\r\ni:c\r\nCSEQ: 1 OPTIONS\r\nm: <sip:a@1>,\r\n\t<sip:a@2>\r\n"
            "s: two\r\n  lines\r\nk: a,b\r\nl: 0\r\n\r\n");
        CHECK(message.toString() ==
              "OPTIONS sip:h SIP/2.0\r\nVia: SIP/2.0/UDP 192.0.2.10;branch=z9hG4bKa\r\nVia: SIP/2.0/TCP b\r\n"
              "From: <sip:a@h>;tag=1\r\nTo: <sip:b@h>\r\nCall-ID: c\r\nCSeq: 1 OPTIONS\r\nContact: <sip:a@1>\r\n"
              "Contact: <sip:a@2>\r\nSubject: two lines\r\nSupported: a,b\r\nContent-Length: 0\r\n\r\n");
    }
    SECTION("a response too") {
        const std::string response =
            "SIP/2.0 183 = 2**3 * 23 \xd0\xbd\xd0\xb0 100%\r\nVia: SIP/2.0/UDP 192.0.2.1;branch=z9hG4bKx\r\n"
            "From: <sip:a@h>;tag=1\r\nTo: <sip:b@h>;tag=2\r\nCall-ID: c\r\nCSeq: 1 INVITE\r\nContent-Length: 0\r\n\r\n";
        CHECK(readMessage(response).toString() == response);
    }
}

TEST_CASE("a message that was read knows its parts", "[sip][rfc3261-8.1.1]") {
    const auto message = readMessage(std::string{kOdd} + "body");
    CHECK(message.isRequest());
    CHECK(message.method() == Method::Invite);
    CHECK(message.methodName() == "INVITE");
    CHECK(message.requestUri().user == "*72#;x=%23");
    CHECK(message.requestUri().params.find("transport") == "udp");
    CHECK(message.topVia().host == "192.0.2.10");
    CHECK(message.topVia().branch() == "z9hG4bKodd");
    CHECK(message.from().tag() == "a");
    CHECK(displayNameText(message.from().displayName) == "H\xc3\xb4tel \"1\\2\"");
    CHECK(message.to().uri.host == "2001:DB8::1");
    CHECK(message.to().tag().empty());
    CHECK(message.callId() == "word%ZK-!.*_+'@word`~)(><:\\/\"][?}{");
    CHECK(message.cseq().number == 9);
    CHECK(message.body() == "body");
    CHECK(message.header("subject") == "");
    CHECK(message.header("X-ODD_NAME") == "\xef\xbf\xbd value;;,,=\"<");
    CHECK_FALSE(message.header("Expires"));
    CHECK(message.count("via") == 2);
    CHECK(message.headers("Via")[1] == "SIP/2.0/UDP a.example;branch=z9hG4bK-.!%66*_+`'~");
    CHECK(message.headers("Route").empty());
    CHECK(message.status() == 0);
    CHECK(message.reason().empty());
}

TEST_CASE("changing a header changes what is known from it", "[sip]") {
    auto message = readMessage(RequestText{}.text());
    message.addFirst("Via", "SIP/2.0/UDP 192.0.2.1:5070;branch=z9hG4bKours");
    CHECK(message.topVia().branch() == "z9hG4bKours");
    CHECK(message.topVia().port == 5070);
    message.removeFirst("Via");
    CHECK(message.topVia().branch() == "z9hG4bKclient1");
    message.set("From", "<sip:9999@192.0.2.1>;tag=z");
    CHECK(message.from().tag() == "z");
    message.set("To", "<sip:1@h>;tag=y");
    CHECK(message.to().tag() == "y");
    message.set("call-id", "other");
    CHECK(message.callId() == "other");
    message.set("CSeq", "7 INVITE");
    CHECK(message.cseq().number == 7);
    CHECK(message.count("CSeq") == 1);
    message.setRequestUri("sip:2103@192.0.2.30;x=%20");
    CHECK(message.requestUri().user == "2103");
    message.remove("Via");
    CHECK(message.topVia().host.empty());

    message.add("Route", "<sip:b;lr>");
    message.addFirst("Route", "<sip:a;lr>");
    message.add("Route", "<sip:c;lr>");
    CHECK(message.headers("Route") == Values{"<sip:a;lr>", "<sip:b;lr>", "<sip:c;lr>"});
    message.removeFirst("Route");
    CHECK(message.header("Route") == "<sip:b;lr>");
    message.removeFirst("No-Such-Header");
    const auto text = message.toString();
    CHECK(text.starts_with("INVITE sip:2103@192.0.2.30;x=%20 SIP/2.0\r\n"));
    CHECK(text.find("Route: <sip:b;lr>\r\nRoute: <sip:c;lr>\r\n") != std::string::npos);
}

TEST_CASE("a shared message is its own, and needs the first no more", "[sip][rfc3261-16.6]") {
    auto original = readMessage(RequestText{.more = "Route: <sip:192.0.2.1;lr>\r\n", .body = "v=0"}.text());
    const auto before = original.toString();
    auto copy = original.share();
    CHECK(copy.toString() == before);

    SECTION("changes to the copy leave the original alone") {
        copy.addFirst("Via", "SIP/2.0/UDP 192.0.2.1;branch=z9hG4bKours");
        copy.setRequestUri("sip:2102@192.0.2.20:5070");
        copy.remove("Route");
        copy.set("Max-Forwards", "69");
        copy.setBody("text/plain", "other");
        CHECK(original.toString() == before);
        CHECK(original.topVia().branch() == "z9hG4bKclient1");
        CHECK(original.body() == "v=0");
        CHECK(copy.topVia().branch() == "z9hG4bKours");
        CHECK(copy.header("Content-Type") == "text/plain");
        CHECK(copy.count("Via") == 2);
    }
    SECTION("the copy outlives the original, with all that was parsed") {
        original = Message::request("OPTIONS", "sip:nobody");
        CHECK(copy.toString() == before);
        CHECK(copy.topVia().host == "192.0.2.10");
        CHECK(copy.from().tag() == "alice");
        CHECK(copy.callId() == "call-1@192.0.2.10");
        CHECK(copy.cseq().method == "INVITE");
        CHECK(copy.requestUri().user == "2102");
        CHECK(copy.method() == Method::Invite);
    }
    SECTION("a response is shared as well") {
        const auto answer = Message::answer(original, 180, "bob", "Il sonne");
        const auto second = answer.share();
        CHECK_FALSE(second.isRequest());
        CHECK(second.toString() == answer.toString());
        CHECK(second.status() == 180);
        CHECK(second.reason() == "Il sonne");
        CHECK(second.method() == Method::Invite);
    }
}

TEST_CASE("an answer has what RFC 3261 wants of it and nothing else", "[sip][rfc3261-8.2.6]") {
    RequestText invite;
    invite.more =
        "Via: SIP/2.0/TCP 198.51.100.7;branch=z9hG4bKfar\r\nTimestamp: 54.2\r\nRecord-Route: <sip:p;lr>\r\n"
        "Subject: no\r\n";
    const auto request = readMessage(invite.text());

    SECTION("Via, From, To with our tag, Call-ID, CSeq; the views are the answer's own") {
        const auto answer = Message::answer(request, 404, "ours");
        CHECK(answer.toString() ==
              "SIP/2.0 404 Not Found\r\nVia: SIP/2.0/UDP 192.0.2.10:5060;branch=z9hG4bKclient1\r\n"
              "Via: SIP/2.0/TCP 198.51.100.7;branch=z9hG4bKfar\r\nFrom: <sip:2101@192.0.2.1>;tag=alice\r\n"
              "To: <sip:2102@192.0.2.1>;tag=ours\r\nCall-ID: call-1@192.0.2.10\r\nCSeq: 1 INVITE\r\n"
              "Content-Length: 0\r\n\r\n");
        CHECK(answer.to().tag() == "ours");
        CHECK(answer.topVia().branch() == "z9hG4bKclient1");
        CHECK(answer.method() == Method::Invite);
        CHECK(request.to().tag().empty());
    }
    SECTION("100 has the Timestamp, and a tag only if it is given one") {
        const auto answer = Message::answer(request, 100, "");
        CHECK(answer.header("Timestamp") == "54.2");
        CHECK(answer.to().tag().empty());
        CHECK_FALSE(Message::answer(request, 180, "x").header("Timestamp"));
    }
    SECTION("a To that has a tag keeps it, whatever its parameters") {
        invite.to = "<sip:2102@192.0.2.1;tag=no>;x=\";tag=no\"; TAG = theirs";
        const auto answer = Message::answer(readMessage(invite.text()), 200, "ours");
        CHECK(answer.header("To") == "<sip:2102@192.0.2.1;tag=no>;x=\";tag=no\"; TAG = theirs");
        CHECK(answer.to().tag() == "theirs");
    }
    SECTION("a reason of its own, or the standard one") {
        CHECK(Message::answer(request, 486, "x", "Occupé").reason() == "Occupé");
        CHECK(Message::answer(request, 486, "x").reason() == "Busy Here");
        CHECK(Message::response(599).reason() == "Unknown");
    }
}

TEST_CASE("a body has its type and its true length", "[sip][rfc3261-20.14]") {
    auto message = Message::request("MESSAGE", "sip:2101@h");
    message.setBody("text/plain;charset=UTF-8", "caf\xc3\xa9");
    CHECK(
        message.toString() ==
        "MESSAGE sip:2101@h SIP/2.0\r\nContent-Type: text/plain;charset=UTF-8\r\nContent-Length: 5\r\n\r\ncaf\xc3\xa9");
    message.setBody("application/x", std::string("\0\r\n\r\n\0", 6));
    CHECK(message.count("Content-Type") == 1);
    CHECK(message.body().size() == 6);
    message.setBody("", "");
    CHECK(message.toString() == "MESSAGE sip:2101@h SIP/2.0\r\nContent-Length: 0\r\n\r\n");
}

TEST_CASE("long values are kept whole", "[sip]") {
    const std::string value(4000, 'x');
    auto message = readMessage(RequestText{.more = "X-Long: " + value + "\r\n", .body = {}}.text());
    CHECK(message.header("X-Long") == value);
    message.add("X-Longer", value + value);
    CHECK(message.toString().find("X-Longer: " + value + value + "\r\n") != std::string::npos);
}

TEST_CASE("what a sender claims, and its credentials, are taken off as a whole",
          "[sip][security][rfc3325-5][rfc3324-2.3]") {
    const char* const claims[] = {"P-Asserted-Identity: <sip:17@h>\r\nP-Asserted-Identity: <tel:17>",
                                  "p-asserted-identity : <sip:17@h>",
                                  "P-ASSERTED-IDENTITY:\r\n <sip:17@h>",
                                  "P-Preferred-Identity: <sip:17@h>",
                                  "Remote-Party-ID: <sip:17@h>;party=calling",
                                  "Diversion: <sip:17@h>;reason=unconditional",
                                  "CC-Diversion: <sip:17@h>",
                                  "History-Info: <sip:17@h>;index=1",
                                  "Identity: eyJhbGciOi;info=<https://h/c>",
                                  "y: eyJhbGciOi",
                                  "Identity-Info: <https://h/c>;alg=rsa-sha1",
                                  "n: <https://h/c>",
                                  "P-Charging-Vector: icid-value=1",
                                  "P-Charging-Function-Addresses: ccf=192.0.2.1",
                                  "P-Access-Network-Info: 3GPP-GERAN",
                                  "P-Called-Party-ID: <sip:17@h>",
                                  "P-Associated-URI: <sip:17@h>",
                                  "P-Served-User: <sip:17@h>",
                                  "P-Asserted-Service: urn:urn-7:3gpp-service.ims.icsi.mmtel",
                                  "P-DCS-OSPS: EI"};
    const char* const credentials[] = {
        "Authorization: Digest username=\"2101\", realm=\"h\"",
        "Proxy-Authorization: Digest realm=\"elsewhere\"\r\nproxy-authorization: Bearer x",
        "WWW-Authenticate: Digest realm=\"h\", nonce=\"n\"",
        "PROXY-AUTHENTICATE: Digest realm=\"h\"",
        "Authentication-Info: nextnonce=\"n\"",
        "Proxy-Authentication-Info: rspauth=\"0\""};
    RequestText bare;
    bare.more = "X-Own: P-Asserted-Identity\r\nPrivacy: none\r\nRoute: <sip:h;lr>\r\n";
    const auto plain = readMessage(bare.text()).toString();
    const auto with = [&bare](const char* field) {
        auto request = bare;
        request.more += std::string{field} + "\r\n";
        return readMessage(request.text());
    };
    for (const auto* field : claims) {
        CAPTURE(field);
        auto message = with(field);
        message.removeCredentials();
        CHECK(message.toString() != plain);
        auto copy = message.share();
        copy.removeClaims();
        CHECK(copy.toString() == plain);
        CHECK(message.toString() != plain);
    }
    for (const auto* field : credentials) {
        CAPTURE(field);
        auto message = with(field);
        message.removeClaims();
        CHECK(message.toString() != plain);
        message.removeCredentials();
        CHECK(message.toString() == plain);
    }
    SECTION("what we say ourselves afterwards stays") {
        auto message = with("P-Asserted-Identity: <sip:17@h>");
        message.removeClaims();
        message.add("P-Asserted-Identity", "<sip:2101@h>");
        message.removeClaims();
        CHECK(message.headers("P-Asserted-Identity") == std::vector<std::string_view>{"<sip:2101@h>"});
    }
}
