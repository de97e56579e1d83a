// SPDX-License-Identifier: AGPL-3.0-or-later
#include "registrar/registrar.hpp"

#include "registrar_stage.hpp"

#include <catch2/catch.hpp>

using namespace beffroi;
using namespace beffroi::registrar;
using namespace beffroi::test;

namespace {

const std::string kDesk = "<sip:2101@192.0.2.10>";
const std::string kCell = "<sip:2101@192.0.2.11>";
const std::string kUrn = "+sip.instance=\"<urn:uuid:00000000-0000-1000-8000-000a95a0e128>\"";

Register withContacts(std::vector<std::string> contacts, unsigned cseq = 1) {
    Register request;
    request.contacts = std::move(contacts);
    request.cseq = cseq;
    return request;
}

// How long the first binding of the answer lasts.
std::string grantedBy(const sip::Message& answer) {
    const auto contacts = contactsOf(answer);
    if (contacts.empty()) return "none";
    return contacts[0].substr(contacts[0].find("expires=") + 8);
}

}  // namespace

TEST_CASE("an answer lists every binding with the time that is left", "[registrar][rfc3261-10.3]") {
    RegistrarStage stage;
    auto first = withContacts({"\"Accueil\" " + kDesk + ";q=0.5;expires=300;methods=\"INVITE, BYE\""});
    const auto answer = stage.answerTo(first);
    CHECK(answer.status() == 200);
    CHECK(answer.to().tag() == "ours");
    CHECK(answer.header("Date") == "Mon, 03 May 2027 09:00:00 GMT");
    CHECK(contactsOf(answer) == Texts{kDesk + ";q=0.5;methods=\"INVITE, BYE\";expires=300"});

    stage.pass(100s);
    auto second = withContacts({kCell});
    second.callId = "boot-2@192.0.2.11";
    second.more = "Expires: 600\r\n";
    CHECK(contactsOf(stage.answerTo(second)) ==
          Texts{kDesk + ";q=0.5;methods=\"INVITE, BYE\";expires=200", kCell + ";expires=600"});

    SECTION("a query changes nothing and needs no disk") {
        stage.ask(withContacts({}));
        CHECK(stage.store.waiting() == 0);
        REQUIRE(stage.answers.size() == 1);
        CHECK(contactsOf(stage.answers[0]).size() == 2);
        CHECK(stage.store.renewals.empty());
    }
    SECTION("a call rings by q, those that do not say it first") {
        CHECK(stage.rings() == Texts{"sip:2101@192.0.2.11", "sip:2101@192.0.2.10"});
    }
    SECTION("what expires is no longer listed, and is swept") {
        stage.pass(200s);
        CHECK(contactsOf(stage.answerTo(withContacts({}))) == Texts{kCell + ";expires=400"});
        stage.store.finishAll();
        CHECK(stage.store.rows.size() == 1);
        CHECK(stage.registrar->table().size() == 1);
    }
    SECTION("one binding is removed by its expires, whatever the header says") {
        auto gone = withContacts({kDesk + ";expires=0"}, 2);
        gone.more = "Expires: 3600\r\n";
        CHECK(contactsOf(stage.answerTo(gone)) == Texts{kCell + ";expires=600"});
        CHECK(stage.store.rows.size() == 1);
        CHECK(contactsOf(stage.answerTo(withContacts({"<sip:2101@192.0.2.99>;expires=0"}, 3))).size() == 1);
    }
    SECTION("several are added, renewed and removed at once") {
        auto all = withContacts({kDesk + ";expires=120", kCell + ";expires=0", "<sip:2101@192.0.2.12>"}, 2);
        CHECK(contactsOf(stage.answerTo(all)) == Texts{kDesk + ";expires=120", "<sip:2101@192.0.2.12>;expires=3600"});
    }
}

TEST_CASE("the time granted", "[registrar][rfc3261-10.3]") {
    RegistrarStage stage;
    struct Line {
        const char* parameter;
        const char* header;
        const char* granted;  // nullptr: 423
    };
    const auto line = GENERATE(values<Line>({
        {"", "", "3600"},
        {";expires=120", "", "120"},
        {"", "Expires: 120\r\n", "120"},
        {";expires=120", "Expires: 7000\r\n", "120"},
        {";EXPIRES=120", "Expires: 0\r\n", "120"},
        {";expires=60", "", "60"},
        {";expires=7201", "", "7200"},
        {"", "Expires: 4294967295\r\n", "7200"},
        {";expires=4294967296", "", "3600"},
        {";expires=soon", "Expires: 120\r\n", "3600"},
        {";expires=\"120\"", "", "3600"},
        {";expires", "", "3600"},
        {";expires=-1", "", "3600"},
        {";expires=0", "", "none"},
        {";expires=59", "", nullptr},
        {";expires=1", "Expires: 3600\r\n", nullptr},
        {"", "Expires: 59\r\n", nullptr},
    }));
    CAPTURE(line.parameter, line.header);
    auto request = withContacts({kDesk + line.parameter});
    request.more = line.header;
    const auto answer = stage.answerTo(request);
    if (line.granted != nullptr) {
        CHECK(answer.status() == 200);
        CHECK(grantedBy(answer) == line.granted);
    } else {
        CHECK(answer.status() == 423);
        CHECK(answer.header("Min-Expires") == "60");
        CHECK(stage.rings().empty());
    }
}

TEST_CASE("Contact: * removes all bindings, and only if it is meant", "[registrar][rfc3261-10.2.2]") {
    RegistrarStage stage;
    REQUIRE(stage.statusOf(withContacts({kDesk, kCell})) == 200);

    struct Line {
        std::vector<std::string> contacts;
        const char* header;
        int status;
    };
    const auto line = GENERATE(values<Line>({
        {{"*"}, "Expires: 0\r\n", 200},
        {{"*"}, "", 400},
        {{"*"}, "Expires: 3600\r\n", 400},
        {{"*"}, "Expires: never\r\n", 400},
        {{"*", kDesk}, "Expires: 0\r\n", 400},
        {{kDesk, "*"}, "Expires: 0\r\n", 400},
        {{"*", "*"}, "Expires: 0\r\n", 400},
    }));
    CAPTURE(line.contacts, line.header);
    auto request = withContacts(line.contacts, 2);
    request.more = line.header;
    const auto answer = stage.answerTo(request);
    CHECK(answer.status() == line.status);
    CHECK(contactsOf(answer).empty());
    CHECK(stage.rings().empty() == (line.status == 200));
    CHECK(stage.store.rows.empty() == (line.status == 200));
}

TEST_CASE("a REGISTER older than the one that made a binding changes nothing", "[registrar][rfc3261-10.3]") {
    RegistrarStage stage;
    REQUIRE(stage.statusOf(withContacts({kDesk}, 5)) == 200);
    auto other = withContacts({kCell}, 1);
    other.callId = "boot-2@192.0.2.11";
    REQUIRE(stage.statusOf(other) == 200);
    stage.store.renewals.clear();

    SECTION("same Call-ID, same or lower CSeq: 500, and nothing of it is done") {
        for (const unsigned cseq : {5U, 4U}) {
            CHECK(stage.statusOf(withContacts({"<sip:2101@192.0.2.12>", kDesk}, cseq)) == 500);
            CHECK(stage.statusOf(withContacts({kDesk + ";expires=0"}, cseq)) == 500);
            CHECK(stage.statusOf(withContacts({kCell + ";expires=0", kDesk + ";expires=0"}, cseq)) == 500);
            auto all = withContacts({"*"}, cseq);
            all.more = "Expires: 0\r\n";
            CHECK(stage.statusOf(all) == 500);
        }
        CHECK(stage.rings() == Texts{"sip:2101@192.0.2.11", "sip:2101@192.0.2.10"});
        CHECK(stage.store.rows.size() == 2);
        CHECK(stage.store.renewals.empty());
    }
    SECTION("a higher CSeq, or another Call-ID, is newer") {
        CHECK(stage.statusOf(withContacts({kDesk}, 6)) == 200);
        CHECK(stage.statusOf(withContacts({kDesk}, 6)) == 500);
        auto rebooted = withContacts({kDesk + ";expires=0"}, 1);
        rebooted.callId = "boot-3@192.0.2.10";
        CHECK(stage.statusOf(rebooted) == 200);
        CHECK(stage.rings() == Texts{"sip:2101@192.0.2.11"});
    }
    SECTION("a contact that stands twice in one request is no later request") {
        CHECK(stage.statusOf(withContacts({kDesk + ";expires=100", kDesk + ";expires=200"}, 6)) == 200);
        CHECK(grantedBy(stage.answerTo(withContacts({}))) == "200");
    }
}

TEST_CASE("contacts are the same by what they mean", "[registrar][rfc3261-19.1.4]") {
    RegistrarStage stage;
    struct Line {
        const char* first;
        const char* second;
        bool same;
    };
    const auto line = GENERATE(values<Line>({
        {"<sip:2101@phone.ville.example>", "<sip:2101@PHONE.ville.example>", true},
        {"<sip:%32101@192.0.2.10>", "<sip:2101@192.0.2.10>", true},
        {"<sip:2101@192.0.2.10;transport=udp>", "<sip:2101@192.0.2.10;Transport=UDP>", true},
        {"<sip:2101@192.0.2.10;line=a>", "<sip:2101@192.0.2.10>", true},
        {"\"A\" <sip:2101@192.0.2.10>", "sip:2101@192.0.2.10;q=0.1", true},
        {"<sip:2101@[2001:db8::1]:5062>", "<sip:2101@[2001:DB8::1]:5062>", true},
        {"<sip:2101@192.0.2.10>", "<sip:2101@192.0.2.10:5060>", false},
        {"<sip:2101@192.0.2.10>", "<sip:2101@192.0.2.10;transport=udp>", false},
        {"<sip:2101@192.0.2.10;line=a>", "<sip:2101@192.0.2.10;line=b>", false},
        {"<sip:a@192.0.2.10>", "<sip:A@192.0.2.10>", false},
        {"<sip:2101@192.0.2.10>", "<sip:192.0.2.10>", false},
    }));
    CAPTURE(line.first, line.second);
    REQUIRE(stage.statusOf(withContacts({line.first}, 1)) == 200);
    REQUIRE(stage.statusOf(withContacts({line.second}, 2)) == 200);
    CHECK(stage.rings().size() == (line.same ? 1U : 2U));
}

TEST_CASE("no more contacts than allowed", "[registrar]") {
    RegistrarSettings settings;
    settings.maximumContacts = 2;
    RegistrarStage stage{settings};
    const std::string third = "<sip:2101@192.0.2.12>";
    CHECK(stage.statusOf(withContacts({kDesk, kCell, third}, 1)) == 403);
    CHECK(stage.rings().empty());
    CHECK(stage.statusOf(withContacts({kDesk, kCell}, 2)) == 200);
    CHECK(stage.statusOf(withContacts({third}, 3)) == 403);
    CHECK(stage.statusOf(withContacts({kDesk}, 4)) == 200);
    CHECK(stage.statusOf(withContacts({kDesk + ";expires=0", third}, 5)) == 200);
    CHECK(stage.rings() == Texts{"sip:2101@192.0.2.12", "sip:2101@192.0.2.11"});

    SECTION("what has expired makes room") {
        stage.clock.advance(3601s);
        CHECK(stage.statusOf(withContacts({"<sip:2101@192.0.2.13>"}, 6)) == 200);
        CHECK(stage.store.rows.size() == 1);
    }
    SECTION("who had more before the limit was lowered may ask, renew and remove, not add") {
        stage.settings.maximumContacts = 1;
        stage.restart();
        CHECK(stage.statusOf(withContacts({}, 6)) == 200);
        CHECK(stage.statusOf(withContacts({third, kCell}, 7)) == 200);
        CHECK(stage.statusOf(withContacts({kDesk}, 8)) == 403);
        CHECK(stage.statusOf(withContacts({kCell + ";expires=0"}, 9)) == 200);
        CHECK(stage.rings() == Texts{"sip:2101@192.0.2.12"});
    }
}

TEST_CASE("a Path is kept in order and given back", "[registrar][rfc3327-5.3]") {
    RegistrarStage stage;
    auto request = withContacts({kDesk});
    const Texts path{"<sip:edge1.ville.example;lr>", "<sip:edge2.ville.example;lr>"};
    request.more = "Path: " + path[0] + "\r\nPath: " + path[1] + "\r\n";

    SECTION("from a telephone that knows of it") {
        request.more += "Supported: gruu, path\r\n";
        const auto answer = stage.answerTo(request);
        CHECK(answer.status() == 200);
        const auto given = answer.headers("Path");
        CHECK(Texts(given.begin(), given.end()) == path);
        assertOnLoop();
        CHECK(stage.registrar->table().of("2101").at(0).path == path);
        CHECK(stage.store.rows.begin()->second.path == path);

        request.cseq = 2;
        request.more = "Path: " + path[1] + "," + path[0] + "\r\nSupported: path\r\n";
        stage.ask(request);
        CHECK(stage.store.waiting() == 1);  // another way is no mere renewal
        stage.store.finishAll();
        CHECK(stage.store.rows.begin()->second.path == Texts{path[1], path[0]});
    }
    SECTION("and leads to who sent the REGISTER, not to where it says") {
        request.more += "Supported: path\r\n";
        for (const auto* contact : {"<sip:2101@192.0.2.10>", "<sip:2101@192.0.2.10:5070>",
                                    "<sip:2101@192.0.2.10;transport=tcp>", "<sip:2101@elsewhere.example>"}) {
            request.contacts = {contact};
            ++request.cseq;
            REQUIRE(stage.statusOf(request) == 200);
            assertOnLoop();
            for (const auto& binding : stage.registrar->table().of("2101")) CHECK(binding.flow == request.flow);
        }
    }
    SECTION("from one that does not: 420 tells it that somebody added one") {
        const auto answer = stage.answerTo(request);
        CHECK(answer.status() == 420);
        CHECK(answer.header("Unsupported") == "path");
        CHECK(stage.rings().empty());
    }
}

TEST_CASE("a telephone that rebooted replaces its contact", "[registrar][rfc5626-4.1]") {
    RegistrarStage stage;
    const auto boot = [](std::vector<std::string> contacts, int number) {
        auto request = withContacts(std::move(contacts));
        request.callId = "boot-" + std::to_string(number) + "@192.0.2.10";
        return request;
    };
    REQUIRE(stage.statusOf(boot({kDesk + ';' + kUrn}, 1)) == 200);

    SECTION("the same instance at another address") {
        const auto answer = stage.answerTo(boot({kCell + ';' + kUrn}, 2));
        CHECK(contactsOf(answer) == Texts{kCell + ';' + kUrn + ";expires=3600"});
        CHECK(stage.rings() == Texts{"sip:2101@192.0.2.11"});
        CHECK(stage.store.rows.size() == 1);
    }
    SECTION("an old request of it does not bring the old contact back") {
        auto moved = boot({kCell + ';' + kUrn}, 1);
        moved.cseq = 9;
        REQUIRE(stage.statusOf(moved) == 200);
        auto late = boot({kDesk + ';' + kUrn}, 1);
        late.cseq = 8;
        CHECK(stage.statusOf(late) == 500);
        CHECK(stage.rings() == Texts{"sip:2101@192.0.2.11"});
    }
    SECTION("another instance, none, another flow of it, or another account's is another telephone") {
        CHECK(stage.statusOf(boot({"<sip:2101@192.0.2.12>;+sip.instance=\"<urn:uuid:1>\""}, 2)) == 200);
        CHECK(stage.statusOf(boot({"<sip:2101@192.0.2.13>"}, 3)) == 200);
        auto second = boot({"<sip:2101@192.0.2.14>;reg-id=2;" + kUrn}, 4);
        second.more = "Supported: outbound\r\n";
        CHECK(stage.statusOf(second) == 200);
        auto cloned = boot({kCell + ';' + kUrn}, 5);
        cloned.account = "2101-atelier";
        CHECK(stage.statusOf(cloned) == 200);
        CHECK(stage.rings().size() == 5);
        auto again = boot({"<sip:2101@192.0.2.15>;reg-id=2;" + kUrn}, 6);
        again.more = second.more;
        CHECK(stage.statusOf(again) == 200);
        CHECK(stage.rings().size() == 5);
    }
    SECTION("at an address that another had: one contact is one binding") {
        REQUIRE(stage.statusOf(boot({kCell + ";+sip.instance=\"<urn:uuid:1>\""}, 2)) == 200);
        REQUIRE(stage.statusOf(boot({kCell + ';' + kUrn}, 3)) == 200);
        CHECK(stage.rings() == Texts{"sip:2101@192.0.2.11"});
        CHECK(stage.store.rows.size() == 1);
    }
    SECTION("two contacts of one telephone in one request stay two, and renew") {
        const Texts both{kDesk + ';' + kUrn, kCell + ';' + kUrn};
        REQUIRE(stage.statusOf(boot(both, 2)) == 200);
        CHECK(stage.rings().size() == 2);
        auto again = boot({both[1], both[0]}, 2);
        again.cseq = 2;
        stage.ask(again);
        CHECK(stage.store.waiting() == 0);
        CHECK(stage.store.renewals.size() == 2);
        CHECK(stage.rings().size() == 2);
        stage.answers.clear();
        CHECK(stage.statusOf(boot({"<sip:2101@192.0.2.12>;" + kUrn}, 3)) == 200);
        CHECK(stage.rings() == Texts{"sip:2101@192.0.2.12"});
        CHECK(stage.store.rows.size() == 1);
    }
}

TEST_CASE("a device registers its own number only", "[registrar][rfc3261-10.3]") {
    RegistrarStage stage;
    struct Line {
        const char* to;
        const char* uri;
        int status;
    };
    const auto line = GENERATE(values<Line>({
        {"<sip:2101@ville.example>", "sip:ville.example", 200},
        {"<sip:2101-bureau@ville.example>", "sip:ville.example", 200},
        {"\"Accueil\" <sip:%32101@192.0.2.1>", "sip:192.0.2.1", 200},
        {"<sips:2101@ville.example>", "sip:ville.example", 200},
        {"<sip:2102@ville.example>", "sip:ville.example", 403},
        {"<sip:2101-atelier@ville.example>", "sip:ville.example", 403},
        {"<sip:ville.example>", "sip:ville.example", 403},
        {"<sip:2101@elsewhere.example>", "sip:ville.example", 404},
        {"<sip:2101@ville.example>", "sip:elsewhere.example", 404},
        {"<tel:2101>", "sip:ville.example", 400},
        {"<mailto:2101@ville.example>", "sip:ville.example", 400},
    }));
    CAPTURE(line.to, line.uri);
    auto request = withContacts({kDesk});
    request.to = line.to;
    request.uri = line.uri;
    CHECK(stage.statusOf(request) == line.status);
    CHECK(stage.rings().size() == (line.status == 200 ? 1U : 0U));
    CHECK(stage.rings("2102").empty());
}

TEST_CASE("a refusal says what it has to do with safety", "[registrar][security]") {
    registrar::RegistrarSettings settings;
    settings.maximumContacts = 1;
    RegistrarStage stage{settings};
    struct Line {
        Texts contacts;
        const char* more;
        const char* to;
        const char* concern;
    };
    const auto* own = "<sip:2101@ville.example>";
    const auto line = GENERATE_COPY(values<Line>({
        {{kDesk}, "", own, ""},
        {{kDesk + ";expires=5"}, "", own, ""},  // too brief: telephones ask and are told
        {{kDesk, kCell}, "", own, "session-limit: too many contacts"},
        {{"<sips:2101@192.0.2.10>"}, "", own, "invalid-transport: a sips contact without TLS"},
        {{kDesk}, "Path: <sip:edge.ville.example;lr>\r\n", own, "request-not-supported: Path without Supported: path"},
        {{"*"}, "", own, "bad-request: Contact: * needs Expires: 0 and no other contact"},
        {{kDesk + ";q=9"}, "", own, "bad-request: malformed q"},
        {{kDesk}, "", "<sip:2102@ville.example>", "request-not-allowed: third-party registration"},
        {{kDesk}, "", "<sip:2101@elsewhere.example>", "request-not-allowed: not a domain of ours"},
        {{kDesk}, "", "<tel:2101>", "bad-request: To is no SIP address"},
    }));
    auto request = withContacts(line.contacts);
    request.more = line.more;
    request.to = line.to;
    CAPTURE(line.concern, stage.statusOf(request));
    CHECK(stage.concerns == (*line.concern == 0 ? Texts{} : Texts{line.concern}));
}

TEST_CASE("hostile contacts are refused whole", "[registrar][rfc4475-3.3]") {
    RegistrarStage stage;
    const auto contact = GENERATE(values<std::string>({
        "<tel:2101>",
        "<http://192.0.2.10/>",
        "<mailto:2101@ville.example>",
        "<sip:2101@192.0.2.12>;q=2",
        "<sip:2101@192.0.2.12>;q=1.001",
        "<sip:2101@192.0.2.12>;q=0.1234",
        "<sip:2101@192.0.2.12>;q=-1",
        "<sip:2101@192.0.2.12>;q=",
        "<sip:2101@192.0.2.12>;q",
        "<sip:2101@192.0.2.12>;q=high",
    }));
    CAPTURE(contact);
    auto request = withContacts({kDesk, contact});
    int status = 400;
    try {
        status = stage.statusOf(request);
    } catch (const std::runtime_error& refusedByReader) {
        CHECK(std::string{refusedByReader.what()}.starts_with("refused: malformed"));
    }
    CHECK(status == 400);
    CHECK(stage.rings().empty());
    CHECK(stage.store.rows.empty());
}

TEST_CASE("q is heard to the thousandth", "[registrar][rfc3261-25.1]") {
    RegistrarStage stage;
    const auto [text, thousandths] = GENERATE(table<const char*, int>(
        {{"0", 0}, {"0.", 0}, {"0.001", 1}, {"0.5", 500}, {"0.25", 250}, {"1", 1000}, {"1.0", 1000}, {"1.000", 1000}}));
    CAPTURE(text);
    REQUIRE(stage.statusOf(withContacts({kDesk + ";q=" + text})) == 200);
    assertOnLoop();
    CHECK(stage.registrar->table().of("2101").at(0).q == thousandths);
}

TEST_CASE("a telephone is reached by its own address, behind NAT by the way it came, or by its URI",
          "[registrar][rfc3261-19.1.1][rfc3581]") {
    RegistrarStage stage;
    struct Line {
        const char* contact;
        Flow flow;
        std::optional<Flow> expected;
    };
    const auto line = GENERATE(values<Line>({
        {"<sip:2101@192.0.2.10:5062>", udpFlow(10, 33000), udpFlow(10, 5062)},
        {"<sip:2101@192.0.2.10>", udpFlow(10, 33000), udpFlow(10, 5060)},
        {"<sip:2101@192.0.2.66>", udpFlow(10, 33000), udpFlow(10, 33000)},
        {"<sip:2101@192.0.2.10;transport=tcp>", udpFlow(10), std::nullopt},
        {"<sip:2101@192.0.2.66;transport=tcp>", tcpFlow(10, 7), tcpFlow(10, 7)},
        {"<sip:desk-7%40lobby@192.0.2.66;transport=tcp>", tcpFlow(10, 7), tcpFlow(10, 7)},
        {"<sip:192.0.2.66;transport=tcp>", tcpFlow(10, 7), tcpFlow(10, 7)},
    }));
    CAPTURE(line.contact);
    auto request = withContacts({line.contact});
    request.flow = line.flow;
    REQUIRE(stage.statusOf(request) == 200);
    assertOnLoop();
    const auto& binding = stage.registrar->table().of("2101").at(0);
    CHECK(binding.flow == line.expected);
    CHECK(stage.registrar->flowOf(*sip::parseUri(binding.contact)) == line.expected);
    CHECK_FALSE(stage.registrar->flowOf(*sip::parseUri("sip:2101@192.0.2.77")));
}

TEST_CASE("a contact that asks for TLS comes by TLS", "[registrar][rfc5630-5]") {
    RegistrarStage stage;
    auto request = withContacts({"<sips:2101@192.0.2.10>"});
    CHECK(stage.statusOf(request) == 400);
    request.flow = Flow{Transport::Tls, 2, 7, udpFlow(10).remote};
    CHECK(stage.statusOf(request) == 200);
    assertOnLoop();
    CHECK(stage.registrar->table().of("2101").at(0).flow == request.flow);
}

TEST_CASE("a telephone that watches over its flow is told how often, and is watched", "[registrar][rfc5626-6]") {
    RegistrarStage stage;
    const auto registering = [](const Flow& flow, const std::string& more = "Supported: path, outbound\r\n",
                                const std::string& parameters = ";reg-id=1;" + kUrn) {
        auto request = withContacts({"<sip:2101@192.0.2.10:5070>" + parameters});
        request.more = more;
        request.flow = flow;
        request.callId = flow.remote.toString();
        return request;
    };
    const auto plain = [&](const Register& request) {
        const auto answer = stage.answerTo(request);
        CHECK(answer.status() == 200);
        CHECK(answer.header("Supported") == "path, outbound");
        return answer.count("Require") == 0 && answer.count("Flow-Timer") == 0 && stage.wire.expected.empty();
    };

    SECTION("by UDP sooner than NAT forgets, and reached by the flow itself") {
        const auto flow = udpFlow(10, 33000);
        const auto answer = stage.answerTo(registering(flow));
        CHECK(answer.header("Require") == "outbound");
        CHECK(answer.header("Flow-Timer") == "29");
        CHECK(stage.wire.expected.at(flow) == 29s + 40s);
        assertOnLoop();
        CHECK(stage.registrar->table().of("2101").at(0).flow == flow);

        SECTION("and is gone when it has fallen silent, on the disk too") {
            stage.registrar->flowFailed(flow);
            CHECK(stage.rings().empty());
            stage.store.finishAll();
            CHECK(stage.store.rows.empty());
        }
        SECTION("after a restart too") {
            stage.wire.expected.clear();
            stage.restart();
            CHECK(stage.wire.expected.at(flow) == 29s + 40s);
        }
    }
    SECTION("by a connection, each time it renews") {
        auto request = registering(tcpFlow(10, 7));
        CHECK(stage.answerTo(request).header("Flow-Timer") == "120");
        CHECK(stage.wire.expected.at(tcpFlow(10, 7)) == 120s + 45s);
        stage.wire.expected.clear();
        ++request.cseq;
        CHECK(stage.answerTo(request).header("Require") == "outbound");
        CHECK(stage.wire.expected.size() == 1);
        stage.wire.expected.clear();
        request.contacts[0] += ";expires=0";
        ++request.cseq;
        CHECK(plain(request));
    }
    SECTION("not one that does not say that it knows how, has no instance or no proper reg-id") {
        CHECK(plain(registering(udpFlow(10), "Supported: path\r\n")));
        CHECK(plain(registering(udpFlow(11), "Supported: outbound\r\n", ";reg-id=1")));
        CHECK(plain(registering(udpFlow(12), "Supported: outbound\r\n", ';' + kUrn)));
        CHECK(plain(registering(udpFlow(13), "Supported: outbound\r\n", ";reg-id=0;" + kUrn)));
        CHECK(plain(registering(udpFlow(14), "Supported: outbound\r\n", ";reg-id=one;" + kUrn)));
    }
    SECTION("behind a first hop that knows flows, not behind one that does not") {
        const std::string supported = "Supported: path, outbound\r\n";
        const auto answer = stage.answerTo(registering(udpFlow(1), supported + "Path: <sip:edge.example;lr;ob>\r\n"));
        CHECK(answer.header("Require") == "outbound");
        // Keep-alives end there: it is for that hop to watch (RFC 5626 §5.4).
        CHECK(answer.count("Flow-Timer") == 0);
        CHECK(stage.wire.expected.empty());
        stage.restart();
        CHECK(stage.wire.expected.empty());
        for (const auto* hop : {"Path: <sip:edge.example;lr>\r\n", "Path: <sip:a.example;lr;ob>,<sip:b.example;lr>\r\n",
                                "Via: SIP/2.0/UDP phone;branch=z9hG4bK1\r\n"}) {
            CAPTURE(hop);
            CHECK(stage.statusOf(registering(udpFlow(2), supported + hop)) == 439);
        }
    }
    SECTION("one flow in one REGISTER; each has a binding of its own") {
        auto two = registering(udpFlow(10));
        two.contacts.push_back("<sip:2101@192.0.2.10:5071>;reg-id=2;" + kUrn);
        CHECK(stage.statusOf(two) == 400);
        REQUIRE(stage.statusOf(registering(udpFlow(10))) == 200);
        auto second = registering(udpFlow(11));
        second.contacts = {"<sip:2101@192.0.2.10:5071>;reg-id=2;" + kUrn};
        second.callId = "second";
        REQUIRE(stage.statusOf(second) == 200);
        assertOnLoop();
        const auto live = stage.registrar->table().live("2101");
        REQUIRE(live.size() == 2);
        CHECK(registrar::sameInstance(*live[0], *live[1]));
        second.contacts = {"<sip:2101@192.0.2.10:5072>;reg-id=02;" + kUrn};  // the same flow, after a reboot
        second.callId = "third";
        REQUIRE(stage.statusOf(second) == 200);
        CHECK(stage.rings() == Texts{"sip:2101@192.0.2.10:5072", "sip:2101@192.0.2.10:5070"});
    }
}

TEST_CASE("a flow is told by its telephone and reg-id, whatever its URI", "[registrar][rfc5626-6]") {
    RegistrarStage stage;
    const auto asking = [](int host, const std::string& parameters, const std::string& account = "2101-bureau") {
        auto request = withContacts({"<sip:2101@10.0.0.7:5070>" + parameters});
        request.more = "Supported: outbound\r\n";
        request.flow = udpFlow(host, 33000);
        request.callId = std::to_string(host);
        request.account = account;
        return request;
    };
    const auto flows = [&stage] {
        assertOnLoop();
        std::vector<std::string> remotes;
        for (const auto& binding : stage.registrar->table().of("2101")) {
            remotes.push_back(binding.flow->remote.toString());
        }
        return remotes;
    };
    const std::string other = R"(+sip.instance="<urn:uuid:00000000-0000-1000-8000-ffffffffffff>")";
    REQUIRE(stage.statusOf(asking(10, ";reg-id=1;" + kUrn)) == 200);
    REQUIRE(stage.statusOf(asking(11, ";reg-id=2;" + kUrn)) == 200);
    REQUIRE(stage.statusOf(asking(12, ";reg-id=1;" + other, "2101-atelier")) == 200);
    REQUIRE(stage.statusOf(asking(13, "")) == 200);  // an old one
    CHECK(flows() == Texts{"192.0.2.10:33000", "192.0.2.11:33000", "192.0.2.12:33000", "192.0.2.13:33000"});

    SECTION("which moves it") {
        auto moved = asking(20, ";reg-id=2;" + kUrn);
        moved.contacts[0].replace(0, 12, "<sip:2101@11");
        REQUIRE(stage.statusOf(moved) == 200);
        CHECK(flows() == Texts{"192.0.2.10:33000", "192.0.2.20:33000", "192.0.2.12:33000", "192.0.2.13:33000"});
    }
    SECTION("which ends it, and no other") {
        REQUIRE(stage.statusOf(asking(20, ";expires=0;reg-id=2;" + kUrn)) == 200);
        CHECK(flows() == Texts{"192.0.2.10:33000", "192.0.2.12:33000", "192.0.2.13:33000"});
        REQUIRE(stage.statusOf(asking(21, ";expires=0;reg-id=2;" + other, "2101-atelier")) == 200);
        CHECK(flows().size() == 3);
    }
    SECTION("one that does not know of flows ends none") {
        REQUIRE(stage.statusOf(asking(20, ";expires=0")) == 200);
        CHECK(flows() == Texts{"192.0.2.10:33000", "192.0.2.11:33000", "192.0.2.12:33000"});
    }
}

TEST_CASE("a flow is watched as long as a registration relies on it", "[registrar][rfc5626-4.4.1]") {
    RegistrarStage stage;
    const auto flow = GENERATE(udpFlow(10, 33000), tcpFlow(10, 7));
    const auto registering = [&flow](const std::string& parameters, const std::string& account, unsigned cseq = 1) {
        auto request = withContacts({"<sip:" + account + "@10.0.0.7:5070>" + parameters}, cseq);
        request.more = "Supported: outbound\r\n";
        request.flow = flow;
        request.account = account;
        request.callId = account;
        request.to = "<sip:" + account.substr(0, 4) + "@ville.example>";
        return request;
    };
    const auto watched = [&] { return stage.wire.expected.contains(flow); };
    const std::string outbound = ";reg-id=1;" + kUrn;
    REQUIRE(stage.statusOf(registering(outbound, "2101-bureau")) == 200);
    REQUIRE(stage.statusOf(registering(outbound + ";expires=600", "2102")) == 200);
    REQUIRE(watched());

    SECTION("by any of its lines") {
        REQUIRE(stage.statusOf(registering(outbound + ";expires=0", "2101-bureau", 2)) == 200);
        CHECK(watched());
        REQUIRE(stage.statusOf(registering(outbound + ";expires=0", "2102", 2)) == 200);
        CHECK_FALSE(watched());
        CHECK(stage.wire.givenUp.empty());
    }
    SECTION("which has not expired") {
        REQUIRE(stage.statusOf(registering(outbound + ";expires=0", "2101-bureau", 2)) == 200);
        stage.pass(599s);
        CHECK(watched());
        stage.pass(2s);
        CHECK_FALSE(watched());
    }
    SECTION("and has not moved") {
        for (const auto* account : {"2101-bureau", "2102"}) {
            auto moved = registering(outbound, account, 2);
            moved.flow = udpFlow(20, 33000);
            REQUIRE(stage.statusOf(moved) == 200);
        }
        CHECK_FALSE(watched());
        CHECK(stage.wire.expected.contains(udpFlow(20, 33000)));
    }
    SECTION("not by a line that promises nothing") {
        REQUIRE(stage.statusOf(registering("", "2101-atelier")) == 200);
        CHECK(watched());
        for (const auto* account : {"2101-bureau", "2102"}) {
            REQUIRE(stage.statusOf(registering(outbound + ";expires=0", account, 2)) == 200);
        }
        CHECK_FALSE(watched());
    }
}

TEST_CASE("a flow that has fallen silent is given up by who had promised to be heard", "[registrar][rfc5626-4.4.1]") {
    RegistrarStage stage;
    const auto flow = udpFlow(10, 33000);
    auto request = withContacts({"<sip:2101@10.0.0.7:5070>;expires=600;reg-id=1;" + kUrn});
    request.more = "Supported: outbound\r\n";
    request.flow = flow;
    REQUIRE(stage.statusOf(request) == 200);
    auto plain = withContacts({"<sip:2102@10.0.0.7:5070>"});
    plain.flow = flow;
    plain.account = "2102";
    plain.to = "<sip:2102@ville.example>";
    plain.callId = "plain";
    REQUIRE(stage.statusOf(plain) == 200);
    REQUIRE(stage.wire.expected.contains(flow));

    assertOnLoop();
    const auto ends = stage.clock.now() + 600s;
    stage.pass(100s);
    stage.registrar->flowSilent(flow);
    CHECK(stage.rings().empty());
    CHECK(stage.rings("2102").size() == 1);
    CHECK(stage.wire.expected.empty());
    REQUIRE(stage.wire.givenUp.contains(flow));
    CHECK(stage.wire.givenUp.at(flow) == ends);
    stage.store.finishAll();
    CHECK(stage.store.rows.size() == 1);

    SECTION("until one registers by it anew") {
        request.cseq = 2;
        REQUIRE(stage.statusOf(request) == 200);
        CHECK(stage.wire.givenUp.empty());
        CHECK(stage.wire.expected.contains(flow));
    }
    SECTION("and be it without a promise") {
        plain.cseq = 2;
        REQUIRE(stage.statusOf(plain) == 200);
        CHECK(stage.wire.givenUp.empty());
    }
    SECTION("also when its port is closed: then all are gone") {
        request.cseq = 2;
        REQUIRE(stage.statusOf(request) == 200);
        stage.registrar->flowFailed(flow);
        CHECK(stage.rings("2102").empty());
        CHECK(stage.wire.givenUp.contains(flow));
    }
}
