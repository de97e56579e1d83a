// SPDX-License-Identifier: AGPL-3.0-or-later
//
// What a telephone was told is on the disk, whatever happens between its REGISTER and the commit.

#include "registrar/registrar.hpp"
#include "registrar_stage.hpp"
#include "sip/transaction_layer.hpp"

#include <catch2/catch.hpp>

#include <memory>

using namespace beffroi;
using namespace beffroi::registrar;
using namespace beffroi::test;

namespace {

const std::string kDesk = "<sip:2101@192.0.2.10>";
const std::string kCell = "<sip:2101@192.0.2.11>";

Register withContacts(std::vector<std::string> contacts, unsigned cseq = 1) {
    Register request;
    request.contacts = std::move(contacts);
    request.cseq = cseq;
    return request;
}

Register byConnection(std::uint64_t number, std::string contact, std::string callId) {
    auto request = withContacts({std::move(contact)});
    request.flow = tcpFlow(10, number);
    request.callId = std::move(callId);
    return request;
}

std::vector<int> statusesOf(const RegistrarStage& stage) {
    std::vector<int> statuses;
    for (const auto& answer : stage.answers) statuses.push_back(answer.status());
    return statuses;
}

using Statuses = std::vector<int>;

// The registrar behind real transactions.
class Door final : public sip::TransactionUser {
public:
    explicit Door(RegistrarStage& stage) : stage_{stage} {}
    void onRequest(const std::shared_ptr<sip::ServerTransaction>& transaction) override {
        assertOnLoop();
        stage_.registrar->handle(
            transaction->request(), transaction->flow(), stage_.directory.devices.at("2101-bureau"),
            transaction->localTag(), [](std::string_view) { return true; },
            [transaction](const sip::Message& answer, const auto&) {
                assertOnLoop();
                transaction->respond(answer);
            });
    }
    void onAck(sip::Message, const Flow&) override {}
    void onCancel(sip::ServerTransaction&, const sip::Message&) override {}

private:
    RegistrarStage& stage_;
};

}  // namespace

TEST_CASE("a new, moved or removed binding is answered after its commit", "[registrar]") {
    RegistrarStage stage;
    stage.ask(withContacts({kDesk}));
    CHECK(stage.answers.empty());
    CHECK(stage.rings().empty());
    stage.store.finish();
    CHECK(statusesOf(stage) == Statuses{200});
    CHECK(stage.rings() == Texts{"sip:2101@192.0.2.10"});

    auto moved = withContacts({kDesk}, 2);
    const auto change = GENERATE(0, 1, 2, 3, 4);
    CAPTURE(change);
    if (change == 0) moved.flow = udpFlow(10, 40000);
    if (change == 0) moved.contacts = {"<sip:2101@192.0.2.10:40000>"};
    if (change == 1) moved.contacts = {kDesk + ";q=0.3"};
    if (change == 2) moved.more = "User-Agent: Other 1.0\r\n";
    if (change == 3) moved.account = "2101-atelier";
    if (change == 4) moved.contacts = {kDesk + ";expires=0"};
    stage.ask(moved);
    CHECK(stage.answers.size() == 1);
    CHECK(stage.rings() == Texts{"sip:2101@192.0.2.10"});
    stage.store.finish();
    CHECK(statusesOf(stage) == Statuses{200, 200});
    CHECK(stage.rings().size() == (change == 0 ? 2U : change == 4 ? 0U : 1U));
    CHECK(stage.store.rows.size() == stage.rings().size());
    CHECK(stage.store.renewals.empty());
}

TEST_CASE("what goes to the disk is the whole binding", "[registrar]") {
    RegistrarStage stage;
    auto request =
        withContacts({"\"X\" <sip:2101@192.0.2.10:5062;line=a>;q=0.7;+sip.instance=\"<urn:uuid:1>\";reg-id=1"}, 77);
    request.more =
        "Path: <sip:edge.ville.example;lr;ob>\r\nSupported: path, outbound\r\nUser-Agent: " + std::string(200, 'u') +
        "\r\nExpires: 600\r\n";
    request.flow = udpFlow(10, 33000);
    REQUIRE(stage.statusOf(request) == 200);
    REQUIRE(stage.store.rows.size() == 1);
    const auto& [id, row] = *stage.store.rows.begin();
    CHECK(id == row.id);
    CHECK(row.aor == Aor{"2101", "ville.example"});
    CHECK(row.contact == "sip:2101@192.0.2.10:5062;line=a");
    CHECK(row.parameters == ";q=0.7;+sip.instance=\"<urn:uuid:1>\";reg-id=1");
    CHECK(row.instance == "\"<urn:uuid:1>\";reg-id=1");
    CHECK(row.path == Texts{"<sip:edge.ville.example;lr;ob>"});
    CHECK(row.callId == "boot-1@192.0.2.10");
    CHECK(row.cseq == 77);
    CHECK(row.q == 700);
    CHECK(row.account == "2101-bureau");
    CHECK(row.userAgent == std::string(80, 'u'));
    CHECK(row.transport == Transport::Udp);
    CHECK(row.local == stage.wire.own());
    CHECK(row.remote == udpFlow(10, 33000).remote);
    CHECK(row.expiresAt == stage.clock.wallNow() + 600s);
}

TEST_CASE("a mere renewal is answered at once and written soon", "[registrar]") {
    RegistrarStage stage;
    REQUIRE(stage.statusOf(withContacts({kDesk})) == 200);
    const auto id = stage.store.rows.begin()->first;
    stage.pass(1800s);
    auto rebooted = withContacts({kDesk}, 2);
    rebooted.callId = "boot-2@192.0.2.10";  // in the renewal as well: this CSeq belongs to it
    stage.ask(rebooted);
    CHECK(stage.store.waiting() == 0);
    CHECK(statusesOf(stage) == Statuses{200});
    REQUIRE(stage.store.renewals.size() == 1);
    CHECK(stage.store.renewals[0].id == id);
    CHECK(stage.store.renewals[0].callId == "boot-2@192.0.2.10");
    CHECK(stage.store.renewals[0].cseq == 2);
    CHECK(stage.store.renewals[0].expiresAt == stage.clock.wallNow() + 3600s);
    stage.pass(3599s);
    CHECK(stage.rings().size() == 1);
    stage.pass(1s);
    CHECK(stage.rings().empty());
}

TEST_CASE("a disk that refuses changes nothing, and the telephone is told to come again", "[registrar]") {
    RegistrarStage stage;
    REQUIRE(stage.statusOf(withContacts({kDesk})) == 200);
    const auto rows = stage.store.rows.size();
    const auto request = GENERATE(0, 1, 2, 3);
    if (request == 0) stage.ask(withContacts({kCell}, 2));
    if (request == 1) stage.ask(withContacts({kDesk + ";expires=0"}, 2));
    if (request == 2) stage.ask(withContacts({kDesk + ";q=0.1", kCell}, 2));
    if (request == 3) {
        auto all = withContacts({"*"}, 2);
        all.more = "Expires: 0\r\n";
        stage.ask(all);
    }
    stage.store.finish(false);
    REQUIRE(stage.answers.size() == 1);
    CHECK(stage.answers[0].status() == 500);
    CHECK(stage.answers[0].header("Retry-After") == "30");
    CHECK(stage.rings() == Texts{"sip:2101@192.0.2.10"});
    CHECK(stage.store.rows.size() == rows);
    assertOnLoop();
    CHECK(stage.registrar->table().of("2101").at(0).cseq == 1);

    stage.answers.clear();
    CHECK(stage.statusOf(withContacts({kDesk, kCell}, 2)) == 200);
    CHECK(stage.rings().size() == 2);
}

TEST_CASE("REGISTERs of one extension wait for one another, others do not", "[registrar]") {
    RegistrarStage stage;
    stage.ask(withContacts({kDesk}, 1));
    stage.ask(withContacts({kDesk}, 2));                 // will be a renewal
    stage.ask(withContacts({}, 3));                      // a query that must see both
    stage.ask(withContacts({kDesk + ";expires=0"}, 4));  // a commit again
    stage.ask(withContacts({kDesk}, 4));                 // on which this one waits, to be added anew
    auto neighbour = withContacts({"<sip:2102@192.0.2.12>"});
    neighbour.account = "2102";
    neighbour.to = "<sip:2102@ville.example>";
    stage.ask(neighbour);
    CHECK(stage.store.waiting() == 2);
    CHECK(stage.answers.empty());

    SECTION("in the order they came") {
        stage.store.finish();
        CHECK(statusesOf(stage) == Statuses{200, 200, 200});
        CHECK(contactsOf(stage.answers[2]).size() == 1);
        stage.store.finish();
        CHECK(stage.rings("2102").size() == 1);
        CHECK(statusesOf(stage) == Statuses{200, 200, 200, 200});
        CHECK(stage.store.waiting() == 1);
        stage.store.finish();
        CHECK(statusesOf(stage) == Statuses{200, 200, 200, 200, 200});
        CHECK(stage.store.waiting() == 1);
        stage.store.finish();
        CHECK(statusesOf(stage) == Statuses{200, 200, 200, 200, 200, 200});
        CHECK(stage.rings() == Texts{"sip:2101@192.0.2.10"});
    }
    SECTION("also when the first fails: the next is judged by what is") {
        stage.store.finish(false);
        CHECK(statusesOf(stage) == Statuses{500});
        stage.store.finishAll();
        CHECK(statusesOf(stage) == Statuses{500, 200, 200, 200, 200, 200});
    }
    SECTION("and so many at most: the others are told to come later") {
        for (int i = 0; i < 100; ++i) stage.ask(withContacts({}, 5));
        REQUIRE(stage.answers.size() == 72);
        CHECK(stage.answers.back().status() == 500);
        CHECK(stage.answers.back().header("Retry-After") == "30");
        stage.store.finishAll();
        CHECK(stage.answers.size() == 106);
        stage.answers.clear();
        CHECK(stage.statusOf(withContacts({})) == 200);
    }
}

TEST_CASE("the transaction of a REGISTER may be gone when its commit is done", "[registrar][rfc3261-17.2.2]") {
    RegistrarStage stage;
    Door door{stage};
    sip::Reader reader;
    sip::TransactionLayer layer{
        stage.wire, stage.wheel, reader, sip::TransactionTimers{}, 1, [] { return std::string{"ours"}; }};
    layer.setUser(door);
    auto request = withContacts({kDesk});
    request.flow = GENERATE(udpFlow(10), tcpFlow(10, 7));
    const bool reliable = isReliable(request.flow.transport);
    auto text = request.message().toString();
    assertOnLoop();
    layer.onMessage(request.flow, text);
    layer.onMessage(request.flow, text);
    CHECK(stage.store.waiting() == 1);

    SECTION("the answer comes late, once, and is repeated for a retransmission") {
        stage.store.finish();
        CHECK(stage.wire.waiting() == 1);
        CHECK(stage.wire.take().text.starts_with("SIP/2.0 200"));
        layer.onMessage(request.flow, text);
        CHECK(stage.wire.waiting() == 1);
        CHECK(stage.store.waiting() == 0);
    }
    SECTION("its connection closed: what it asked for is done all the same, and undone again") {
        stage.wire.kill(request.flow);
        stage.wire.refuse(request.flow);
        stage.registrar->flowFailed(request.flow);
        layer.onFlowFailed(request.flow);
        stage.store.finishAll();
        CHECK(stage.wire.waiting() == (reliable ? 1U : 0U));  // over a new connection (§18.2.2)
        CHECK(stage.rings().size() == (reliable ? 0U : 1U));
        CHECK(stage.store.rows.size() == (reliable ? 0U : 1U));
    }
    stage.pass(33s);
    CHECK(layer.serverTransactions() == 0);
}

TEST_CASE("after a restart every acknowledged binding is there", "[registrar]") {
    RegistrarStage stage;
    auto request = withContacts({kDesk + ";q=0.5;expires=600", kCell + ";expires=61"}, 5);
    request.more = "Path: <sip:edge.ville.example;lr>\r\nSupported: path\r\nUser-Agent: Phone 1.0\r\n";
    REQUIRE(stage.statusOf(request) == 200);
    const auto rows = stage.store.rows;

    SECTION("as it was, and knows its telephone again") {
        stage.restart();
        CHECK(stage.rings() == Texts{"sip:2101@192.0.2.11", "sip:2101@192.0.2.10"});
        CHECK(contactsOf(stage.answerTo(withContacts({}))) ==
              Texts{kDesk + ";q=0.5;expires=600", kCell + ";expires=61"});
        request.cseq = 5;
        CHECK(stage.statusOf(request) == 500);
        request.cseq = 6;
        stage.ask(request);
        CHECK(stage.store.waiting() == 0);
        CHECK(statusesOf(stage) == Statuses{200});
        CHECK(stage.store.renewals.size() == 2);
        stage.answers.clear();
        CHECK(stage.statusOf(withContacts({"<sip:2101@192.0.2.12>"}, 7)) == 200);
        CHECK(stage.store.rows.size() == 3);
    }
    SECTION("at least 60 s, so that the telephone has time to renew it; then it is swept") {
        stage.clock.advance(599s);
        stage.restart();
        CHECK(stage.rings().size() == 2);
        stage.pass(59s);
        CHECK(stage.rings().size() == 2);
        stage.pass(2s);
        CHECK(stage.rings().empty());
        stage.store.finishAll();
        CHECK(stage.store.rows.empty());
        CHECK(stage.registrar->table().size() == 0);
    }
    SECTION("no longer than it may be granted, when the date was wrong") {
        stage.clock.jump(-24h * 365);
        stage.restart();
        CHECK(contactsOf(stage.answerTo(withContacts({}))).at(1) == kCell + ";expires=7200");
    }
    SECTION(
        "a connection is gone with the process: a telephone that nobody can call is out of reach until it is back") {
        const auto contact = GENERATE(as<std::string>{}, "<sip:2101@192.0.2.10:40000;transport=tcp>",
                                      "<sip:2101@10.0.0.7;transport=tcp>",
                                      "<sip:2101@192.0.2.10;transport=tcp>;reg-id=1;+sip.instance=\"<urn:uuid:1>\"");
        CAPTURE(contact);
        auto tcp = byConnection(7, contact, "tcp@192.0.2.10");
        tcp.more = "Supported: outbound\r\n";
        REQUIRE(stage.statusOf(tcp) == 200);
        stage.restart();
        assertOnLoop();
        const auto* binding = stage.registrar->table().live("2101").front();
        REQUIRE(binding->flow);
        CHECK(binding->flow->connection == 0);
        CHECK(binding->flow->remote == tcpFlow(10, 7).remote);
        auto other = withContacts({kCell}, 8);
        other.account = "2101-atelier";
        CHECK(stage.statusOf(other) == 200);  // others come and go, it stays
        CHECK(stage.rings().size() == 3);
        SECTION("under another contact, as its new connection has another port") {
            auto moved = byConnection(9, "<sip:2101@192.0.2.10:40001;transport=tcp>", "again@192.0.2.10");
            REQUIRE(stage.statusOf(moved) == 200);
            CHECK(stage.rings().size() == 3);
            CHECK(stage.store.rows.size() == 3);
            CHECK(stage.registrar->table().live("2101").front()->flow == tcpFlow(10, 9));
            return;
        }
        tcp.flow = tcpFlow(10, 9);
        ++tcp.cseq;
        REQUIRE(stage.statusOf(tcp) == 200);
        CHECK(stage.registrar->table().live("2101").front()->flow == tcpFlow(10, 9));
        CHECK(stage.rings().size() == 3);
    }
    SECTION("a connection is gone with the process: a telephone that listens is called by its URI") {
        REQUIRE(stage.statusOf(byConnection(7, "<sip:2101@192.0.2.10:5070;transport=tcp>", "tcp@192.0.2.20")) == 200);
        stage.restart();
        assertOnLoop();
        const auto bindings = stage.registrar->table().live("2101");
        REQUIRE(bindings.size() == 3);
        CHECK(bindings[0]->contact == "sip:2101@192.0.2.10:5070;transport=tcp");
        CHECK_FALSE(bindings[0]->flow);
        CHECK(bindings[1]->flow == udpFlow(10));
    }
}

TEST_CASE("after a restart a telephone that came by TLS is called by TLS or not at all", "[registrar][security]") {
    RegistrarStage stage;
    const auto [contact, listens] = GENERATE(table<std::string, bool>({
        {"sip:2101@192.0.2.10:5070;transport=tcp", false},
        {"sip:2101@192.0.2.10:5070", false},
        {"sip:2101@phone.ville.example", false},
        {"sip:2101@192.0.2.10:40000;transport=tls", false},  // where the closed connection came from
        {"sip:2101@10.0.0.7;transport=tls", false},          // behind NAT
        {"sip:2101@192.0.2.10:5061;transport=tls", true},
        {"sips:2101@192.0.2.10", true},
        {"sips:2101@phone.ville.example", true},
    }));
    CAPTURE(contact);
    auto request = withContacts({'<' + contact + '>'});
    request.flow = tlsFlow(10, 7);
    REQUIRE(stage.statusOf(request) == 200);
    REQUIRE(stage.store.rows.size() == 1);
    CHECK(stage.store.rows.begin()->second.transport == Transport::Tls);
    assertOnLoop();
    CHECK(stage.registrar->table().live("2101").front()->flow == request.flow);

    stage.restart();
    const auto* binding = stage.registrar->table().live("2101").front();
    CHECK(binding->contact == contact);
    CHECK(binding->flow.has_value() != listens);
    if (!listens) {
        CHECK(binding->flow->transport == Transport::Tls);
        CHECK(binding->flow->connection == 0);  // nobody has it: calls fail at once until the telephone is back
    }
    request.flow = tlsFlow(10, 9);
    ++request.cseq;
    REQUIRE(stage.statusOf(request) == 200);
    CHECK(stage.registrar->table().live("2101").front()->flow == request.flow);
    CHECK(stage.rings() == Texts{contact});
}

TEST_CASE("a closed connection takes its bindings along", "[registrar][rfc5626-4.2.2]") {
    RegistrarStage stage;
    REQUIRE(stage.statusOf(byConnection(7, kDesk, "tcp-1@192.0.2.10")) == 200);
    REQUIRE(stage.statusOf(byConnection(8, kCell, "tcp-2@192.0.2.10")) == 200);
    REQUIRE(stage.store.rows.size() == 2);
    assertOnLoop();

    SECTION("its own, not those of others") {
        stage.registrar->flowFailed(tcpFlow(10, 9));
        stage.registrar->flowFailed(udpFlow(10));
        CHECK(stage.store.waiting() == 0);
        stage.registrar->flowFailed(tcpFlow(10, 7));
        CHECK(stage.rings() == Texts{"sip:2101@192.0.2.11"});
        stage.store.finishAll();
        CHECK(stage.store.rows.size() == 1);
    }
    SECTION("not one that has moved to a new connection meanwhile") {
        REQUIRE(stage.statusOf(byConnection(10, kDesk, "tcp-3@192.0.2.10")) == 200);
        stage.registrar->flowFailed(tcpFlow(10, 7));
        stage.store.finishAll();
        CHECK(stage.rings().size() == 2);
        CHECK(stage.store.rows.size() == 2);
    }
    SECTION("nor one that is about to: its commit and the removal do not cross") {
        stage.ask(byConnection(10, kDesk, "tcp-3@192.0.2.10"));
        stage.wire.kill(tcpFlow(10, 7));
        stage.registrar->flowFailed(tcpFlow(10, 7));
        stage.store.finishAll();
        CHECK(statusesOf(stage) == Statuses{200});
        CHECK(stage.rings().size() == 2);
        CHECK(stage.store.rows.size() == 2);
    }
    SECTION("also while another contact's commit is under way") {
        auto other = withContacts({"<sip:2101@192.0.2.12>"});
        other.callId = "udp@192.0.2.12";
        stage.ask(other);
        stage.wire.kill(tcpFlow(10, 7));
        stage.registrar->flowFailed(tcpFlow(10, 7));
        const bool durable = GENERATE(true, false);
        stage.store.finish(durable);
        stage.store.finishAll();
        CHECK(stage.rings().size() == (durable ? 2U : 1U));
        CHECK(stage.store.rows.size() == stage.rings().size());
    }
    SECTION("the binding that was on its way to the disk, too") {
        stage.ask(byConnection(10, "<sip:2101@192.0.2.12>", "tcp-3@192.0.2.10"));
        stage.wire.kill(tcpFlow(10, 10));
        stage.registrar->flowFailed(tcpFlow(10, 10));
        stage.store.finishAll();
        CHECK(stage.rings() == Texts{"sip:2101@192.0.2.11", "sip:2101@192.0.2.10"});
        CHECK(stage.store.rows.size() == 2);
    }
}

TEST_CASE("what expires while a commit is under way is not lost to it", "[registrar]") {
    RegistrarStage stage;
    REQUIRE(stage.statusOf(withContacts({kDesk + ";expires=60"}, 1)) == 200);
    stage.pass(59s);
    stage.ask(withContacts({kDesk + ";expires=600;q=0.5"}, 2));
    stage.pass(5s);
    stage.store.finishAll();
    CHECK(statusesOf(stage) == Statuses{200});
    CHECK(stage.rings().size() == 1);
    CHECK(stage.store.rows.size() == 1);
    stage.pass(600s);
    stage.store.finishAll();
    CHECK(stage.store.rows.empty());
}

TEST_CASE("a plan that takes a device away takes its bindings away", "[registrar]") {
    RegistrarStage stage;
    auto atelier = withContacts({kCell});
    atelier.account = "2101-atelier";
    atelier.callId = "boot@192.0.2.11";
    REQUIRE(stage.statusOf(withContacts({kDesk})) == 200);
    assertOnLoop();

    SECTION("nothing changed: nothing is written") {
        stage.registrar->keepOnly(stage.directory);
        CHECK(stage.store.waiting() == 0);
        CHECK(stage.rings().size() == 1);
    }
    SECTION("the device is gone, or has another number: the others keep theirs") {
        REQUIRE(stage.statusOf(atelier) == 200);
        auto plan = stage.directory;
        if (GENERATE(true, false)) {
            plan.devices.erase("2101-atelier");
        } else {
            plan.devices.at("2101-atelier").extension = "2102";
        }
        stage.registrar->keepOnly(plan);
        CHECK(stage.rings() == Texts{"sip:2101@192.0.2.10"});
        stage.store.finishAll();
        CHECK(stage.store.rows.size() == 1);
    }
    SECTION("the plan changes while its bindings are on their way to the disk") {
        stage.ask(atelier);
        stage.ask(withContacts({kDesk + ";q=0.5"}, 2));
        auto plan = stage.directory;
        plan.devices.erase("2101-atelier");
        stage.registrar->keepOnly(plan);
        stage.store.finishAll();
        CHECK(statusesOf(stage) == Statuses{200, 200});
        CHECK(stage.rings() == Texts{"sip:2101@192.0.2.10"});
        CHECK(stage.store.rows.size() == 1);
        plan.devices.clear();
        stage.registrar->keepOnly(plan);
        stage.store.finishAll();
        CHECK(stage.rings().empty());
        CHECK(stage.store.rows.empty());
    }
}
