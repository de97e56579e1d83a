// SPDX-License-Identifier: AGPL-3.0-or-later
//
// The reader's verdict on every message of the corpus, and what it makes of those that are known to mislead readers.

#include "sip/reader.hpp"
#include "support/corpus.hpp"
#include "support/sip_messages.hpp"

#include <catch2/catch.hpp>

#include <map>
#include <string>
#include <vector>

using namespace beffroi::sip;
using namespace beffroi::test;

namespace {

constexpr int kAccepted = 0;
constexpr int kDropped = -1;  // in silence

struct Expected {
    const char* file;
    int verdict;  // or the status of the refusal
    const char* why;
};

// RFC 4475 §3.1.1 and §3.4 are valid, §3.1.2 invalid, §3.3 is for whoever knows what it is about.
constexpr Expected kTorture[] = {
    {"rfc4475/wsinv.dat", kAccepted, "white space, folds and compact forms everywhere"},
    {"rfc4475/intmeth.dat", kAccepted, "every character that a token may have; BEL, NUL and DEL, escaped, in a name"},
    {"rfc4475/esc01.dat", kAccepted, "escapes in URIs"},
    {"rfc4475/escnull.dat", kAccepted, "escaped NULs in URIs"},
    {"rfc4475/esc02.dat", kAccepted, "% that is no escape: the method is another one than REGISTER"},
    {"rfc4475/lwsdisp.dat", kAccepted, "no space in front of <"},
    {"rfc4475/longreq.dat", kAccepted, "long values"},
    {"rfc4475/dblreq.dat", kAccepted, "a second request behind the first"},
    {"rfc4475/semiuri.dat", kAccepted, "; in a user part"},
    {"rfc4475/transports.dat", kAccepted, "transports nobody knows"},
    {"rfc4475/mpart01.dat", kAccepted, "NULs in the body"},
    {"rfc4475/unreason.dat", kAccepted, "UTF-8 in the reason phrase"},
    {"rfc4475/noreason.dat", kAccepted, "no reason phrase"},
    {"rfc4475/badinv01.dat", 400, "; and , in Via and Contact"},
    {"rfc4475/clerr.dat", 400, "Content-Length beyond the datagram"},
    {"rfc4475/ncl.dat", 400, "negative Content-Length"},
    {"rfc4475/scalar02.dat", 400, "CSeq, Max-Forwards and expires out of range"},
    {"rfc4475/scalarlg.dat", kDropped, "the same in a response"},
    {"rfc4475/quotbal.dat", 400, "open quote in To"},
    {"rfc4475/ltgtruri.dat", 400, "<> around the Request-URI"},
    {"rfc4475/lwsruri.dat", 400, "white space in the Request-URI"},
    {"rfc4475/lwsstart.dat", 400, "several spaces in the start line"},
    {"rfc4475/trws.dat", 400, "spaces behind the start line"},
    {"rfc4475/escruri.dat", 400, "header fields in the Request-URI"},
    {"rfc4475/baddate.dat", kAccepted, "Date not in GMT: nothing here reads it"},
    {"rfc4475/regbadct.dat", 400, "? in a Contact without <>"},
    {"rfc4475/badaspec.dat", 400, "spaces in an addr-spec"},
    {"rfc4475/baddn.dat", 400, "commas in a display name without quotes; no end of the header section either"},
    {"rfc4475/baddn-eoh.dat", 400, "the same with its end"},
    {"rfc4475/badvers.dat", 505, "SIP/7.0"},
    {"rfc4475/mismatch01.dat", 400, "CSeq of another method"},
    {"rfc4475/mismatch02.dat", 400, "CSeq of another method, both unknown"},
    {"rfc4475/bigcode.dat", kDropped, "status 4294967301"},
    {"rfc4475/badbranch.dat", 400, "a branch that is the cookie and nothing else"},
    {"rfc4475/insuf.dat", 400, "no From, To and Call-ID"},
    {"rfc4475/unkscm.dat", 416, "unknown scheme in the Request-URI"},
    {"rfc4475/novelsc.dat", 416, "soap.beep in the Request-URI"},
    {"rfc4475/unksm2.dat", kAccepted, "unknown schemes in To, From and Contact: the registrar refuses them"},
    {"rfc4475/bext01.dat", kAccepted, "unknown options: 420 is the exchange's"},
    {"rfc4475/invut.dat", kAccepted, "unknown Content-Type: the callee's business"},
    {"rfc4475/regaut01.dat", kAccepted, "unknown scheme of authorization: 401 is the exchange's"},
    {"rfc4475/multi01.dat", 400, "what may stand once stands twice"},
    {"rfc4475/mcl01.dat", 400, "two different Content-Length"},
    {"rfc4475/bcast.dat", kAccepted, "a broadcast address in the second Via: it answers nothing of ours"},
    {"rfc4475/zeromf.dat", kAccepted, "Max-Forwards 0: 483 is the exchange's"},
    {"rfc4475/cparam01.dat", kAccepted, "unknown parameter of a Contact"},
    {"rfc4475/cparam02.dat", kAccepted, "unknown parameter of a Contact's URI"},
    {"rfc4475/regescrt.dat", kAccepted, "escaped header fields in a Contact"},
    {"rfc4475/sdp01.dat", kAccepted, "Accept without SDP: the callee's business"},
    {"rfc4475/inv2543.dat", kAccepted, "of RFC 2543: no branch, no tag, no Content-Length"},
    {"rfc4475/test.dat", kDropped, "no version in the start line"},
    {"rfc5118/ipv6-good.dat", kAccepted, "§4.1"},
    {"rfc5118/ipv6-bad.dat", 400, "§4.2: IPv6 without brackets"},
    {"rfc5118/port-ambiguous.dat", kAccepted, "§4.3: the port is part of the address"},
    {"rfc5118/port-unambiguous.dat", kAccepted, "§4.4"},
    {"rfc5118/via-received-param-with-delim.dat", kAccepted, "§4.5"},
    {"rfc5118/via-received-param-no-delim.dat", kAccepted, "§4.5"},
    {"rfc5118/ipv6-in-sdp.dat", kAccepted, "§4.6"},
    {"rfc5118/mult-ip-in-header.dat", kAccepted, "§4.7"},
    {"rfc5118/mult-ip-in-sdp.dat", kAccepted, "§4.8"},
    {"rfc5118/ipv4-mapped-ipv6.dat", kAccepted, "§4.9"},
    {"rfc5118/ipv6-bug-abnf-3-colons.dat", kAccepted, "§4.10: three colons, as RFC 3261's grammar had it"},
    {"rfc5118/ipv6-correct-abnf-2-colons.dat", kAccepted, "§4.10"},
};

int verdictOn(std::string_view bytes) {
    auto result = Reader{}.read(bytes, Source::Datagram);
    const auto* refusal = std::get_if<Refusal>(&result);
    if (refusal == nullptr) return kAccepted;
    CHECK(refusal->answer.has_value() == (refusal->status != 0));
    return refusal->answer ? refusal->answer->status() : kDropped;
}

Message torture(const std::string& name) { return readMessage(corpusMessage("rfc4475/" + name + ".dat")); }

}  // namespace

TEST_CASE("every torture message has its verdict", "[sip][rfc4475][rfc5118]") {
    auto messages = corpus("rfc4475");
    messages.merge(corpus("rfc5118"));
    CHECK(messages.size() == std::size(kTorture));
    for (const auto& expected : kTorture) {
        CAPTURE(expected.file, expected.why);
        const auto found = messages.find(expected.file);
        REQUIRE(found != messages.end());
        CHECK(verdictOn(found->second) == expected.verdict);
    }
}

TEST_CASE("every message of a real phone is accepted, as a datagram and on a stream", "[sip]") {
    for (const auto& [name, bytes] : corpus("phones")) {
        CAPTURE(name);
        CHECK(verdictOn(bytes) == kAccepted);
        CHECK(std::holds_alternative<Message>(Reader{}.read(bytes, Source::Stream)));
    }
}

TEST_CASE("what is written again is read as the same, and written as the same", "[sip][rfc4475]") {
    for (const char* const folder : {"phones", "rfc4475", "rfc5118"}) {
        for (const auto& [name, bytes] : corpus(folder)) {
            if (verdictOn(bytes) != kAccepted) continue;
            CAPTURE(name);
            const auto first = readMessage(bytes);
            const auto text = first.toString();
            const auto second = readMessage(text);
            CHECK(second.toString() == text);
            CHECK(second.methodName() == first.methodName());
            CHECK(second.body() == first.body());
        }
    }
}

TEST_CASE("the tortuous INVITE is an INVITE like any other", "[sip][rfc4475-3.1.1.1]") {
    const auto message = torture("wsinv");
    CHECK(message.requestUri().text == "sip:vivekg@chair-dnrc.example.com;unknownparam");
    CHECK(message.to().tag() == "1918181833n");
    CHECK(displayNameText(message.from().displayName) == "J Rosenberg \\\"");
    CHECK(message.from().tag() == "98asjd8");
    CHECK(message.header("Max-Forwards") == "0068");
    CHECK(message.cseq().number == 9);
    CHECK(message.count("Via") == 3);
    CHECK(message.topVia().host == "192.0.2.2");
    CHECK(message.topVia().branch() == "390skdjuw");
    CHECK(message.header("Subject") == "");
    CHECK(message.header("Route") == "<sip:services.example.com;lr;unknownwith=value;unknown-no-value>");
    CHECK(message.header("NewFangledHeader") == "newfangled value continued newfangled value");
    CHECK(message.header("UnknownHeaderWithUnusualValue") == ";;,,;;,;");
    CHECK(message.body().size() == 150);
}

TEST_CASE("the request of all characters is read to its end", "[sip][rfc4475-3.1.1.2]") {
    const auto message = torture("intmeth");
    CHECK(message.methodName() == "!interesting-Method0123456789_*+`.%indeed'~");
    CHECK(message.requestUri().user == "1_unusual.URI~(to-be!sure)&isn't+it$/crazy?,/;;*");
    CHECK(message.requestUri().host == "example.com");
    CHECK(displayNameText(message.to().displayName) == "BEL:? NUL:? DEL:?");
    CHECK(message.to().uri.user == "1_unusual.URI~(to-be!sure)&isn't+it$/crazy?,/;;*");
    CHECK(message.from().uri.text == "sip:mundane@example.com");
    CHECK(message.callId() == "intmeth.word%ZK-!.*_+'@word`~)(><:\\/\"][?}{");
    CHECK(message.header("extensionHeader-!.%*+_`'~").value_or("").size() > 10);
    CHECK(message.cseq().number == 139122385);
}

TEST_CASE("an escape stands for its character, once", "[sip][rfc4475-3.1.1.3]") {
    const auto message = torture("esc01");
    CHECK(message.requestUri().userUnescaped() == "sips:user@example.com");
    CHECK(equivalent(message.to().uri, *parseUri("sip:user@example.com")));
    const auto contact = parseNameAddr(message.header("Contact").value());
    REQUIRE(contact);
    CHECK(contact->uri.userUnescaped() == "caller");
    CHECK(contact->uri.looseRouter());
    CHECK(unescape(contact->uri.params.find("name").value()) == "value%41");

    SECTION("a NUL does not end a user part", "[rfc4475-3.1.1.4]") {
        const auto nulls = torture("escnull");
        CHECK(nulls.to().uri.userUnescaped().size() == 11);
        const auto contacts = nulls.headers("Contact");
        REQUIRE(contacts.size() == 2);
        CHECK_FALSE(equivalent(parseNameAddr(contacts[0])->uri, parseNameAddr(contacts[1])->uri));
    }
    SECTION("and in a method none stands for anything", "[rfc4475-3.1.1.5]") {
        const auto other = torture("esc02");
        CHECK(other.method() == Method::Other);
        CHECK(other.methodName() == "RE%47IST%45R");
        CHECK(other.count("Contact") == 2);
    }
}

TEST_CASE("what misleads a careless reader does not mislead this one", "[sip][rfc4475]") {
    SECTION("a second request in a datagram is nobody's", "[rfc4475-3.1.1.8]") {
        const auto message = torture("dblreq");
        CHECK(message.method() == Method::Register);
        CHECK(message.body().empty());
        CHECK(message.toString().find("INVITE") == std::string::npos);
    }
    SECTION("long values are kept", "[rfc4475-3.1.1.7]") {
        const auto message = torture("longreq");
        CHECK(message.count("Via") == 34);
        CHECK(message.from().uri.user.size() == 115);
        std::string name{"Unknown-"};
        for (int i = 0; i < 20; ++i) name += "Long";
        CHECK(message.header((name + "-Name").c_str()).value_or("").size() > 100);
    }
    SECTION("the user part goes to the last character before @", "[rfc4475-3.1.1.9]") {
        CHECK(torture("semiuri").requestUri().userUnescaped() == "user;par=u@example.net");
    }
    SECTION("a parameter belongs to the contact or to its URI", "[rfc4475-3.3.12]") {
        const auto outside = torture("cparam01");
        const auto inside = torture("cparam02");
        const auto first = parseNameAddr(outside.header("Contact").value());
        const auto second = parseNameAddr(inside.header("Contact").value());
        CHECK(first->params.has("unknownparam"));
        CHECK_FALSE(first->uri.params.has("unknownparam"));
        CHECK_FALSE(second->params.has("unknownparam"));
        CHECK(second->uri.params.has("unknownparam"));
    }
    SECTION("a route hidden in a contact stays there", "[rfc4475-3.3.14]") {
        const auto message = torture("regescrt");
        CHECK(message.count("Route") == 0);
        CHECK(message.toString().find("\r\nContact: <sip:user@example.com?Route=%3Csip:sip.example.com%3E>\r\n") !=
              std::string::npos);
    }
    SECTION("options are told one by one", "[rfc4475-3.3.5]") {
        const auto message = torture("bext01");
        CHECK(message.headers("Require") ==
              std::vector<std::string_view>{"nothingSupportsThis", "nothingSupportsThisEither"});
        CHECK(message.headers("Proxy-Require") ==
              std::vector<std::string_view>{"noProxiesSupportThis", "norDoAnyProxiesSupportThis"});
    }
    SECTION("a body has its NULs", "[rfc4475-3.1.1.11]") {
        const auto message = torture("mpart01");
        CHECK(message.body().size() == 553);
        CHECK(message.body().find('\0') != std::string_view::npos);
    }
    SECTION("a reason is any text, or none", "[rfc4475-3.1.1.12]") {
        CHECK(torture("unreason").reason().starts_with("= 2**3 * 5**2 \xd0\xbd\xd0\xbe "));
        CHECK(torture("noreason").reason() == "Trying");
    }
    SECTION("the last group of an address is no port", "[rfc5118-4.3]") {
        const auto ambiguous = readMessage(corpusMessage("rfc5118/port-ambiguous.dat"));
        CHECK(ambiguous.requestUri().host == "2001:db8::10:5070");
        CHECK(ambiguous.requestUri().port == 0);
        CHECK(readMessage(corpusMessage("rfc5118/port-unambiguous.dat")).requestUri().port == 5070);
    }
}
